/** What API servers have counted of what is recorded, warned of or refused, asked with the caller's rights. */
import { sumChecks } from '../enforcement/plan/recorded-checks.ts';
import type { CountedChecks, RecordedChecks } from '../enforcement/plan/recorded-checks.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import { collectMetrics } from '../evidence/metrics.ts';
import { isRead } from '../evidence/reading.ts';
import type { ServerAccess } from '../evidence/server-access.ts';
import type { ServerSet } from '../evidence/server-set.ts';
import { systemClock } from '../kube/system-clock.ts';

export interface CountedSoFar {
  /** Of bindings of which something was counted; of the others it is not known that nothing was. */
  readonly recorded: readonly RecordedChecks[];
  /** Why there may be more, each in a sentence without a full stop. */
  readonly unknown: readonly string[];
}

export async function readCountedChecks(set: ServerSet, planned: readonly PlannedPolicy[]): Promise<CountedSoFar> {
  const { servers, doubt } = await set.refresh();
  const told = await Promise.all(servers.map(count));
  // Where none of them can be reached by itself, whoever answers at the address that the caller has.
  const isAnswered = told.some((one) => typeof one !== 'string');
  const all = isAnswered || servers.includes(set.configured) ? told : [await count(set.configured), ...told];
  const counted = all.filter((one) => typeof one !== 'string');
  return {
    recorded: sumChecks(planned, counted),
    unknown: [...all.filter((one) => typeof one === 'string'), ...(doubt === undefined ? [] : [doubt])],
  };
}

/** @returns why it cannot be told, where it cannot */
async function count({ instance, stream, whyUnreached }: ServerAccess): Promise<CountedChecks | string> {
  const unreached = await whyUnreached?.();
  if (unreached !== undefined) return `${instance}: ${unreached.missing}`;
  const metrics = await collectMetrics(stream, () => systemClock.wallTimeMs());
  if (!isRead(metrics)) return `${instance}: ${metrics.missing}`;
  const { startedAtSeconds, policyChecks = [], isWhole } = metrics.read;
  if (!isWhole) return `${instance}: GET /metrics was answered with more than is read, or was cut off`;
  return { instance, startedAtSeconds, checks: policyChecks };
}
