import { expect } from 'chai';

import { describeGrant } from '../../src/rbac/authorizer.ts';
import { entryIndex } from '../../src/rbac/entry-index.ts';
import type { Entry } from '../../src/rbac/entry-index.ts';
import { escalatingNamespaces, execReachOf } from '../../src/rbac/exec-reach.ts';
import { ReachChanges } from '../../src/rbac/reach-changes.ts';
import { Standings } from '../../src/rbac/standing-changes.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const jane = '{ kind: User, name: jane }';

/** A role of these rules and its binding, in a namespace or, where it is empty, everywhere. */
function grant(namespace: string, name: string, rules: string, subjects = jane): string {
  const prefix = namespace === '' ? 'Cluster' : '';
  const place = namespace === '' ? '' : `, namespace: ${namespace}`;
  return `
kind: ${prefix}Role
metadata: { name: ${name}${place} }
rules: [${rules}]
---
kind: ${prefix}RoleBinding
metadata: { name: ${name}${place} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${prefix}Role, name: ${name} }
subjects: [${subjects}]
`;
}

const exec = '{ apiGroups: [""], resources: [pods/exec], verbs: [create] }';
const execWeb = '{ apiGroups: [""], resources: [pods/exec], resourceNames: [web], verbs: [create] }';
const patchDb = '{ apiGroups: [""], resources: [pods/ephemeralcontainers], resourceNames: [db, web], verbs: [patch] }';
const proxyNode = '{ apiGroups: [""], resources: [nodes/proxy], resourceNames: [n1], verbs: [get] }';

function agentIn(namespace: string): string {
  return `
kind: Pod
metadata: { name: agent, namespace: ${namespace} }
spec: { hostPID: true, containers: [{ name: agent }] }
`;
}

function print({ who, grant: by, by: what, pods, nodes }: Entry): string {
  const limits = pods === undefined ? (nodes === undefined ? '' : ` on ${nodes.join()}`) : ` of ${pods.join()}`;
  return `${who}: ${what}${limits} (${describeGrant(by)})`;
}

describe('who may get into pods', () => {
  it('by ClusterRoleBindings gets into those of every namespace, by RoleBindings into those of theirs', () => {
    const snapshot = snapshotOf([grant('', 'all', exec), grant('shop', 'own', exec)].join('---'));
    const reach = execReachOf(snapshot);
    expect(reach.everywhere.map(print)).to.deep.equal([
      'user:jane: create pods/exec (ClusterRoleBinding "all" of ClusterRole "all" to User "jane")',
    ]);
    expect(reach.ownOf('shop').map(print)).to.deep.equal([
      'user:jane: create pods/exec (RoleBinding "own/shop" of Role "own" to User "jane")',
    ]);
    expect(reach.ownOf('other')).to.deep.equal([]);
    expect([...snapshot.derive(entryIndex).of('user:jane').keys()]).to.have.members(['', 'shop']);
  });

  it('by names gets into pods of any of them, and by those of nodes into what runs there', () => {
    const yaml = grant('', 'some', [execWeb, patchDb, proxyNode].join());
    expect(execReachOf(snapshotOf(yaml)).everywhere.map(print)).to.deep.equal([
      'user:jane: create pods/exec of web,db (ClusterRoleBinding "some" of ClusterRole "some" to User "jane")',
      'user:jane: get nodes/proxy on n1 (ClusterRoleBinding "some" of ClusterRole "some" to User "jane")',
    ]);
  });

  it('without names gets in whatever else is named', () => {
    const yaml = grant('', 'some', [execWeb, exec, proxyNode].join());
    expect(execReachOf(snapshotOf(yaml)).everywhere.map(print)).to.deep.equal([
      'user:jane: create pods/exec (ClusterRoleBinding "some" of ClusterRole "some" to User "jane")',
    ]);
  });

  it('counts as a service account by whatever name, and as a group', () => {
    const subjects = [
      '{ kind: User, name: "system:serviceaccount:ci:bot" }',
      '{ kind: ServiceAccount, name: bot }',
      '{ kind: Group, name: "system:authenticated" }',
      '{ kind: Robot, name: r2 }',
    ].join();
    const reach = execReachOf(snapshotOf(grant('ci', 'own', exec, subjects)));
    expect(reach.ownOf('ci').map(({ who }) => who)).to.deep.equal(['sa:ci/bot', 'group:system:authenticated']);
  });

  it('knows the namespaces where a pod is as good as its node, in their order', () => {
    const web = agentIn('web').replace('hostPID: true', 'hostPID: false');
    const snapshot = snapshotOf([agentIn('storage'), agentIn('net'), web].join('---'));
    expect(snapshot.derive(escalatingNamespaces)).to.deep.equal(['net', 'storage']);
  });
});

describe('where others may get into pods than before', () => {
  function movedBy(before: readonly string[], after: readonly string[]): readonly string[] {
    const [standings, changes] = [new Standings(), new ReachChanges()];
    const take = (documents: readonly string[]): readonly string[] => {
      const snapshot = snapshotOf(documents.join('---'));
      return [...changes.take(snapshot, standings.take(snapshot).identities)];
    };
    take(before);
    return take(after);
  }

  it('is nowhere, whatever else is granted, and whatever bindings are called', () => {
    const view = grant('', 'view', '{ apiGroups: [""], resources: [pods], verbs: [get] }');
    expect(movedBy([grant('shop', 'one', exec)], [grant('shop', 'two', exec), view])).to.deep.equal([]);
  });

  it('is where somebody else does, or gets into other pods', () => {
    const before = [grant('shop', 'own', exec)];
    expect(movedBy(before, [grant('shop', 'own', exec, '{ kind: User, name: joe }')])).to.deep.equal(['shop']);
    expect(movedBy(before, [grant('shop', 'own', execWeb)])).to.deep.equal(['shop']);
    expect(movedBy(before, [grant('', 'all', exec)])).to.have.members(['shop', '']);
    expect(movedBy(before, [agentIn('shop')])).to.deep.equal(['shop']);
  });

  it('is where those who do have another way to cluster-admin', () => {
    const escalate = '{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, update] }';
    const before = [grant('shop', 'own', exec), grant('ci', 'own', exec, '{ kind: User, name: joe }')];
    expect(movedBy(before, [...before, grant('', 'roles', escalate)])).to.deep.equal(['shop']);
    expect(movedBy([...before, grant('', 'roles', escalate)], before)).to.deep.equal(['shop']);
  });

  it('is where somebody becomes cluster-admin, who is no longer counted', () => {
    const all = '{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }';
    const before = [grant('shop', 'own', exec)];
    expect(movedBy(before, [...before, grant('', 'root', all)])).to.deep.equal(['shop']);
    expect(movedBy([], [...before, grant('', 'root', all)])).to.deep.equal([]);
  });
});
