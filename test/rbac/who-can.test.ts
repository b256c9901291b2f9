import { expect } from 'chai';

import type { AccessRequest } from '../../src/rbac/request.ts';
import { findHolders } from '../../src/rbac/who-can.ts';
import type { Holder } from '../../src/rbac/who-can.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const cluster = `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: [get] }
  - { apiGroups: [""], resources: [secrets, nodes], verbs: [get, list] }
---
kind: ClusterRole
metadata: { name: one-secret }
rules:
  - { apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get, create, deletecollection] }
  - { apiGroups: [""], resources: [secrets], resourceNames: [tls], verbs: [get] }
  - { apiGroups: [""], resources: [pods/exec], resourceNames: [web-0], verbs: [create] }
  - { nonResourceURLs: [/metrics], verbs: [get] }
---
kind: Role
metadata: { name: all, namespace: shop }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: readers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects:
  - { kind: Group, name: devs }
  - { kind: Group, name: devs }
  - { kind: ServiceAccount, name: homeless }
  - { kind: Robot, name: r2 }
---
kind: RoleBinding
metadata: { name: readers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects: [{ kind: ServiceAccount, name: web }]
---
kind: RoleBinding
metadata: { name: all, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: all }
subjects: [{ kind: User, name: ada }]
---
kind: RoleBinding
metadata: { name: db, namespace: bank }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: one-secret }
subjects: [{ kind: ServiceAccount, name: teller, namespace: bank }]
---
kind: RoleBinding
metadata: { name: dangling, namespace: bank }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: nowhere }
subjects: [{ kind: User, name: eve }]
`;

function ask(text: string, scope: 'everywhere' | { namespace: string } = 'everywhere', yaml = cluster, whole = true) {
  const [verb = '', target = '', name = ''] = text.split(' ');
  const [resource = '', subresource = ''] = target.split('/');
  const request: AccessRequest = target.startsWith('/')
    ? { verb, path: target }
    : { verb, group: '', resource, subresource, name, namespace: '' };
  const isNamespaced = (_group: string, asked: string) => asked !== 'nodes';
  return findHolders(snapshotOf(yaml, { isWholeCluster: whole }), request, scope, isNamespaced);
}

function print({ subject, bound, rule, names, deadWeight }: Holder): string {
  const namespace = subject.namespace === undefined ? '' : `${subject.namespace}/`;
  const only = names === undefined ? '' : ` [${names.join(' ')}]`;
  return `${subject.kind} ${namespace}${subject.name} by ${bound.kind}/${bound.binding.metadata.name}#${rule}${only}${deadWeight === undefined ? '' : ' dead'}`;
}

describe('who can', () => {
  it('names every subject of every binding once, and nobody who is none', () => {
    expect(ask('get secrets').holders.map(print)).to.deep.equal([
      'Group devs by ClusterRoleBinding/readers#1',
      'ServiceAccount bank/teller by RoleBinding/db#0 [db tls]',
      'ServiceAccount shop/web by RoleBinding/readers#1',
      'User ada by RoleBinding/all#0',
    ]);
  });

  it('keeps to one namespace', () => {
    expect(ask('get secrets', { namespace: 'bank' }).holders.map(print)).to.deep.equal([
      'Group devs by ClusterRoleBinding/readers#1',
      'ServiceAccount bank/teller by RoleBinding/db#0 [db tls]',
    ]);
  });

  it('counts rules with names for those names', () => {
    const names = (text: string) => ask(text, { namespace: 'bank' }).holders.map(print);
    expect(names('get secrets db')).to.include('ServiceAccount bank/teller by RoleBinding/db#0');
    expect(names('get secrets other')).to.deep.equal(['Group devs by ClusterRoleBinding/readers#1']);
  });

  it('does not count rules with names for what has none', () => {
    expect(ask('create secrets', { namespace: 'bank' }).holders).to.deep.equal([]);
    expect(ask('deletecollection secrets', { namespace: 'bank' }).holders).to.deep.equal([]);
    expect(ask('create pods/exec', { namespace: 'bank' }).holders.map(print)).to.deep.equal([
      'ServiceAccount bank/teller by RoleBinding/db#2 [web-0]',
    ]);
  });

  it('marks what a RoleBinding grants in vain', () => {
    expect(ask('list nodes').holders.map(print)).to.deep.equal([
      'Group devs by ClusterRoleBinding/readers#1',
      'ServiceAccount shop/web by RoleBinding/readers#1 dead',
      'User ada by RoleBinding/all#0 dead',
    ]);
  });

  it('asks ClusterRoleBindings alone for a URL', () => {
    expect(ask('get /metrics').holders).to.deep.equal([]);
  });

  it('takes a role that a cluster has not for none, and one that files have not for unknown', () => {
    expect(ask('get secrets').doubts).to.deep.equal([]);
    expect(ask('get secrets', 'everywhere', cluster, false).doubts).to.deep.equal([
      'ClusterRole "nowhere" is not among the files',
    ]);
  });

  it('doubts what it cannot read, and goes on', () => {
    const yaml = `${cluster}
---
kind: RoleBinding
metadata: { name: broken, namespace: shop }
roleRef: { kind: Role, name: all }
subjects: [{ kind: User, name: 7 }]
---
kind: RoleBinding
metadata: { name: rootless, namespace: shop }
subjects: [{ kind: User, name: max }]
---
kind: RoleBinding
metadata: { name: odd, namespace: shop }
roleRef: { kind: Role, name: odd }
subjects: [{ kind: User, name: otto }]
---
kind: Role
metadata: { name: odd, namespace: shop }
rules: [{ apiGroups: [""], resources: pods, verbs: [get] }, { apiGroups: [""], resources: [secrets], verbs: [get] }]
`;
    const { holders, doubts } = ask('get secrets', { namespace: 'shop' }, yaml, false);
    expect(holders.map(print)).to.include('User otto by RoleBinding/odd#0');
    expect(doubts).to.have.length(3);
    expect(doubts.join('\n'))
      .to.match(/RoleBinding "broken" cannot be read: field "subjects\[0\]\.name" must be a string/)
      .and.match(/reference to a role cannot be read/)
      .and.match(/role "odd" has rules that cannot be read/);
  });
});
