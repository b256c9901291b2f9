/** Rows after TestRuleMatches, kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/rbac_test.go. */
import { expect } from 'chai';

import type { PolicyRule } from '../../src/core/rbac-shape.ts';
import {
  isFilledLater,
  isUnrestrictedByName,
  matchesGroup,
  matchesResource,
  matchesVerb,
} from '../../src/rbac/rule-matching.ts';
import { objectOf, snapshotOf } from '../core/yaml-objects.ts';

const nothing: PolicyRule = { verbs: [] };

describe('a rule matches a verb', () => {
  it('that it names', () => {
    expect(matchesVerb({ verbs: ['list', 'get'] }, 'get')).to.equal(true);
  });
  it('by *', () => {
    expect(matchesVerb({ verbs: ['*'] }, 'impersonate')).to.equal(true);
  });
  it('not where it names others', () => {
    expect(matchesVerb({ verbs: ['get'] }, 'list')).to.equal(false);
  });
  it('not by a part of it', () => {
    expect(matchesVerb({ verbs: ['impersonate*', 'imperson'] }, 'impersonate')).to.equal(false);
  });
  it('not in another case', () => {
    expect(matchesVerb({ verbs: ['GET'] }, 'get')).to.equal(false);
  });
  it('not where it names none', () => {
    expect(matchesVerb(nothing, 'get')).to.equal(false);
  });
});

describe('a rule matches an API group', () => {
  it('that it names', () => {
    expect(matchesGroup({ verbs: [], apiGroups: ['apps'] }, 'apps')).to.equal(true);
  });
  it('that is the core group, by the empty name', () => {
    expect(matchesGroup({ verbs: [], apiGroups: [''] }, '')).to.equal(true);
  });
  it('by *', () => {
    expect(matchesGroup({ verbs: [], apiGroups: ['*'] }, 'apps')).to.equal(true);
  });
  it('not where it names others', () => {
    expect(matchesGroup({ verbs: [], apiGroups: ['apps'] }, '')).to.equal(false);
  });
  it('not by a pattern', () => {
    expect(matchesGroup({ verbs: [], apiGroups: ['*.k8s.io'] }, 'rbac.authorization.k8s.io')).to.equal(false);
  });
  it('not where it names none', () => {
    expect(matchesGroup(nothing, '')).to.equal(false);
  });
});

describe('a rule matches a resource', () => {
  it('that it names', () => {
    expect(matchesResource({ verbs: [], resources: ['pods', 'users'] }, 'users')).to.equal(true);
  });
  it('by *', () => {
    expect(matchesResource({ verbs: [], resources: ['*'] }, 'users')).to.equal(true);
  });
  it('not by one of its subresources', () => {
    expect(matchesResource({ verbs: [], resources: ['users/status', 'users/*', '*/*'] }, 'users')).to.equal(false);
  });
  it('not where it names none', () => {
    expect(matchesResource(nothing, 'users')).to.equal(false);
  });
});

describe('a rule is unrestricted by name', () => {
  it('where it has no names', () => {
    expect(isUnrestrictedByName(nothing)).to.equal(true);
  });
  it('where its list of names is empty', () => {
    expect(isUnrestrictedByName({ verbs: [], resourceNames: [] })).to.equal(true);
  });
  it('not where it has a name', () => {
    expect(isUnrestrictedByName({ verbs: [], resourceNames: ['jane'] })).to.equal(false);
  });
  it('not where the name is *', () => {
    expect(isUnrestrictedByName({ verbs: [], resourceNames: ['*'] })).to.equal(false);
  });
});

describe('a role is filled later', () => {
  const aggregated = objectOf('ClusterRole', '{ kind: ClusterRole, metadata: { name: a }, aggregationRule: {} }');
  const plain = objectOf('ClusterRole', '{ kind: ClusterRole, metadata: { name: a } }');

  it('where a file says that it aggregates others', () => {
    expect(isFilledLater(aggregated, snapshotOf('', { isWholeCluster: false }))).to.equal(true);
  });
  it('not in a cluster, where it has been filled', () => {
    expect(isFilledLater(aggregated, snapshotOf(''))).to.equal(false);
  });
  it('not where it has rules of its own', () => {
    expect(isFilledLater(plain, snapshotOf('', { isWholeCluster: false }))).to.equal(false);
  });
});
