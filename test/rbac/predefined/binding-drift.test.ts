import { bindingKinds } from '../../../src/core/rbac-kinds.ts';
import { expect } from 'chai';

import { baselineMinors } from '../../../src/rbac/predefined/baseline.ts';
import { compareBinding } from '../../../src/rbac/predefined/binding-drift.ts';
import { freshBinding, freshBindings } from './fresh-objects.ts';

const kind = 'ClusterRoleBinding';

describe('a binding beside the baseline', () => {
  const admins = freshBinding(37, kind, 'cluster-admin');
  const intruder = { kind: 'ServiceAccount', namespace: 'shop', name: 'web' };

  for (const minor of baselineMinors) {
    it(`is unchanged as a fresh 1.${minor} has it`, () => {
      const statuses = bindingKinds.flatMap((each) =>
        freshBindings(minor, each).map((binding) => compareBinding({ kind: each, binding }, minor).status),
      );
      expect(statuses).to.have.length.above(50);
      expect(new Set(statuses)).to.deep.equal(new Set(['unchanged']));
    });
  }

  it('is changed by a subject more, which is named with its place', () => {
    const binding = { ...admins, subjects: [...(admins.subjects ?? []), intruder] };
    expect(compareBinding({ kind, binding }, 37)).to.deep.include({
      status: 'changed',
      added: [{ index: 1, subject: intruder }],
      removed: [],
    });
  });

  it('tells the newest release that binds a subject which the one that runs does not', () => {
    const leader = freshBinding(37, 'RoleBinding', 'system::leader-locking-kube-controller-manager');
    expect(compareBinding({ kind: 'RoleBinding', binding: leader }, 30)).to.deep.equal({
      status: 'changed',
      origin: { by: 'Kubernetes', minor: 30 },
      added: [
        {
          index: 2,
          subject: { kind: 'ServiceAccount', namespace: 'kube-system', name: 'leader-election-controller' },
          minor: 37,
        },
      ],
      removed: [],
    });
    expect(compareBinding({ kind: 'RoleBinding', binding: leader }, 31)).to.deep.equal({
      status: 'unchanged',
      origin: { by: 'Kubernetes', minor: 31 },
    });
  });

  it('is changed by a subject less', () => {
    const comparison = compareBinding({ kind, binding: { ...admins, subjects: [] } }, 37);
    expect(comparison).to.deep.include({ status: 'changed', removed: [{ kind: 'Group', name: 'system:masters' }] });
  });

  it('tells a Group from a User of the same name', () => {
    const binding = { ...admins, subjects: [{ kind: 'User', name: 'system:masters' }] };
    const comparison = compareBinding({ kind, binding }, 37);
    expect(comparison.status).to.equal('changed');
  });

  it('takes a service account and the user of its name for one', () => {
    const controller = freshBinding(37, kind, 'system:controller:job-controller');
    const subjects = [{ kind: 'User', name: 'system:serviceaccount:kube-system:job-controller' }];
    expect(compareBinding({ kind, binding: { ...controller, subjects } }, 37).status).to.equal('unchanged');
  });

  it('completes the namespace of a service account by its own', () => {
    const signer = freshBinding(37, 'RoleBinding', 'system:controller:token-cleaner');
    const subjects = [{ kind: 'ServiceAccount', name: 'token-cleaner' }];
    const comparison = compareBinding({ kind: 'RoleBinding', binding: { ...signer, subjects } }, 37);
    expect(comparison.status).to.equal('unchanged');
  });

  it('to another role is an impostor', () => {
    const basic = freshBinding(37, kind, 'system:basic-user');
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
    expect(compareBinding({ kind, binding: { ...basic, roleRef } }, 37)).to.deep.equal({
      status: 'impostor',
      claim: 'binding',
      expected: { kind: 'ClusterRole', name: 'system:basic-user' },
    });
  });

  it('that Kubernetes does not make is an impostor by its name or label, and otherwise not predefined', () => {
    const named = (name: string, labels = {}): ReturnType<typeof compareBinding> =>
      compareBinding({ kind, binding: { ...admins, metadata: { name, labels } } }, 37);
    expect(named('system:admins')).to.deep.equal({ status: 'impostor', claim: 'name' });
    expect(named('admins', { 'kubernetes.io/bootstrapping': 'rbac-defaults' })).to.deep.equal({
      status: 'impostor',
      claim: 'label',
    });
    expect(named('admins').status).to.equal('notPredefined');
  });

  it('of kubeadm is known by its role and subjects', () => {
    const roleRef = { kind: 'ClusterRole', name: 'cluster-admin' };
    const metadata = { name: 'kubeadm:cluster-admins' };
    const own = { kind: 'Group', name: 'kubeadm:cluster-admins' };
    expect(compareBinding({ kind, binding: { metadata, roleRef, subjects: [own] } }, 37)).to.deep.equal({
      status: 'unchanged',
      origin: { by: 'kubeadm' },
    });
    const more = compareBinding({ kind, binding: { metadata, roleRef, subjects: [own, intruder] } }, 37);
    expect(more).to.deep.include({ status: 'changed', added: [{ index: 1, subject: intruder }] });
  });

  it('of a release without a baseline is unknown where it may be predefined, and only there', () => {
    expect(compareBinding({ kind, binding: admins }, 12).status).to.equal('unknown');
    const ordinary = { ...admins, metadata: { name: 'admins' } };
    expect(compareBinding({ kind, binding: ordinary }, 12).status).to.equal('notPredefined');
  });
});
