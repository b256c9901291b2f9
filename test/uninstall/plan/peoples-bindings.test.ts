import { expect } from 'chai';

import { notePeoplesBindings } from '../../../src/uninstall/plan/peoples-bindings.ts';
import type { Binding } from '../../../src/uninstall/plan/peoples-bindings.ts';
import { present } from './objects.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const operator = { kind: 'ServiceAccount', name: 'merlon', namespace: 'merlon' };
const group = { kind: 'Group', name: 'shop' };

function binding(kind: string, name: string, role: string, subjects: Binding['subjects']): Binding {
  const [roleKind = '', roleName = ''] = role.split(' ');
  return { ...present(RBAC, kind, name), roleRef: { kind: roleKind, name: roleName }, ...(subjects && { subjects }) };
}

describe('bindings of people', () => {
  it('are named where they bind a shipped role, with what removes them', () => {
    const notes = notePeoplesBindings(
      [
        binding('RoleBinding', 'shop/viewers', 'ClusterRole merlon-posture-viewer', [group]),
        binding('ClusterRoleBinding', 'merlon-repairs', 'ClusterRole merlon-repair-default-accounts', [operator]),
      ],
      'merlon',
    );
    expect(notes).to.deep.equal([
      {
        about: 'RoleBinding shop/viewers',
        message:
          'people made it: it binds ClusterRole merlon-posture-viewer, which Merlon brought, and grants nothing without it; "kubectl delete rolebinding viewers -n shop" removes it',
      },
      {
        about: 'ClusterRoleBinding merlon-repairs',
        message:
          'people made it: it binds ClusterRole merlon-repair-default-accounts, which Merlon brought, and grants nothing without it; "kubectl delete clusterrolebinding merlon-repairs" removes it',
      },
    ]);
  });

  it("are named where they bind another role to Merlon's account", () => {
    const [note] = notePeoplesBindings([binding('RoleBinding', 'shop/more', 'Role patcher', [operator])], 'merlon');
    expect(note?.message).to.include("it binds Role patcher to Merlon's account, whose name somebody may take");
  });

  it('are none that are shipped, that bind other roles, or roles of the same name elsewhere', () => {
    const others = [
      binding('ClusterRoleBinding', 'merlon', 'ClusterRole merlon', [operator]),
      binding('RoleBinding', 'merlon/merlon', 'Role merlon', [operator]),
      binding('RoleBinding', 'kube-system/merlon', 'Role merlon', [operator]),
      binding('RoleBinding', 'shop/edit', 'ClusterRole edit', [group]),
      binding('RoleBinding', 'shop/merlon', 'Role merlon', [group]),
      binding('RoleBinding', 'shop/nobody', 'ClusterRole edit', undefined),
    ];
    expect(notePeoplesBindings(others, 'merlon')).to.deep.equal([]);
  });

  it('are judged by the namespace that Merlon is in', () => {
    const elsewhere = binding('RoleBinding', 'hardening/merlon', 'Role merlon', [
      { ...operator, namespace: 'hardening' },
    ]);
    expect(notePeoplesBindings([elsewhere], 'hardening')).to.deep.equal([]);
    expect(notePeoplesBindings([elsewhere], 'merlon')).to.deep.equal([]);
  });
});
