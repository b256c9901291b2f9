import { expect } from 'chai';

import { listPermissions } from '../../src/rbac/permissions.ts';
import type { Permissions } from '../../src/rbac/permissions.ts';
import { serviceAccount } from '../../src/rbac/request.ts';
import { nameRuleResource } from '../../src/report/grant.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const cluster = `
kind: ClusterRole
metadata: { name: mixed }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get] }
  - { apiGroups: [""], resources: [pods, nodes], verbs: [list] }
  - { apiGroups: [apps], resources: [deployments/scale], verbs: [update] }
  - { nonResourceURLs: [/metrics], verbs: [get] }
---
kind: ClusterRoleBinding
metadata: { name: everyone }
roleRef: { kind: ClusterRole, name: mixed }
subjects: [{ kind: Group, name: system:authenticated }]
---
kind: RoleBinding
metadata: { name: own, namespace: shop }
roleRef: { kind: ClusterRole, name: mixed }
subjects:
  - { kind: ServiceAccount, name: web, namespace: shop }
  - { kind: User, name: system:serviceaccount:shop:web }
---
kind: RoleBinding
metadata: { name: other, namespace: bank }
roleRef: { kind: ClusterRole, name: nowhere }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
`;

const isNamespaced = (_group: string, resource: string) => resource !== 'nodes';

function print({ scopes }: Permissions): string[] {
  return scopes.flatMap(({ namespace, origins }) =>
    origins.flatMap(({ bound, principal, permissions }) =>
      permissions.map(({ rule, dead }) => {
        const what = rule.nonResourceURLs?.join() ?? nameRuleResource(rule);
        const as = principal.isGroup ? ` as ${principal.name}` : '';
        return `${namespace || 'cluster'}: ${rule.verbs.join()} ${what} by ${bound.binding.metadata.name}${as}${dead === undefined ? '' : ' dead'}`;
      }),
    ),
  );
}

describe('permissions', () => {
  it('are grouped by scope, with merged verbs, where they come from, and what of them is in vain', () => {
    expect(print(listPermissions(snapshotOf(cluster), serviceAccount('shop', 'web'), isNamespaced))).to.deep.equal([
      'cluster: get,list pods by everyone as system:authenticated',
      'cluster: get /metrics by everyone as system:authenticated',
      'cluster: list nodes by everyone as system:authenticated',
      'cluster: update deployments.apps/scale by everyone as system:authenticated',
      'shop: get,list pods by own',
      'shop: get /metrics by own dead',
      'shop: list nodes by own dead',
      'shop: update deployments.apps/scale by own',
    ]);
  });

  it('keep to a namespace, and leave out what grants nothing', () => {
    const { scopes } = listPermissions(snapshotOf(cluster), serviceAccount('shop', 'web'), isNamespaced, 'bank');
    expect(scopes.map(({ namespace }) => namespace)).to.deep.equal(['']);
  });

  it('are in doubt where a role is not among the files, or a binding cannot be read', () => {
    const yaml = `${cluster}
---
kind: RoleBinding
metadata: { name: broken, namespace: bank }
roleRef: { kind: Role, name: all }
subjects: 7
`;
    const ofFiles = snapshotOf(yaml, { isWholeCluster: false });
    const { doubts } = listPermissions(ofFiles, serviceAccount('shop', 'web'), isNamespaced);
    expect(doubts).to.have.length(2);
    expect(doubts.join('\n'))
      .to.match(/ClusterRole "nowhere" is not among the files/)
      .and.match(/RoleBinding "broken" cannot be read/);
    expect(listPermissions(ofFiles, serviceAccount('shop', 'web'), isNamespaced, 'shop').doubts).to.deep.equal([]);
  });

  it('of a group are those of its name alone', () => {
    const group = { user: '', groups: ['system:authenticated'] };
    const found = listPermissions(snapshotOf(cluster), group, isNamespaced);
    expect(found.scopes.map(({ namespace }) => namespace)).to.deep.equal(['']);
  });

  it('are not in vain where a create by name is joined by a patch that another binding grants', () => {
    const rolesOf = (patched: string, place: string) => `
kind: Role
metadata: { name: mk, namespace: shop }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [create], resourceNames: [tls] }]
---
kind: RoleBinding
metadata: { name: mk, namespace: shop }
roleRef: { kind: Role, name: mk }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
---
kind: Role
metadata: { name: pt, namespace: ${place} }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [patch], resourceNames: [${patched}] }]
---
kind: RoleBinding
metadata: { name: pt, namespace: ${place} }
roleRef: { kind: Role, name: pt }
subjects: [{ kind: Group, name: system:serviceaccounts:shop }]
`;
    const created = (patched: string, place: string) =>
      print(listPermissions(snapshotOf(rolesOf(patched, place)), serviceAccount('shop', 'web'), isNamespaced)).find(
        (line) => line.includes('create'),
      );
    expect(created('tls', 'shop')).to.equal('shop: create secrets by mk');
    expect(created('other', 'shop')).to.equal('shop: create secrets by mk dead');
    expect(created('tls', 'bank')).to.equal('shop: create secrets by mk dead');
  });
});
