/**
 * The answer to one question, from what RBAC says here and what the API server says of it, if it may be asked.
 *
 * RBAC is not all that decides: a refusal of RBAC alone is a no only where no other authorizer can allow it.
 */
import type { Decision } from './authorizer.ts';
import { judgeByChain } from './authorizer-chain.ts';
import type { AuthorizationMode, Verdict } from './authorizer-chain.ts';
import { MASTERS } from './request.ts';
import type { Requester } from './request.ts';

/** What the API server says to a SubjectAccessReview. */
export interface ReviewAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly evaluationError: string;
}

export interface AccessEvidence {
  readonly requester: Requester;
  /** Of RBAC; or what could not be read of it. */
  readonly local: Decision | { readonly unread: readonly string[] };
  /** Of the API server; or why it was not asked. */
  readonly review: ReviewAnswer | { readonly unasked: string };
  /** Undefined where they are not known, as in a live cluster. */
  readonly modes: readonly AuthorizationMode[] | undefined;
}

export interface AccessVerdict extends Verdict {
  /** In the words of who decided. */
  readonly reason: string;
}

export function judgeAccess({ requester, local, review, modes }: AccessEvidence): AccessVerdict {
  const decision = 'unread' in local ? undefined : local;
  const unread = 'unread' in local ? local.unread : [];
  if (!('unasked' in review)) return judgeReviewed(decision, unread, review);
  const known = decision?.allowed === true || requester.groups.includes(MASTERS);
  if (decision === undefined) {
    if (known) return { answer: 'yes', reason: '', notes: [] };
    return { answer: 'unknown', reason: '', notes: [...unread, review.unasked] };
  }
  if (modes !== undefined) return { ...judgeByChain(decision, requester, modes), reason: decision.reason };
  if (known) return { answer: 'yes', reason: decision.reason, notes: [] };
  const notes = [
    'RBAC does not allow it; other authorizers cannot be excluded',
    ...(review.unasked === '' ? [] : [review.unasked]),
    ...(decision.doubts ?? []),
  ];
  return { answer: 'unknown', reason: decision.reason, notes };
}

function judgeReviewed(
  decision: Decision | undefined,
  unread: readonly string[],
  { allowed, reason, evaluationError }: ReviewAnswer,
): AccessVerdict {
  const notes = evaluationError === '' || evaluationError === reason ? [] : [`the API server adds: ${evaluationError}`];
  if (decision === undefined) {
    notes.push("the API server's answer alone; RBAC could not be read beside it:", ...unread);
  } else if (decision.allowed && !allowed) {
    notes.push('RBAC allows it, and the API server does not: another authorizer denies it, or RBAC has just changed');
  } else if (!decision.allowed && allowed) {
    notes.push(
      'RBAC does not allow it, and the API server does: another authorizer allows it, or RBAC has just changed',
    );
  }
  return { answer: allowed ? 'yes' : 'no', reason, notes };
}
