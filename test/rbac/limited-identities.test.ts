import { expect } from 'chai';
import fc from 'fast-check';

import type { ObjectChange, Snapshot } from '../../src/core/snapshot.ts';
import { adminPathsOf, countAdminPaths, standingOf } from '../../src/rbac/admin-paths.ts';
import { EscalationGraph } from '../../src/rbac/escalation-graph.ts';
import { ADMIN } from '../../src/rbac/escalation-node.ts';
import type { NodeKey } from '../../src/rbac/escalation-node.ts';
import { buildPath, printPath } from '../../src/rbac/escalation-path.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

/** Whoever holds it may be every account of the namespace, delete pods as it, and delete pods. */
function mayBeEachOther(name: string): string {
  return `
kind: Role
metadata: { name: ${name}, namespace: ten }
rules:
  - { verbs: ['impersonate:serviceaccount'], apiGroups: [authentication.k8s.io], resources: [serviceaccounts] }
  - { verbs: ['impersonate-on:serviceaccount:delete', delete], apiGroups: [''], resources: [pods] }
`;
}

function bind(name: string, role: string, ...accounts: readonly string[]): string {
  const subjects = accounts.map((account) => `{ kind: ServiceAccount, namespace: ten, name: ${account} }`);
  return `
kind: RoleBinding
metadata: { name: ${name}, namespace: ten }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${role} }
subjects: [${subjects.join(', ')}]
`;
}

const eveReadsPods = `
kind: ClusterRole
metadata: { name: reader }
rules: [{ verbs: [get], apiGroups: [''], resources: [pods] }]
---
kind: ClusterRoleBinding
metadata: { name: eve-reads }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects: [{ kind: User, name: eve }]
`;

function accountsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `a${index}`);
}

function limitedOf(graph: EscalationGraph): readonly NodeKey[] {
  return [...graph.holdings.holders()].filter((node) => node.startsWith('limited:'));
}

function changeOf(
  kind: 'ClusterRoleBinding' | 'RoleBinding',
  name: string,
  before: Snapshot,
  after: Snapshot,
): ObjectChange {
  const namespace = kind === 'RoleBinding' ? 'ten' : '';
  return { kind, before: before.get(kind, namespace, name), after: after.get(kind, namespace, name) };
}

describe('a thousand accounts of a namespace of whom each may be each within limits', () => {
  const ten = [mayBeEachOther('imp'), bind('imp', 'imp', ...accountsOf(1000))];
  const before = snapshotOf(ten.join('---'));

  it('are a thousand places, as it makes no difference as whom of those who hold the same somebody acts', () => {
    const graph = new EscalationGraph(before);
    expect(limitedOf(graph)).to.have.length(1000);
    expect(graph.isCut).to.equal(false);
    expect(graph.toAdmin().isCut).to.equal(false);
  });

  it('are not looked at again for a change that is not about them', () => {
    const graph = new EscalationGraph(before);
    const after = snapshotOf([...ten, eveReadsPods].join('---'));
    const { judged, limitsJudged } = graph.holdings;
    graph.update(after, [changeOf('ClusterRoleBinding', 'eve-reads', before, after)]);
    expect(graph.holdings.judged - judged).to.equal(1);
    expect(graph.holdings.limitsJudged - limitsJudged).to.equal(0);
  });

  it('are all looked at again where one of them comes to hold something else', () => {
    const graph = new EscalationGraph(before);
    const after = snapshotOf([...ten, mayBeEachOther('more'), bind('more', 'more', 'a7')].join('---'));
    graph.update(after, [changeOf('RoleBinding', 'more', before, after)]);
    expect(limitedOf(graph)).to.have.length(2000);
  });
});

