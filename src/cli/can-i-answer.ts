/** What every form of `merlon can-i` goes by: who is meant, and what speaks beside a decision. */
import type { BoundRole, Snapshot } from '../core/snapshot.ts';
import { readOwnIdentity } from '../kube/access-review.ts';
import type { Unanswered } from '../kube/access-review.ts';
import type { Transport } from '../kube/transport.ts';
import { namespaceOf } from '../rbac/authorizer.ts';
import type { Decision } from '../rbac/authorizer.ts';
import { impersonated } from '../rbac/request.ts';
import type { Requester } from '../rbac/request.ts';
import { describeAssumedRole } from '../rbac/role-rules.ts';
import type { CanIOptions } from './can-i-options.ts';

export type CanIExitCode = 0 | 1 | 3 | 4;

/** Who is meant. */
export async function identify(
  transport: Transport | undefined,
  as: CanIOptions['as'],
): Promise<Requester | Unanswered> {
  if (as !== undefined) return impersonated(as.user, as.groups);
  return transport === undefined ? 'not served' : readOwnIdentity(transport);
}

/** What could not be read of the input may hold the grant. */
export function withDoubts(decision: Decision, doubts: readonly string[]): Decision {
  if (decision.allowed || doubts.length === 0) return decision;
  return { ...decision, doubts: [...(decision.doubts ?? []), ...doubts] };
}

/** Whoever granted it, the role may be one that no file holds. */
export function noteAssumed(bound: BoundRole | undefined, snapshot: Snapshot): readonly string[] {
  if (bound === undefined) return [];
  const note = describeAssumedRole(bound.binding.roleRef, namespaceOf(bound), snapshot);
  return note === undefined ? [] : [note];
}
