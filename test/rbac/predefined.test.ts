import { expect } from 'chai';

import { findMissing, isPredefinedRole, isPredefinedSubject } from '../../src/rbac/predefined.ts';
import { baselineMinors } from '../../src/rbac/predefined/baseline.ts';
import { freshBinding, freshRole } from './predefined/fresh-objects.ts';

const kind = 'ClusterRoleBinding';
const minors = [undefined, 12, ...baselineMinors];

describe('a subject that Kubernetes itself bound', () => {
  const info = freshBinding(37, kind, 'system:public-info-viewer');
  const anonymous = { kind: 'Group', name: 'system:unauthenticated' };

  for (const minor of minors) {
    it(`is predefined where the minor version is ${minor ?? 'not known'}`, () => {
      expect(isPredefinedSubject({ kind, binding: info }, anonymous, minor)).to.equal(true);
    });
  }

  it('is not predefined as another kind, in another binding, or with another role', () => {
    expect(isPredefinedSubject({ kind, binding: info }, { ...anonymous, kind: 'User' }, 37)).to.equal(false);
    const renamed = { ...info, metadata: { name: 'public-info' } };
    expect(isPredefinedSubject({ kind, binding: renamed }, anonymous, 37)).to.equal(false);
    const stronger = { ...info, roleRef: { kind: 'ClusterRole', name: 'cluster-admin' } };
    expect(isPredefinedSubject({ kind, binding: stronger }, anonymous, 37)).to.equal(false);
  });

  it('is not whoever was added to the binding', () => {
    const bob = { kind: 'User', name: 'bob' };
    expect(isPredefinedSubject({ kind, binding: { ...info, subjects: [anonymous, bob] } }, bob, 37)).to.equal(false);
  });

  it('may be bound by kubeadm', () => {
    const binding = {
      metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: 'kube-public' },
      roleRef: { kind: 'Role', name: 'kubeadm:bootstrap-signer-clusterinfo' },
    };
    const user = { kind: 'User', name: 'system:anonymous' };
    expect(isPredefinedSubject({ kind: 'RoleBinding', binding }, user, 37)).to.equal(true);
  });
});

describe('a role that Kubernetes itself made', () => {
  const view = freshRole(37, 'ClusterRole', 'view');

  it('is predefined in every version that it is the same in, and where none is known', () => {
    expect(isPredefinedRole({ kind: 'ClusterRole', role: view }, 37)).to.equal(true);
    expect(isPredefinedRole({ kind: 'ClusterRole', role: view })).to.equal(true);
  });

  it('is predefined with less, and not with more', () => {
    const [first, ...rest] = view.rules ?? [];
    expect(first).to.not.equal(undefined);
    expect(isPredefinedRole({ kind: 'ClusterRole', role: { ...view, rules: rest } }, 37)).to.equal(true);
    const more = {
      ...view,
      rules: [...(view.rules ?? []), { verbs: ['get'], apiGroups: [''], resources: ['secrets'] }],
    };
    expect(isPredefinedRole({ kind: 'ClusterRole', role: more }, 37)).to.equal(false);
  });

  it('is not one with its name in a namespace', () => {
    const role = { metadata: { name: 'view', namespace: 'shop' } };
    expect(isPredefinedRole({ kind: 'Role', role }, 37)).to.equal(false);
  });
});

describe('what Kubernetes makes and is not there', () => {
  it('is named, with its namespace', () => {
    const gone = ['ClusterRole//view', 'RoleBinding/kube-system/system:controller:token-cleaner'];
    const missing = findMissing(
      37,
      () => true,
      ({ kind: each, namespace = '', name }) => !gone.includes(`${each}/${namespace}/${name}`),
    );
    expect(missing).to.deep.equal([
      { kind: 'ClusterRole', name: 'view' },
      { kind: 'RoleBinding', namespace: 'kube-system', name: 'system:controller:token-cleaner' },
    ]);
  });

  it('is not what only comes with a feature gate', () => {
    const missing = findMissing(
      37,
      () => true,
      () => false,
    );
    expect(missing).to.have.length.above(100);
    expect(missing?.map(({ name }) => name)).to.not.include('system:controller:storage-version-garbage-collector');
  });

  it('is not known of a version without a baseline', () => {
    expect(
      findMissing(
        12,
        () => true,
        () => false,
      ),
    ).to.equal(undefined);
  });
});