describe('accounts of a namespace who may be each other, and of whom each holds something else', () => {
  const roles = (count: number): string =>
    accountsOf(count)
      .flatMap((one) => [mayBeEachOther(one), bind(one, one, one)])
      .join('---');

  it('are a place for each two', () => {
    const graph = new EscalationGraph(snapshotOf(roles(20)));
    expect(limitedOf(graph)).to.have.length(400);
    expect(graph.isCut).to.equal(false);
  });

  it('are none at all beyond the bound, and that is said', () => {
    const graph = new EscalationGraph(snapshotOf(roles(300)));
    expect(limitedOf(graph)).to.have.length(0);
    expect(graph.isCut).to.equal(true);
    expect(graph.toAdmin().isCut).to.equal(true);
    expect(graph.routesTo('nodes').isCut).to.equal(true);
  });

  it('leave it unknown beyond the bound who can become cluster-admin', () => {
    const snapshot = snapshotOf(roles(300));
    expect(countAdminPaths(snapshot)).to.equal(undefined);
    expect(standingOf(adminPathsOf(snapshot), 'sa:ten/a0')).to.equal('unknown');
  });

  it('come to be too many, and come back once they are not, as if they had never been', () => {
    const [few, many] = [snapshotOf(roles(3)), snapshotOf(roles(4))];
    const graph = new EscalationGraph(few, undefined, 300);
    expect(limitedOf(graph)).to.have.length(9);
    expect(graph.toAdmin().isCut).to.equal(false);
    graph.update(many, [changeOf('RoleBinding', 'a3', few, many)]);
    expect(limitedOf(graph)).to.have.length(0);
    expect(graph.toAdmin().isCut).to.equal(true);
    graph.update(few, [changeOf('RoleBinding', 'a3', many, few)]);
    expect(limitedOf(graph)).to.have.length(9);
    expect(graph.toAdmin().isCut).to.equal(false);
  });
});

describe('of those who hold the same', () => {
  const grantsAll = `
kind: ClusterRole
metadata: { name: all }
rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]
---
kind: ClusterRole
metadata: { name: be }
rules:
  - { verbs: ['impersonate:user-info'], apiGroups: [authentication.k8s.io], resources: [users] }
  - { verbs: ['impersonate-on:user-info:create'], apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings] }
---
kind: ClusterRoleBinding
metadata: { name: be }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: be }
subjects: [{ kind: User, name: jane }]
`;
  const allTo = (...users: readonly string[]): Snapshot =>
    snapshotOf(`${grantsAll}---
kind: ClusterRoleBinding
metadata: { name: all }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all }
subjects: [${users.map((name) => `{ kind: User, name: ${name} }`).join(', ')}]
`);
  const pathIn = (graph: EscalationGraph): string =>
    printPath(buildPath('user:jane', ADMIN, graph.toAdmin().pathFrom('user:jane') ?? []));

  it('the first by name stands for all, and another once that one is gone', () => {
    const [both, one, none] = [allTo('root', 'boss'), allTo('root'), allTo()];
    const graph = new EscalationGraph(both);
    expect(limitedOf(graph)).to.have.length(1);
    expect(pathIn(graph)).to.contain('users boss');
    graph.update(one, [changeOf('ClusterRoleBinding', 'all', both, one)]);
    expect(pathIn(graph)).to.contain('users root');
    graph.update(none, [changeOf('ClusterRoleBinding', 'all', one, none)]);
    expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
    expect(limitedOf(graph)).to.have.length(0);
  });
});

describe('who may be others within limits, after any changes', () => {
  const roles = ['a', 'b', 'c'].map(mayBeEachOther);
  const names = fc.subarray(['a', 'b', 'c', 'd']);
  const state = fc.record({ a: names, b: names, c: names });

  it('is what it is to whoever looks for the first time, beyond the bound and within it', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 2, maxLength: 6 }), fc.constantFrom(200, 400, 800), (states, most) => {
        const snapshots = states.map((bound) =>
          snapshotOf(
            [...roles, ...(['a', 'b', 'c'] as const).map((role) => bind(role, role, ...bound[role]))].join('---'),
          ),
        );
        const [first, ...later] = snapshots;
        if (first === undefined) return;
        const graph = new EscalationGraph(first, undefined, most);
        let before = first;
        for (const after of later) {
          graph.update(
            after,
            ['a', 'b', 'c'].map((role) => changeOf('RoleBinding', role, before, after)),
          );
          before = after;
          const anew = new EscalationGraph(after, undefined, most);
          expect(graph.isCut).to.equal(anew.isCut);
          expect([...limitedOf(graph)].sort()).to.deep.equal([...limitedOf(anew)].sort());
          expect(graph.toAdmin().isCut).to.equal(anew.toAdmin().isCut);
        }
      }),
      { numRuns: 100 },
    );
  });
});
