import { expect } from 'chai';

import type { PolicyRule } from '../../src/core/rbac-shape.ts';
import { findCapabilities, findJoinedCreates, grantsEverything, isOfUse } from '../../src/rbac/capabilities.ts';
import { permissions } from '../../src/rbac/permission-catalogue.ts';
import type { PermissionId } from '../../src/rbac/permission-catalogue.ts';
import { permissionGrants, ruleOf } from './permission-grants.ts';

function permissionsOf(text: string, minorVersion?: number): readonly PermissionId[] {
  const options = minorVersion === undefined ? {} : { minorVersion };
  return [...new Set(findCapabilities([ruleOf(text)], options).map(({ permission }) => permission))];
}

function ofEmptyName(verb: string, resource: string, group = ''): readonly string[] {
  const rule = { verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: [''] };
  return findCapabilities([rule]).map(({ permission, example, names }) => {
    expect(names).to.equal(undefined);
    return `${permission}: ${example}`;
  });
}

describe('permissions of the catalogue', () => {
  for (const [permission, { grants, misses }] of Object.entries(permissionGrants)) {
    it(`${permission} is what grants it, and not what is like it`, () => {
      expect(grants.filter((text) => !permissionsOf(text).some((one) => one === permission))).to.deep.equal([]);
      expect(misses.filter((text) => permissionsOf(text).some((one) => one === permission))).to.deep.equal([]);
    });
  }

  it('are all there', () => {
    expect(Object.keys(permissionGrants)).to.have.members(Object.keys(permissions));
  });

  it('are all held by whoever holds everything', () => {
    expect(permissionsOf('* *.*')).to.have.members(Object.keys(permissions));
  });

  it('are none of them held by ordinary rights', () => {
    for (const text of ['get pods', 'list deployments.apps', 'watch services', 'create events', 'get *.example.org']) {
      expect(permissionsOf(text), text).to.deep.equal([]);
    }
  });

  it('end with the release that ended them', () => {
    expect(permissionsOf('get pods/exec', 34)).to.deep.equal(['pods-exec']);
    expect(permissionsOf('get pods/exec', 35)).to.deep.equal([]);
    expect(permissionsOf('get pods/portforward', 34)).to.deep.equal(['pods-proxy']);
  });
});

