/** When what the API server refused is tried again. */
import type { PlannedRepair } from './planned-repair.ts';
import { printStatusPatch } from './record-status.ts';
import type { Status } from './record-status.ts';
import type { Situation } from './situation.ts';

/**
 * @param plan of what is tried; undefined for a revert
 * @returns milliseconds since 1970, or undefined where it may be tried now
 */
export function retryTime(
  { subject, notBeforeMs, nowMs }: Situation,
  status: Status | undefined,
  plan: PlannedRepair | undefined,
): number | undefined {
  if (status === undefined || (status.state !== 'Failed' && status.reason !== 'Forbidden')) return undefined;
  if (plan !== undefined && status.patch !== printStatusPatch(subject, plan.patch)) return undefined;
  return nowMs < notBeforeMs ? notBeforeMs : undefined;
}
