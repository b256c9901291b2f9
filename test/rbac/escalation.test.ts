/** Rows of our own for what upstream's TestEscalation is about (role and clusterrole policybased storage_test.go). */
import { expect } from 'chai';

import { Authorizer } from '../../src/rbac/authorizer.ts';
import { checkBindingWrite, checkRoleWrite } from '../../src/rbac/escalation.ts';
import type { RoleWrite } from '../../src/rbac/escalation.ts';
import type { Requester } from '../../src/rbac/request.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const authorizer = new Authorizer(
  snapshotOf(`
kind: ClusterRole
metadata: { name: reader }
rules: [{ verbs: [get], apiGroups: [""], resources: [pods] }]
---
kind: ClusterRole
metadata: { name: admin }
rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }]
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }, { verbs: ["*"], nonResourceURLs: ["*"] }]
---
kind: ClusterRole
metadata: { name: escalator }
rules:
  - { verbs: [escalate], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [tried] }
  - { verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [admin] }
---
kind: RoleBinding
metadata: { name: readers, namespace: shop }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: User, name: reader }]
---
kind: ClusterRoleBinding
metadata: { name: escalators }
roleRef: { kind: ClusterRole, name: escalator }
subjects: [{ kind: User, name: escalator }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { kind: ClusterRole, name: everything }
subjects: [{ kind: User, name: root }]
`),
);
const user = (name: string): Requester => ({ user: name, groups: [] });
const getPods = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const getAll = { verbs: ['get'], apiGroups: [''], resources: ['*'] };
const role: RoleWrite = { kind: 'ClusterRole', namespace: '', name: 'tried', rules: [getAll] };

describe('a role may be written', () => {
  it('by whoever holds its rules where it is', () => {
    const own: RoleWrite = { kind: 'Role', namespace: 'shop', name: '', rules: [getPods] };
    expect(checkRoleWrite(authorizer, user('reader'), own)).to.deep.equal({ allowed: true });
    for (const other of [
      { ...own, namespace: 'farm' },
      { ...role, rules: [getPods] },
    ]) {
      expect(checkRoleWrite(authorizer, user('reader'), other)).to.deep.equal({ allowed: false, missing: [getPods] });
    }
  });

  it('not with a rule that is missing, which is named', () => {
    const mixed = { ...role, kind: 'Role', namespace: 'shop', rules: [getPods, getAll] } as const;
    expect(checkRoleWrite(authorizer, user('reader'), mixed)).to.deep.equal({ allowed: false, missing: [getAll] });
  });

  it('by whoever may escalate it by its name, which a new one does not have yet', () => {
    expect(checkRoleWrite(authorizer, user('escalator'), role)).to.deep.equal({ allowed: true });
    expect(checkRoleWrite(authorizer, user('escalator'), { ...role, name: '' }).allowed).to.equal(false);
    expect(checkRoleWrite(authorizer, user('escalator'), { ...role, name: 'other' }).allowed).to.equal(false);
  });

  it('that gathers others by those who hold everything', () => {
    const gathering = { ...role, rules: [], aggregates: true };
    expect(checkRoleWrite(authorizer, user('root'), gathering)).to.deep.equal({ allowed: true });
    expect(checkRoleWrite(authorizer, user('reader'), gathering).allowed).to.equal(false);
  });

  it('by system:masters', () => {
    expect(checkRoleWrite(authorizer, { user: 'me', groups: ['system:masters'] }, role).allowed).to.equal(true);
  });
});

describe('a binding may be written', () => {
  const reader = { kind: 'ClusterRole', name: 'reader' };
  const admin = { kind: 'ClusterRole', name: 'admin' };

  it('by whoever holds the rules of the role where it is bound', () => {
    const bind = (namespace: string) => checkBindingWrite(authorizer, user('reader'), { roleRef: reader, namespace });
    expect(bind('shop')).to.deep.equal({ allowed: true });
    expect(bind('')).to.deep.equal({ allowed: false, missing: [getPods] });
  });

  it('by whoever may bind the role, by its name', () => {
    const bind = (roleRef: { kind: string; name: string }) =>
      checkBindingWrite(authorizer, user('escalator'), { roleRef, namespace: '' });
    expect(bind(admin)).to.deep.equal({ allowed: true });
    expect(bind(reader)).to.deep.equal({ allowed: false, missing: [getPods] });
  });

  it('not of a role that does not exist, unless one may bind it', () => {
    const gone = { kind: 'Role', name: 'gone' };
    expect(checkBindingWrite(authorizer, user('reader'), { roleRef: gone, namespace: 'shop' })).to.deep.equal({
      allowed: false,
      missing: 'role',
    });
    expect(checkBindingWrite(authorizer, user('root'), { roleRef: gone, namespace: 'shop' }).allowed).to.equal(true);
  });
});
