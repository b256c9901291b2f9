import { expect } from 'chai';

import type { PolicyRule } from '../../src/core/rbac-shape.ts';
import { findDeadGrants, isDeadRule, isTooLarge } from '../../src/rbac/dead-grants.ts';
import type { HeldRule } from '../../src/rbac/dead-grants.ts';

const clusterWide: HeldRule = { held: 'cluster' };
const clusterScoped: readonly string[] = ['/namespaces', '/nodes', 'rbac.authorization.k8s.io/clusterroles'];
const inNamespace: HeldRule = {
  held: 'namespace',
  isClusterScoped: (group, resource) =>
    group === 'example.com' ? undefined : clusterScoped.includes(`${group}/${resource}`),
};

/** What is dead, as `path: what`. */
function dead(rule: PolicyRule, held: HeldRule = clusterWide): readonly string[] {
  return findDeadGrants(rule, 'rules[2]', held).map(({ path, what }) => `${path}: ${what}`);
}

describe('what in a rule grants nothing', () => {
  it('is nothing of a rule that is alive', () => {
    const rule = { verbs: ['get', 'create'], apiGroups: ['', 'apps'], resources: ['pods', 'deployments/scale'] };
    expect(dead(rule)).to.deep.equal([]);
    expect(isDeadRule(rule, clusterWide)).to.equal(false);
  });

  it('is said of each word with the reason', () => {
    const rule = { verbs: ['get', 'LIST'], apiGroups: [''], resources: ['pods', 'pods/*'] };
    expect(findDeadGrants(rule, 'rules[2]', clusterWide)).to.deep.equal([
      { path: 'rules[2].verbs[1]', what: 'LIST', reason: 'verbs are compared in lower case; write "list"' },
      {
        path: 'rules[2].resources[1]',
        what: 'pods/*',
        reason: 'it is no wildcard for subresources; name them, as in pods/log',
      },
    ]);
    expect(isDeadRule(rule, clusterWide)).to.equal(false);
  });

  it('is the whole rule where all words of one list are dead', () => {
    expect(isDeadRule({ verbs: ['GET'], apiGroups: [''], resources: ['pods'] }, clusterWide)).to.equal(true);
    expect(isDeadRule({ verbs: ['get'], apiGroups: ['core'], resources: ['pods'] }, clusterWide)).to.equal(true);
    expect(isDeadRule({ verbs: ['get'], apiGroups: [''], resources: ['*/*'] }, clusterWide)).to.equal(true);
    const named = { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['*'] };
    expect(isDeadRule(named, clusterWide)).to.equal(true);
    expect(isDeadRule({ verbs: ['get'], nonResourceURLs: ['/*/metrics'] }, clusterWide)).to.equal(true);
  });
});

