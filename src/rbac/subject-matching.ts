/**
 * Whom a binding means.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/registry/rbac/validation/rule.go (`appliesToUser`).
 */
import type { RbacSubject } from '../core/rbac-shape.ts';
import { serviceAccountName } from './request.ts';
import type { Requester } from './request.ts';

/** A user or a group, by its name; a service account is a user. */
export interface Principal {
  readonly name: string;
  readonly isGroup: boolean;
}

/**
 * @param bindingNamespace stands in for that of a service account; empty for a ClusterRoleBinding
 * @returns undefined for a subject that is nobody: kinds count, so a Group `system:anonymous` is empty, not anonymous
 */
export function principalOf({ kind, name, namespace }: RbacSubject, bindingNamespace: string): Principal | undefined {
  switch (kind) {
    case 'User':
      return { name, isGroup: false };
    case 'Group':
      return { name, isGroup: true };
    case 'ServiceAccount': {
      const own = namespace ?? bindingNamespace;
      return own === '' ? undefined : { name: serviceAccountName(own, name), isGroup: false };
    }
    default:
      return undefined;
  }
}

export function isMeant(subject: RbacSubject, { user, groups }: Requester, bindingNamespace: string): boolean {
  const principal = principalOf(subject, bindingNamespace);
  if (principal === undefined) return false;
  return principal.isGroup ? groups.includes(principal.name) : user === principal.name;
}
