/** What somebody breaks a rule by is a role, which others may hold as well: all of them are one finding, on the role. */
import { apiVersionOf, kinds } from '../../core/kinds.ts';
import type { Cause } from '../../core/rule.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { describeBinding, namespaceOf } from '../../rbac/authorizer.ts';
import type { Grant } from '../../rbac/authorizer.ts';

/** What `sharedRole` reads. */
export const sharedRoleReads = ['Role', 'ClusterRole'] as const;

/** @param rule the index of the rule in the role that grants it @throws {NotObserved} */
export function sharedRole(
  { bound }: Grant,
  rule: number,
  said: Pick<Cause, 'observed' | 'what'>,
  snapshot: Snapshot,
): Cause {
  const { name } = bound.binding.roleRef;
  const kind = bound.binding.roleRef.kind === 'ClusterRole' ? 'ClusterRole' : 'Role';
  const namespace = kind === 'ClusterRole' ? '' : namespaceOf(bound);
  const origin = snapshot.get(kind, namespace, name)?.metadata;
  return {
    subject: { apiVersion: apiVersionOf(kinds[kind]), kind, ...(namespace === '' ? {} : { namespace }), name },
    ...(origin === undefined ? {} : { origin }),
    path: `rules[${rule}]`,
    by: describeBinding(bound),
    ...said,
  };
}
