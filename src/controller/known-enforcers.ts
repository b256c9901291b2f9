/** Which policies that stand are known again, found out once for each state of what stands, and each plan. */
import type { SelectedRule } from '../core/policy.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Derivation, Snapshot } from '../core/snapshot.ts';
import { enforcerSources, findKnownEnforcers } from '../enforcement/plan/enforcers.ts';
import type { KnownEnforcer } from '../enforcement/plan/enforcers.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';

export class KnownEnforcers {
  readonly #catalogue: readonly AnyRule[];
  readonly #latest: Derivation<Latest> = { reads: [...enforcerSources, 'ServerVersion'], build: () => ({}) };

  /** @param catalogue what a policy that is not planned may be made of */
  constructor(catalogue: readonly AnyRule[]) {
    this.#catalogue = catalogue;
  }

  /** @param plannedBy the rules that planned policies are made of, which go with them */
  of(
    snapshot: Snapshot,
    planned: readonly PlannedPolicy[],
    plannedBy: readonly SelectedRule[] = [],
  ): readonly KnownEnforcer[] {
    const latest = snapshot.derive(this.#latest);
    if (latest.planned !== planned || latest.known === undefined) {
      latest.known = findKnownEnforcers(snapshot, planned, this.#catalogue, plannedBy);
      latest.planned = planned;
    }
    return latest.known;
  }
}

interface Latest {
  planned?: readonly PlannedPolicy[];
  known?: readonly KnownEnforcer[];
}