describe('what a rule grants', () => {
  it('is told with the rule, the names and the first thing that grants it', () => {
    const rules = [ruleOf('get pods'), { ...ruleOf('list secrets named db,web'), verbs: ['watch', 'list'] }];
    const [first, ...more] = findCapabilities(rules);
    expect(first).to.include({ permission: 'secrets-read', rule: 1, example: 'list secrets' });
    expect(first?.names).to.deep.equal(['db', 'web']);
    expect(more).to.deep.equal([]);
  });

  it('names only those of the objects that matter', () => {
    const [found] = findCapabilities([ruleOf('update configmaps named other,coredns')]);
    expect(found?.names).to.deep.equal(['coredns']);
  });

  it('is all of it by the empty name, which is that of requests without one', () => {
    const rules = [
      { verbs: ['list', 'get'], apiGroups: [''], resources: ['secrets', 'pods'], resourceNames: ['', 'db'] },
    ];
    expect(findCapabilities(rules)).to.have.lengthOf(1);
    expect(findCapabilities(rules)[0]).to.include({
      permission: 'secrets-read',
      example: 'list secrets',
      names: undefined,
    });
    expect(ofEmptyName('create', 'pods')).to.deep.equal(['pods-create: create pods']);
    expect(ofEmptyName('deletecollection', 'pods')).to.deep.equal(['pods-delete: deletecollection pods']);
    expect(ofEmptyName('escalate', 'clusterroles', 'rbac.authorization.k8s.io')).to.deep.equal([
      'escalate-cluster-roles: escalate clusterroles',
    ]);
    // Of these a request always has a name.
    expect(ofEmptyName('get', 'secrets')).to.deep.equal([]);
    expect(ofEmptyName('create', 'pods/exec')).to.deep.equal([]);
    expect(ofEmptyName('impersonate', 'users')).to.deep.equal([]);
  });

  it('is to create what has certain names by applying it, for whoever may patch these as well', () => {
    const creates = ruleOf('create pods named a,b');
    const found = (rules: readonly PolicyRule[]) =>
      findCapabilities(rules).flatMap(({ permission, names }) => (permission === 'pods-create' ? [names] : []));
    expect(found([creates])).to.deep.equal([]);
    expect(found([creates, ruleOf('patch pods named b,c')])).to.deep.equal([['b']]);
    expect(found([creates, ruleOf('patch pods')])).to.deep.equal([['a', 'b']]);
    expect(found([creates, ruleOf('patch services')])).to.deep.equal([]);
    expect(found([{ ...creates, verbs: ['create', 'patch'] }])).to.deep.equal([['a', 'b']]);
  });

  it('is to create it by what another role lets somebody write besides', () => {
    const creates = [{ ...ruleOf('create pods named a,b'), resources: ['pods', 'secrets'] }];
    const joined = (beside: readonly PolicyRule[]) =>
      findJoinedCreates(creates, beside).map(({ permission, names }) => `${permission} ${names?.join() ?? ''}`);
    expect(joined([ruleOf('patch pods named b,c')])).to.deep.equal(['pods-create b']);
    expect(joined([ruleOf('patch *')])).to.deep.equal(['secrets-create a,b', 'pods-create a,b']);
    expect(joined([ruleOf('update pods')])).to.deep.equal([]);
    // What it grants alone is known already.
    expect(findJoinedCreates([...creates, ruleOf('patch pods')], [ruleOf('patch pods')])).to.deep.equal([]);
    expect(findJoinedCreates([ruleOf('create pods')], [ruleOf('patch pods')])).to.deep.equal([]);
  });

  it('is remembered for each version apart', () => {
    const rules = [ruleOf('get pods/exec')];
    expect(findCapabilities(rules, { minorVersion: 34 })).to.have.lengthOf(1);
    expect(findCapabilities(rules, { minorVersion: 35 })).to.deep.equal([]);
    expect(findCapabilities(rules, { minorVersion: 34 })).to.have.lengthOf(1);
  });

  it('is nothing where it names neither verbs nor resources', () => {
    expect(findCapabilities([{ verbs: [] }, { verbs: ['*'], nonResourceURLs: ['*'] }])).to.deep.equal([]);
    expect(findCapabilities([{ verbs: ['*'], resources: ['*'] }])).to.deep.equal([]);
  });
});

describe('a permission is of use', () => {
  const isOfUseIn = (text: string, namespace: string): boolean | undefined => {
    const [found] = findCapabilities([ruleOf(text)]);
    return found && isOfUse(found, namespace);
  };

  it('everywhere where a ClusterRoleBinding grants it', () => {
    expect(isOfUseIn('create persistentvolumes', '')).to.equal(true);
    expect(isOfUseIn('update configmaps named coredns', '')).to.equal(true);
  });
  it('in a namespace only if there is such a thing', () => {
    expect(isOfUseIn('get secrets', 'shop')).to.equal(true);
    expect(isOfUseIn('create persistentvolumes', 'shop')).to.equal(false);
    expect(isOfUseIn('delete persistentvolumes', 'shop')).to.equal(false);
    expect(isOfUseIn('delete namespaces', 'shop')).to.equal(true);
  });
  it('where the objects are that matter', () => {
    expect(isOfUseIn('update configmaps named coredns', 'kube-system')).to.equal(true);
    expect(isOfUseIn('update configmaps named coredns', 'kube-public')).to.equal(false);
    expect(isOfUseIn('update configmaps named cluster-info', 'kube-public')).to.equal(true);
    expect(isOfUseIn('update configmaps named coredns', 'shop')).to.equal(false);
  });
  it('in every namespace, if in any', () => {
    expect(isOfUseIn('update configmaps named coredns', '*')).to.equal(true);
    expect(isOfUseIn('create persistentvolumes', '*')).to.equal(false);
  });
});

describe('rules that grant everything', () => {
  it('are those with stars for verbs, groups and resources in one of them', () => {
    expect(grantsEverything([ruleOf('get pods'), ruleOf('* *.*')])).to.equal(true);
    expect(grantsEverything([ruleOf('* *'), ruleOf('* pods.*'), ruleOf('get *.*')])).to.equal(false);
  });
  it('are none that name objects', () => {
    expect(grantsEverything([ruleOf('* *.* named web')])).to.equal(false);
  });
  it('are none that list URLs alone', () => {
    expect(grantsEverything([{ verbs: ['*'], nonResourceURLs: ['*'] }])).to.equal(false);
  });
});
