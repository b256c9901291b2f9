/**
 * A remedy makes of one rule's finding a planned repair. It is a pure function of the finding and of what is known of the
 * cluster; whether the repair is written, and when, is decided elsewhere (`transition.ts`).
 */
import type { Finding } from '../core/finding.ts';
import type { Source } from '../core/source.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { FieldKeys, Json, PlannedRepair } from './planned-repair.ts';

export interface Remedy {
  /** The id of the rule whose findings it repairs. */
  readonly rule: string;
  /** Whether Merlon ever writes it, or leaves it to people. */
  readonly isPlanOnly: boolean;
  /**
   * Whether it is only written where the API server holds back who approves or reverts and may not patch the target
   * himself.
   */
  readonly needsGuard: boolean;
  /** The shipped ClusterRole that lets Merlon write it; absent for what is only planned. */
  readonly role?: string;
  /** Every field that it may ever write; empty for what is only planned. */
  readonly fields: readonly FieldKeys[];
  /** What `plan` reads besides the finding. */
  readonly reads: readonly Source[];
  /**
   * @param finding a failure of the rule
   * @returns undefined where nothing of what fails can be repaired by a patch
   * @throws {NotObserved | MalformedField} where the object itself could not be read
   */
  plan(finding: Finding, snapshot: Snapshot): PlannedRepair | undefined;
  /** Whether a revert may write that value: the record that holds it can be edited by others. Absence always can. */
  isRestorable(keys: FieldKeys, before: Json): boolean;
}
