/**
 * Remembers what API servers have counted, also those that were started anew since, and tells it in powers of ten: a status
 * that said each number would be written as often as somebody breaks a rule.
 */
import { isDeepStrictEqual } from 'node:util';

import { sumChecks } from '../enforcement/plan/recorded-checks.ts';
import type { CountedChecks } from '../enforcement/plan/recorded-checks.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import type { EnforcementReport } from '../core/policy-status.ts';

type Recorded = NonNullable<EnforcementReport['recorded']>;

/** Of processes: more than a cluster has API servers, and than are started anew in a day. */
const MAX_REMEMBERED = 64;
/** As many bindings as there can be. */
const MAX_RECORDED = 64;

export class CheckCounts {
  readonly #byProcess = new Map<string, CountedChecks>();

  /** @returns whether something else is told now */
  note(counted: readonly CountedChecks[], planned: readonly PlannedPolicy[]): boolean {
    const before = this.tell(planned);
    for (const one of counted) {
      const key = `${one.instance} ${one.startedAtSeconds ?? ''}`;
      this.#byProcess.delete(key);
      this.#byProcess.set(key, one);
    }
    const surplus = this.#byProcess.size - MAX_REMEMBERED;
    for (const key of [...this.#byProcess.keys()].slice(0, Math.max(0, surplus))) this.#byProcess.delete(key);
    return !isDeepStrictEqual(before, this.tell(planned));
  }

  /** Of each binding of which something was counted; of the others nobody knows that nothing was. */
  tell(planned: readonly PlannedPolicy[]): Recorded {
    return sumChecks(planned, [...this.#byProcess.values()])
      .map(({ binding, count, sinceMs }) => ({
        binding,
        // A logarithm of 1,000 may be less than three.
        atLeast: 10 ** (String(Math.floor(count)).length - 1),
        ...(sinceMs === undefined ? {} : { since: `${new Date(sinceMs).toISOString().slice(0, 19)}Z` }),
      }))
      .slice(0, MAX_RECORDED);
  }
}
