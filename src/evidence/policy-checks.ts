/** What API servers told in a round of how often validations of Merlon's own admission policies failed. */
import type { PolicyCheck } from './metrics.ts';
import { isRead } from './reading.ts';
import type { HeardInstance } from './server-set.ts';

/** Of one process: it forgets when it is started anew. */
export interface HeardChecks {
  /** As `10.0.0.5:6443`. */
  readonly instance: string;
  /** In seconds since 1970; undefined where it does not say. */
  readonly startedAtSeconds: number | undefined;
  readonly checks: readonly PolicyCheck[];
}

/** @returns nothing of those of which it is not known */
export function selectPolicyChecks(heard: readonly HeardInstance[]): readonly HeardChecks[] {
  return heard.flatMap(({ instance, reading }): readonly HeardChecks[] => {
    if (!isRead(reading) || !isRead(reading.read.metrics)) return [];
    const { startedAtSeconds, policyChecks = [] } = reading.read.metrics.read;
    return policyChecks.length === 0 ? [] : [{ instance, startedAtSeconds, checks: policyChecks }];
  });
}