describe('a rule with names', () => {
  const named = { apiGroups: [''], resources: ['configmaps'], resourceNames: ['settings'] };

  it('grants no create and no deletecollection', () => {
    const rule = { ...named, verbs: ['create', 'get', 'deletecollection'] };
    expect(dead(rule)).to.deep.equal([
      'rules[2].verbs[0]: create configmaps',
      'rules[2].verbs[2]: deletecollection configmaps',
    ]);
    expect(isDeadRule(rule, clusterWide)).to.equal(false);
    expect(isDeadRule({ ...named, verbs: ['create'] }, clusterWide)).to.equal(true);
  });
  it('grants a create by server-side apply, where it grants patch', () => {
    expect(dead({ ...named, verbs: ['create', 'patch'] })).to.deep.equal([]);
    expect(isDeadRule({ ...named, verbs: ['create', 'patch'] }, clusterWide)).to.equal(false);
  });
  it('grants it too where the role grants patch beside it', () => {
    const rule = { ...named, verbs: ['create'] };
    const beside = [{ verbs: ['patch'], apiGroups: [''], resources: ['configmaps'] }];
    expect(dead(rule, { held: 'cluster', beside })).to.deep.equal([]);
    const ofOthers = [{ verbs: ['patch'], apiGroups: [''], resources: ['secrets'] }];
    expect(dead(rule, { held: 'cluster', beside: ofOthers })).to.deep.equal(['rules[2].verbs[0]: create configmaps']);
  });
  it('grants none where what stands beside it is about other names', () => {
    const rule = { ...named, verbs: ['create'] };
    const patch = { verbs: ['patch'], apiGroups: [''], resources: ['configmaps'] };
    const other = [{ ...patch, resourceNames: ['others'] }];
    expect(dead(rule, { held: 'cluster', beside: other })).to.deep.equal(['rules[2].verbs[0]: create configmaps']);
    const same = [{ ...patch, resourceNames: ['others', 'settings'] }];
    expect(dead(rule, { held: 'cluster', beside: same })).to.deep.equal([]);
    expect(dead(rule, { held: 'cluster', mayHoldMore: true })).to.deep.equal([]);
  });
  it('grants it by an update where that creates, and the reason says what it takes', () => {
    const reasonOf = (apiGroup: string, resource: string) =>
      findDeadGrants(
        { verbs: ['create'], apiGroups: [apiGroup], resources: [resource], resourceNames: ['one'] },
        'rules[0]',
        clusterWide,
      ).map(({ reason, isByItself }) => `${String(isByItself)}: ${reason}`);
    expect(reasonOf('', 'secrets')).to.deep.equal([
      'true: what is created has no name yet, but for server-side apply, which needs the verb patch as well',
    ]);
    expect(reasonOf('rbac.authorization.k8s.io', 'clusterrolebindings')).to.deep.equal([
      'true: what is created has no name yet, but for server-side apply and updates that create, which need the verb patch or update as well',
    ]);
    const update = (apiGroup: string, resource: string) =>
      dead({ verbs: ['create', 'update'], apiGroups: [apiGroup], resources: [resource], resourceNames: ['one'] });
    expect(update('', 'secrets')).to.deep.equal(['rules[2].verbs[0]: create secrets']);
    expect(update('rbac.authorization.k8s.io', 'roles')).to.deep.equal([]);
    // What an extension does is not known.
    expect(update('example.com', 'gizmos')).to.deep.equal([]);
  });
  it('never grants a deletecollection, whatever stands beside it', () => {
    const rule = { ...named, verbs: ['deletecollection', 'patch'] };
    expect(dead(rule)).to.deep.equal(['rules[2].verbs[0]: deletecollection configmaps']);
  });
  it('grants a create of subresources, which is of a thing that has a name', () => {
    const rule = {
      verbs: ['create'],
      apiGroups: [''],
      resources: ['pods/exec', 'serviceaccounts/token'],
      resourceNames: ['web'],
    };
    expect(dead(rule)).to.deep.equal([]);
    expect(isDeadRule(rule, clusterWide)).to.equal(false);
  });
  it('is dead for what has no name alone, where it holds both', () => {
    const rule = { verbs: ['create'], apiGroups: [''], resources: ['pods', 'pods/exec'], resourceNames: ['web'] };
    expect(dead(rule)).to.deep.equal(['rules[2].verbs[0]: create pods']);
    expect(isDeadRule(rule, clusterWide)).to.equal(false);
  });
  it('of every resource grants their subresources', () => {
    expect(dead({ verbs: ['create'], apiGroups: ['*'], resources: ['*'], resourceNames: ['web'] })).to.deep.equal([]);
  });
  it('grants list and watch, by a field selector of the name', () => {
    expect(dead({ ...named, verbs: ['list', 'watch'] })).to.deep.equal([]);
  });
  it('grants what has no name by an empty one', () => {
    expect(dead({ ...named, verbs: ['create', 'deletecollection'], resourceNames: [''] })).to.deep.equal([]);
  });
  it('grants every verb where it grants all, of which most have a name', () => {
    expect(dead({ ...named, verbs: ['*'] })).to.deep.equal([]);
  });
});

