import { expect } from 'chai';

import { describeGrant } from '../../src/rbac/authorizer.ts';
import { execReachByNamespace, execReachOf } from '../../src/rbac/exec-reach.ts';
import type { Entry } from '../../src/rbac/exec-reach.ts';
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
    const reach = execReachOf(snapshotOf([grant('', 'all', exec), grant('shop', 'own', exec)].join('---')));
    expect(reach.everywhere.map(print)).to.deep.equal([
      'user:jane: create pods/exec (ClusterRoleBinding "all" of ClusterRole "all" to User "jane")',
    ]);
    expect(reach.ownOf('shop').map(print)).to.deep.equal([
      'user:jane: create pods/exec (RoleBinding "own/shop" of Role "own" to User "jane")',
    ]);
    expect(reach.ownOf('other')).to.deep.equal([]);
    expect([...reach.entriesOf('user:jane').keys()]).to.have.members(['', 'shop']);
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
    const reach = execReachOf(snapshotOf([agentIn('storage'), agentIn('net'), web].join('---')));
    expect(reach.escalatingNamespaces).to.deep.equal(['net', 'storage']);
  });
});

describe('who may get into pods, to compare with before', () => {
  const reachOf = (...yaml: readonly string[]): ReadonlyMap<string, string> =>
    execReachByNamespace(snapshotOf(yaml.join('---')));

  it('is the same whatever else is granted, and whatever bindings are called', () => {
    const view = grant('', 'view', '{ apiGroups: [""], resources: [pods], verbs: [get] }');
    expect(reachOf(grant('shop', 'one', exec))).to.deep.equal(reachOf(grant('shop', 'two', exec), view));
  });

  it('tells who, by namespace, and how far they are from cluster-admin', () => {
    const before = reachOf(grant('shop', 'own', exec));
    expect([...before.keys()]).to.deep.equal(['shop']);
    expect(reachOf(grant('shop', 'own', exec, '{ kind: User, name: joe }'))).not.to.deep.equal(before);
    expect(reachOf(grant('shop', 'own', execWeb))).not.to.deep.equal(before);
    const escalate = '{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, update] }';
    const nearer = reachOf(grant('shop', 'own', exec), grant('', 'roles', escalate));
    expect([...nearer.keys()]).to.deep.equal(['shop']);
    expect(nearer).not.to.deep.equal(before);
  });

  it('tells nothing of whoever is cluster-admin', () => {
    const all = '{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }';
    expect([...reachOf(grant('shop', 'own', exec), grant('', 'root', all)).keys()]).to.deep.equal([]);
  });
});
