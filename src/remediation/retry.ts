/** When what the API server refused is tried again. */
import type { PlannedRepair } from './planned-repair.ts';
import { printStatusPatch, readTime } from './record-status.ts';
import type { Status } from './record-status.ts';
import type { Situation } from './situation.ts';

/** How long it is not tried again, unless something changes. */
export const RETRY_MS = 60 * 60_000;

/**
 * @param plan of what is tried; undefined for a revert
 * @returns milliseconds since 1970, or undefined where it may be tried now
 */
export function retryTime(
  { subject, mayPatch, notBeforeMs, nowMs }: Situation,
  status: Status | undefined,
  plan: PlannedRepair | undefined,
): number | undefined {
  const isForbidden = status?.reason === 'Forbidden';
  if (status === undefined || (status.state !== 'Failed' && !isForbidden)) return undefined;
  if (plan !== undefined && status.patch !== printStatusPatch(subject, plan.patch)) return undefined;
  // Whoever knows that the right is there now need not wait for the next hour.
  const byDefaultMs = isForbidden && mayPatch === true ? nowMs : readTime(status.transitionTime) + RETRY_MS;
  const atMs = notBeforeMs ?? byDefaultMs;
  return nowMs < atMs ? atMs : undefined;
}
