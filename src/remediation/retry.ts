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

/**
 * @param plan of what is tried; undefined for a revert
 * @returns undefined where it may be tried now
 */
export function findRetry(
  { subject, notBeforeMs, nowMs }: Situation,
  status: Status | undefined,
  plan: PlannedRepair | undefined,
): Retry | undefined {
  const refusal = status === undefined ? undefined : refusalOf(status);
  if (refusal === undefined || nowMs >= notBeforeMs) return undefined;
  if (plan !== undefined && status?.patch !== printStatusPatch(subject, plan.patch)) return undefined;
  return { refusal, atMs: notBeforeMs };
}

function refusalOf({ state, reason, message = '' }: Status): Verdict | undefined {
  if (state === 'Blocked' && reason === 'Forbidden') return { state, reason, message };
  if (state === 'Failed' && (reason === 'Refused' || reason === 'NotStored')) return { state, reason, message };
  return undefined;
}
