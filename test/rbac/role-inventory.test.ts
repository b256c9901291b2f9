import { expect } from 'chai';

import type { ObjectSnapshotOptions } from '../../src/core/object-snapshot.ts';
import { listRoles } from '../../src/rbac/role-inventory.ts';
import type { InventoryOptions, RoleEntry } from '../../src/rbac/role-inventory.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const yaml = `
kind: Role
metadata: { name: reader, namespace: shop }
---
kind: Role
metadata: { name: reader, namespace: bank }
---
kind: ClusterRole
metadata: { name: zoo }
---
kind: ClusterRole
metadata: { name: keeper }
rules: [{ verbs: [get], apiGroups: [''], resources: [secrets] }]
---
kind: RoleBinding
metadata: { name: b, namespace: shop }
roleRef: { kind: ClusterRole, name: keeper }
subjects: [{ kind: ServiceAccount, name: web }]
---
kind: RoleBinding
metadata: { name: b, namespace: bank }
roleRef: { kind: ClusterRole, name: keeper }
---
kind: ClusterRoleBinding
metadata: { name: 'system:zoo' }
roleRef: { kind: ClusterRole, name: zoo }
subjects: [{ kind: User, name: bob }]
`;

function list(
  text: string,
  options: Partial<InventoryOptions> = {},
  snapshot: Partial<ObjectSnapshotOptions> = {},
): readonly RoleEntry[] {
  const all = { minor: 37, namespaces: 'all', grade: () => undefined, ...options } as const;
  return listRoles(snapshotOf(text, snapshot), all).filter(({ comparison }) => comparison.status !== 'missing');
}

function keysOf(roles: readonly RoleEntry[]): readonly string[] {
  return roles.map(({ kind, namespace = '', name }) => `${kind}/${namespace}/${name}`);
}

describe('the inventory of roles', () => {
  it('has ClusterRoles first, then Roles by namespace', () => {
    expect(keysOf(list(yaml))).to.deep.equal([
      'ClusterRole//keeper',
      'ClusterRole//zoo',
      'Role/bank/reader',
      'Role/shop/reader',
    ]);
  });

  it('has the Roles of a namespace where that is asked for, and none where none is', () => {
    expect(keysOf(list(yaml, { namespaces: { only: 'shop' } })).slice(2)).to.deep.equal(['Role/shop/reader']);
    expect(keysOf(list(yaml, { namespaces: 'none' }))).to.deep.equal(['ClusterRole//keeper', 'ClusterRole//zoo']);
  });

  it('has the bindings of each role, in one namespace only those that count there', () => {
    const [keeper, zoo] = list(yaml);
    expect(keeper?.bindings?.map(({ namespace }) => namespace)).to.deep.equal(['bank', 'shop']);
    expect(zoo?.bindings).to.deep.equal([
      {
        kind: 'ClusterRoleBinding',
        name: 'system:zoo',
        status: 'impostor',
        subjects: [{ kind: 'User', name: 'bob' }],
      },
    ]);
    const [inShop, everywhere] = list(yaml, { namespaces: { only: 'shop' } });
    expect(inShop?.bindings?.map(({ namespace }) => namespace)).to.deep.equal(['shop']);
    expect(everywhere?.bindings).to.have.length(1);
  });

  it('grades a role by where it is bound, and one that nobody holds as if in the whole cluster', () => {
    const scopes: string[] = [];
    list(yaml, {
      grade: (_rules, scope) => {
        scopes.push(scope);
        return undefined;
      },
    });
    expect(scopes).to.deep.equal(['cluster', 'namespace', 'namespace', 'namespace']);
  });

  it('has what is missing of Kubernetes, in a cluster alone', () => {
    const options = { minor: 37, namespaces: 'none', grade: () => undefined } as const;
    const inCluster = listRoles(snapshotOf(yaml), options);
    expect(inCluster.find(({ name }) => name === 'view')?.comparison.status).to.equal('missing');
    const inFiles = listRoles(snapshotOf(yaml, { isWholeCluster: false }), options);
    expect(keysOf(inFiles)).to.deep.equal(['ClusterRole//keeper', 'ClusterRole//zoo']);
  });

  it('does not know bindings that could not be read, nor who is bound', () => {
    const missing = [{ source: 'RoleBinding', state: 'forbidden', message: 'forbidden' }] as const;
    const roles = list(yaml, {}, { missing });
    expect(roles).to.have.length(4);
    expect(roles.some((role) => 'bindings' in role)).to.equal(false);
  });

  it('has nothing of roles that could not be read, missing ones included', () => {
    const missing = [{ source: 'ClusterRole', state: 'forbidden', message: 'forbidden' }] as const;
    const options = { minor: 37, namespaces: 'all', grade: () => undefined } as const;
    const roles = listRoles(snapshotOf(yaml, { missing }), options);
    expect(new Set(roles.map(({ kind }) => kind))).to.deep.equal(new Set(['Role']));
  });

  it('keeps what is malformed in a file, as unknown', () => {
    const [role] = list(
      `
kind: ClusterRole
metadata: { name: view }
rules: all
---
kind: ClusterRoleBinding
metadata: { name: b }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: User, name: 5 }, { kind: User, name: bob }]
`,
      { minor: undefined },
      { isWholeCluster: false },
    );
    expect(role?.comparison.status).to.equal('unknown');
    expect(role?.rules).to.have.property('malformed').that.matches(/rules/);
    expect(role?.danger).to.equal('unknown');
    expect(role?.bindings?.[0]?.subjects).to.deep.equal([
      { kind: 'malformed', name: 'subjects[0].name' },
      { kind: 'User', name: 'bob' },
    ]);
  });

  it('says whose rules a role gathers, and in files not that it is harmless', () => {
    const gathering = `
kind: ClusterRole
metadata: { name: gatherer }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: gatherer } }] }
---
kind: ClusterRole
metadata: { name: source, labels: { to: gatherer } }
`;
    expect(list(gathering)[0])
      .to.deep.include({ gathers: ['source'] })
      .and.not.have.property('danger');
    expect(list(gathering, {}, { isWholeCluster: false })[0]).to.deep.include({ danger: 'unknown' });
  });
});
