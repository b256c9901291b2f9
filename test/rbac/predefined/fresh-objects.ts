/** Roles and bindings as a fresh API server has them, made of a baseline. */
import type { BindingKind, RoleKind } from '../../../src/core/rbac-kinds.ts';
import type { ObjectOf } from '../../../src/core/kinds.ts';
import { baselineOf } from '../../../src/rbac/predefined/baseline.ts';
import type { BaselineBinding, BaselineRole } from '../../../src/rbac/predefined/baseline-objects.ts';

const bootstrapping = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

/** @throws {Error} if there is none of that name */
export function freshRole(minor: number, kind: RoleKind, name: string): ObjectOf<'ClusterRole'> {
  const found = baselineOf(minor)?.[kind].find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${kind} "${name}" in 1.${minor}`);
  return toRole(found);
}

export function freshRoles(minor: number, kind: RoleKind): readonly ObjectOf<'ClusterRole'>[] {
  return (baselineOf(minor)?.[kind] ?? []).map(toRole);
}

/** @throws {Error} if there is none of that name */
export function freshBinding(minor: number, kind: BindingKind, name: string): ObjectOf<'RoleBinding'> {
  const found = baselineOf(minor)?.[kind].find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${kind} "${name}" in 1.${minor}`);
  return toBinding(found);
}

export function freshBindings(minor: number, kind: BindingKind): readonly ObjectOf<'RoleBinding'>[] {
  return (baselineOf(minor)?.[kind] ?? []).map(toBinding);
}

function toRole({ name, namespace, labels, aggregates, rules }: BaselineRole): ObjectOf<'ClusterRole'> {
  return {
    metadata: { name, ...(namespace !== undefined && { namespace }), labels: { ...labels, ...bootstrapping } },
    ...(aggregates && { aggregationRule: { clusterRoleSelectors: aggregates } }),
    ...(rules && { rules }),
  };
}

function toBinding({ name, namespace, roleRef, subjects }: BaselineBinding): ObjectOf<'RoleBinding'> {
  return {
    metadata: { name, ...(namespace !== undefined && { namespace }), labels: bootstrapping },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef },
    ...(subjects && { subjects }),
  };
}
