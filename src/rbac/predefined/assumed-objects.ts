/** The roles and bindings that a fresh cluster has, as objects, for files that do not hold them. */
import type { ObjectOf } from '../../core/kinds.ts';
import type { RbacSubject } from '../../core/rbac-shape.ts';
import type { BindingKind, RoleKind } from '../../core/rbac-kinds.ts';
import { baselineOf } from './baseline.ts';
import type { BaselineBinding, BaselineName, BaselineRole } from './baseline-objects.ts';

const apiGroup = 'rbac.authorization.k8s.io';

export interface AssumedObjects {
  readonly Role: readonly ObjectOf<'Role'>[];
  readonly ClusterRole: readonly ObjectOf<'ClusterRole'>[];
  readonly RoleBinding: readonly ObjectOf<'RoleBinding'>[];
  readonly ClusterRoleBinding: readonly ObjectOf<'ClusterRoleBinding'>[];
}

/**
 * Without what comes behind feature gates, which a cluster need not have.
 * @param isThere whether the files hold an object of that name: it counts as it is written
 * @returns undefined where no baseline of that minor version was recorded
 */
export function buildAssumedObjects(
  minor: number,
  isThere: (kind: RoleKind | BindingKind, object: BaselineName) => boolean,
): AssumedObjects | undefined {
  const baseline = baselineOf(minor);
  if (baseline === undefined) return undefined;
  const absent = <T extends BaselineName>(kind: RoleKind | BindingKind, all: readonly T[]): readonly T[] =>
    all.filter((one) => !isThere(kind, one));
  return {
    Role: absent('Role', baseline.Role).map(toRole),
    ClusterRole: absent('ClusterRole', baseline.ClusterRole).map(toRole),
    RoleBinding: absent('RoleBinding', baseline.RoleBinding).map(toBinding),
    ClusterRoleBinding: absent('ClusterRoleBinding', baseline.ClusterRoleBinding).map(toBinding),
  };
}

function toRole({ namespace, name, labels, aggregates, rules }: BaselineRole): ObjectOf<'ClusterRole'> {
  return {
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }) },
    ...(aggregates === undefined ? {} : { aggregationRule: { clusterRoleSelectors: aggregates } }),
    ...(rules === undefined ? {} : { rules }),
  };
}

function toBinding({ namespace, name, roleRef, subjects = [] }: BaselineBinding): ObjectOf<'RoleBinding'> {
  return {
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup, ...roleRef },
    subjects: subjects.map((one): RbacSubject => (one.kind === 'ServiceAccount' ? one : { apiGroup, ...one })),
  };
}
