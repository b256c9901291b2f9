/**
 * How much the rules of a role are worth to somebody who may use them: enough to tell what is urgent. What single
 * permissions lead to is the business of other rules.
 */
import type { BoundRole, Snapshot } from '../../core/snapshot.ts';
import { namespaceOf } from '../../rbac/authorizer.ts';
import { findCapabilities, isOfUse } from '../../rbac/capabilities.ts';
import type { Capability } from '../../rbac/capabilities.ts';
import { permissions } from '../../rbac/permission-catalogue.ts';
import type { Permission } from '../../rbac/permission-catalogue.ts';
import { resolveRole } from '../../rbac/role-rules.ts';
import { grantsBeyondDefaults } from './account-rights.ts';

/**
 * - `takeover`: with what it allows one takes over the cluster, or where it is bound in a namespace, that;
 * - `some`: it gives access to something;
 * - `nothing`: it gives what every account has;
 * - `absent`: there is no such role, and whoever creates it decides;
 * - `unknown`: the files do not hold it as a cluster will.
 */
export type RolePower = 'takeover' | 'some' | 'nothing' | 'absent' | 'unknown';

/** @throws {NotObserved} if roles could not be read */
export function powerOf(bound: BoundRole, snapshot: Snapshot): RolePower {
  const { roleRef } = bound.binding;
  const role = resolveRole(roleRef, namespaceOf(bound), snapshot);
  if (role === undefined) return 'absent';
  if (findCapabilities(role.rules).some((capability) => takesOver(capability, bound))) return 'takeover';
  if (role.doubt !== undefined)
    return roleRef.kind === 'ClusterRole' ? (predefined[roleRef.name] ?? 'unknown') : 'unknown';
  return grantsBeyondDefaults(role.rules, bound.kind) ? 'some' : 'nothing';
}

/** @param kind of the subject that a rule about bindings judges */
export function asBoundRole(kind: string, binding: BoundRole['binding']): BoundRole {
  return { kind: kind === 'ClusterRoleBinding' ? kind : 'RoleBinding', binding };
}

/** Those that every cluster has, and that an API server fills up again when they hold less. */
const predefined: Readonly<Record<string, RolePower>> = {
  'cluster-admin': 'takeover',
  admin: 'takeover',
  edit: 'takeover',
  view: 'some',
};

/** Of every object of its kind, and as bad as it gets where it is granted. */
function takesOver(capability: Capability, bound: BoundRole): boolean {
  if (capability.names !== undefined || !isOfUse(capability, namespaceOf(bound))) return false;
  const { inCluster, inNamespace }: Permission = permissions[capability.permission];
  return bound.kind === 'ClusterRoleBinding' ? inCluster === 'critical' : inNamespace === 'high';
}
