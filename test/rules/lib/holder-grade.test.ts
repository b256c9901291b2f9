import { expect } from 'chai';

import type { Snapshot } from '../../../src/core/snapshot.ts';
import { gradeHolders } from '../../../src/rules/lib/holder-grade.ts';
import type { Grade } from '../../../src/rules/lib/holder-grade.ts';
import { findHolders } from '../../../src/rules/lib/role-holders.ts';
import { snapshotOf } from '../../core/yaml-objects.ts';
import { boundPaths } from '../../rbac/bounded-paths.ts';

const cluster = `
kind: Role
metadata: { name: some, namespace: shop }
rules: [{ apiGroups: [""], resources: [pods], verbs: [delete] }]
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ServiceAccount
metadata: { name: root, namespace: ci }
---
kind: ClusterRole
metadata: { name: root }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: root }
subjects: [{ kind: ServiceAccount, namespace: ci, name: root }]
`;

function grade(snapshot: Snapshot): Grade {
  const subject = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', namespace: 'shop', name: 'some' };
  const context = { subject, snapshot };
  const role = snapshot.get('Role', 'shop', 'some');
  if (role === undefined) throw new Error('the cluster has no Role "some"');
  return gradeHolders({ inCluster: 'high', inNamespace: 'low' }, findHolders(role, context), context);
}

describe('how bad it is that somebody holds a permission in a namespace', () => {
  const where = 'RoleBinding "some" grants it to User "jane" in namespace "shop"';

  it('is milder where no way leads to cluster-admin from there', () => {
    expect(grade(snapshotOf(cluster))).to.deep.equal({ severity: 'low', reason: where });
  });

  it('is as bad as everywhere where one does', () => {
    const another = cluster.replaceAll('namespace: ci', 'namespace: shop');
    expect(grade(snapshotOf(another))).to.deep.equal({
      severity: 'high',
      reason: `${where}, from where there is a way to cluster-admin`,
    });
  });

  it('is not known to be milder in a cluster that is too large to look everywhere', () => {
    expect(grade(boundPaths(snapshotOf(cluster), 2))).to.deep.equal({
      severity: 'low',
      reason: `${where}, and it is not known whether there is a way to cluster-admin from there`,
    });
  });
});