describe('a rule that only RoleBindings hold', () => {
  it('grants no URL', () => {
    const rule = { verbs: ['get'], nonResourceURLs: ['/metrics', '*'] };
    expect(dead(rule, inNamespace)).to.deep.equal([
      'rules[2].nonResourceURLs[0]: /metrics',
      'rules[2].nonResourceURLs[1]: *',
    ]);
    expect(isDeadRule(rule, inNamespace)).to.equal(true);
    expect(isDeadRule(rule, clusterWide)).to.equal(false);
  });
  it('grants nothing that has no namespace, nor its subresources', () => {
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods', 'nodes', 'nodes/proxy'] };
    expect(dead(rule, inNamespace)).to.deep.equal([
      'rules[2].resources[1]: nodes',
      'rules[2].resources[2]: nodes/proxy',
    ]);
    expect(isDeadRule(rule, inNamespace)).to.equal(false);
    expect(isDeadRule({ ...rule, resources: ['nodes'] }, inNamespace)).to.equal(true);
  });
  it('grants it where it is held cluster-wide, and may where nobody knows who holds it', () => {
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['nodes'] };
    expect(dead(rule, { ...inNamespace, held: 'cluster' })).to.deep.equal([]);
    expect(dead(rule, { ...inNamespace, held: 'unknown' })).to.deep.equal([]);
  });
  it('is not said to be dead for what is not known', () => {
    expect(dead({ verbs: ['get'], apiGroups: ['example.com'], resources: ['nodes'] }, inNamespace)).to.deep.equal([]);
    expect(dead({ verbs: ['get'], apiGroups: ['', 'example.com'], resources: ['nodes'] }, inNamespace)).to.deep.equal(
      [],
    );
    expect(dead({ verbs: ['get'], apiGroups: ['*'], resources: ['nodes'] }, inNamespace)).to.deep.equal([]);
    expect(dead({ verbs: ['get'], apiGroups: [''], resources: ['nodes'] }, { held: 'namespace' })).to.deep.equal([]);
  });
  it('grants its own namespace, to whoever asks for it by name', () => {
    const rule = { verbs: ['get', 'patch', 'delete'], apiGroups: [''], resources: ['namespaces'] };
    expect(dead(rule, inNamespace)).to.deep.equal([]);
    expect(isDeadRule(rule, inNamespace)).to.equal(false);
  });
  it('grants no list of namespaces', () => {
    const rule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['namespaces'] };
    expect(dead(rule, inNamespace)).to.deep.equal(['rules[2].resources[0]: list namespaces']);
    expect(isDeadRule({ ...rule, verbs: ['list'] }, inNamespace)).to.equal(true);
  });
  it('grants to bind a ClusterRole in that namespace, and nothing else of it', () => {
    const rule = { verbs: ['bind', 'get'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'] };
    expect(dead(rule, inNamespace)).to.deep.equal(['rules[2].resources[0]: get clusterroles']);
    expect(dead({ ...rule, verbs: ['*'] }, inNamespace)).to.deep.equal([]);
  });
  it('grants to impersonate service accounts, and neither users nor groups', () => {
    const rule = { verbs: ['impersonate'], apiGroups: [''], resources: ['users', 'groups', 'serviceaccounts'] };
    expect(dead(rule, inNamespace)).to.deep.equal(['rules[2].resources[0]: users', 'rules[2].resources[1]: groups']);
    expect(dead(rule)).to.deep.equal([]);
  });
  it('grants no constrained impersonation of users and nodes', () => {
    const rule = {
      verbs: ['impersonate:user-info', 'impersonate:arbitrary-node'],
      apiGroups: ['authentication.k8s.io'],
      resources: ['users', 'userextras/scopes', 'nodes'],
    };
    expect(isDeadRule(rule, inNamespace)).to.equal(true);
    expect(isDeadRule(rule, clusterWide)).to.equal(false);
  });
  it('grants no signers', () => {
    const rule = { verbs: ['approve'], apiGroups: ['certificates.k8s.io'], resources: ['signers'] };
    expect(dead(rule, inNamespace)).to.deep.equal(['rules[2].resources[0]: signers']);
  });
});

describe('rules are too large to look at', () => {
  const words = (count: number): readonly string[] => Array.from({ length: count }, (_none, index) => `word${index}`);

  it('not where a role is as large as any that somebody wrote', () => {
    expect(isTooLarge([{ verbs: words(8), apiGroups: words(40), resources: words(200) }])).to.equal(false);
  });
  it('where one rule has thousands of words of each sort', () => {
    expect(isTooLarge([{ verbs: words(2000), apiGroups: words(2000), resources: words(2000) }])).to.equal(true);
  });
  it('where thousands of names are held against thousands of words', () => {
    const rule = { verbs: ['get'], apiGroups: [''], resources: words(2000), resourceNames: words(2000) };
    expect(isTooLarge([rule])).to.equal(true);
    expect(isTooLarge([{ ...rule, resources: ['secrets'] }])).to.equal(false);
  });
  it('where thousands of rules have names, each of which is held against all others', () => {
    const rule = { verbs: ['create'], apiGroups: [''], resources: ['pods'], resourceNames: ['web'] };
    expect(isTooLarge(Array<PolicyRule>(5000).fill(rule))).to.equal(true);
    expect(isTooLarge(Array<PolicyRule>(500).fill(rule))).to.equal(false);
  });
});
