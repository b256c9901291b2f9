/**
 * The role that a binding refers to. In files it may be one that every cluster has by itself; names are all that there is
 * to go by there.
 */
import type { ObjectOf } from '../../core/kinds.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { kubernetesIndex, objectKey } from '../../rbac/predefined/baseline-index.ts';
import { baselineMinors } from '../../rbac/predefined/baseline.ts';
import { rulesOfRole } from '../../rbac/role-rules.ts';
import type { RoleRules } from '../../rbac/role-rules.ts';

/** The namespace is that of the binding; what refers to another kind than these no API server stores. */
export interface RoleReference {
  readonly kind: 'Role' | 'ClusterRole';
  readonly namespace: string;
  readonly name: string;
}

/** @returns undefined for a reference that no API server stores. @throws {MalformedField} */
export function referenceOf(
  binding: ObjectOf<'RoleBinding'>,
  namespace: string | undefined,
): RoleReference | undefined {
  const { kind, name } = binding.roleRef;
  if (kind === 'ClusterRole') return { kind, namespace: '', name };
  return kind === 'Role' && namespace !== undefined ? { kind, namespace, name } : undefined;
}

/**
 * @returns `missing` where a cluster has no such role, `notAmongFiles` where files do not hold it
 * @throws {NotObserved}
 */
export function findReferencedRole(
  { kind, namespace, name }: RoleReference,
  snapshot: Snapshot,
): RoleRules | 'missing' | 'notAmongFiles' {
  const role = snapshot.get(kind, namespace, name);
  if (role !== undefined) return rulesOfRole(role, snapshot);
  if (snapshot.isWholeCluster) return 'missing';
  const predefined = kubernetesIndex().roles.get(objectKey(kind, namespace, name)) ?? [];
  const [newest] = predefined;
  const isEverywhere = baselineMinors.every((minor) =>
    predefined.some(({ minors, isOptional }) => !isOptional && minors.includes(minor)),
  );
  return newest !== undefined && isEverywhere ? { rules: newest.allowed } : 'notAmongFiles';
}
