/** When what the API server refused is tried again. */
import type { PlannedRepair } from './planned-repair.ts';
import { printStatusPatch } from './record-status.ts';
import type { Status, Verdict } from './record-status.ts';
import type { Situation } from './situation.ts';

export interface Retry {
  /** What it was refused for. */
  readonly refusal: Verdict;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** @returns undefined where an apply may be tried now */
export function findRetry(
  { subject, notBeforeMs, nowMs }: Situation,
  status: Status | undefined,
  plan: PlannedRepair,
): Retry | undefined {
  const refusal = status === undefined ? undefined : refusalOf(status);
  if (refusal === undefined || refusal.state === 'Applied' || nowMs >= notBeforeMs) return undefined;
  return status?.patch === printStatusPatch(subject, plan.patch) ? { refusal, atMs: notBeforeMs } : undefined;
}

/** The same for a revert. */
export function findRevertRetry({ notBeforeMs, nowMs }: Situation, status: Status | undefined): Retry | undefined {
  const refusal = status === undefined ? undefined : refusalOf(status);
  return refusal?.state === 'Applied' && nowMs < notBeforeMs ? { refusal, atMs: notBeforeMs } : undefined;
}

/** What the API server has refused, as the record says it; undefined where that is something else. */
export function refusalOf({ state, reason, message = '' }: Status): Verdict | undefined {
  if (state === 'Blocked' && reason === 'Forbidden') return { state, reason, message };
  if (state === 'Failed' && (reason === 'Refused' || reason === 'NotStored')) return { state, reason, message };
  return state === 'Applied' && reason === 'RevertRefused' ? { state, reason, message } : undefined;
}
