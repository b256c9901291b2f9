/**
 * Whether the API server lets somebody write a role or a binding, once RBAC has allowed the write itself: nobody may hand
 * out what they do not hold, unless they may `escalate` or `bind`.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/registry/rbac/escalation_check.go and pkg/registry/rbac/{role,clusterrole,
 * rolebinding,clusterrolebinding}/policybased/storage.go.
 */
import type { PolicyRule, RoleRef } from '../core/rbac-shape.ts';
import type { Authorizer } from './authorizer.ts';
import { MASTERS } from './request.ts';
import type { Requester } from './request.ts';
import { findUncovered } from './rule-coverage.ts';

const GROUP = 'rbac.authorization.k8s.io';

export interface RoleWrite {
  readonly kind: 'Role' | 'ClusterRole';
  /** Empty for a ClusterRole. */
  readonly namespace: string;
  /** Empty where the role is made: such a request has no name. */
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  readonly aggregates?: boolean;
}

/** Refused with the smallest rules that are missing, or because there is no such role. */
export type EscalationVerdict =
  { readonly allowed: true } | { readonly allowed: false; readonly missing: readonly PolicyRule[] | 'role' };

const ALLOWED: EscalationVerdict = { allowed: true };

/** What an aggregated role may gather: anything. */
const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

export function checkRoleWrite(authorizer: Authorizer, requester: Requester, write: RoleWrite): EscalationVerdict {
  const { kind, namespace, name, rules, aggregates = false } = write;
  const resource = kind === 'Role' ? 'roles' : 'clusterroles';
  const escalate = { verb: 'escalate', group: GROUP, resource, subresource: '', name, namespace };
  if (authorizer.authorize(requester, escalate).allowed) return ALLOWED;
  return checkCoverage(authorizer, requester, namespace, aggregates ? [...everything, ...rules] : rules);
}

/** @param namespace of the binding; empty for a ClusterRoleBinding */
export function checkBindingWrite(
  authorizer: Authorizer,
  requester: Requester,
  { roleRef, namespace }: { readonly roleRef: Pick<RoleRef, 'kind' | 'name'>; readonly namespace: string },
): EscalationVerdict {
  const resource = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  const bind = { verb: 'bind', group: GROUP, resource, subresource: '', name: roleRef.name, namespace };
  if (authorizer.authorize(requester, bind).allowed) return ALLOWED;
  const role = authorizer.resolve(roleRef, namespace);
  return role === undefined
    ? { allowed: false, missing: 'role' }
    : checkCoverage(authorizer, requester, namespace, role.rules);
}

function checkCoverage(
  authorizer: Authorizer,
  requester: Requester,
  namespace: string,
  rules: readonly PolicyRule[],
): EscalationVerdict {
  if (requester.groups.includes(MASTERS)) return ALLOWED;
  const missing = findUncovered(authorizer.rulesOf(requester, namespace), rules);
  return missing.length === 0 ? ALLOWED : { allowed: false, missing };
}
