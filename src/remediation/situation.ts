/** All that a repair's next step depends on. */
import type { HardeningRemediation, HardeningRemediationStatus } from '../api/v1alpha1/hardening-remediation.ts';
import type { AnyRule } from '../core/rule.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import type { LiveObject } from './live-object.ts';
import type { RuleMode } from './mode.ts';
import type { PatchFields, PlannedRepair } from './planned-repair.ts';
import type { Remedy } from './remedy.ts';

export interface Situation {
  readonly rule: AnyRule;
  readonly remedy: Remedy;
  /** What the rule judges; never taken from the record. */
  readonly subject: SubjectRef;
  /** As it is stored now; undefined where there is none. */
  readonly record: HardeningRemediation | undefined;
  readonly finding: PresentFinding;
  readonly live: LiveTarget;
  readonly mode: RuleMode;
  /** Whether Approve and Revert in this record can only come from who may patch the target himself. */
  readonly isGuarded: boolean;
  /** Until when what failed is not tried again, in milliseconds since 1970. */
  readonly notBeforeMs: number;
  /** The policies that made the mode. */
  readonly policies?: NonNullable<HardeningRemediationStatus['policies']>;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export type PresentFinding =
  | { readonly outcome: 'fails'; readonly plan: PlannedRepair }
  /** Passes, is not applicable, or is not judged any more. */
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'exempt' }
  /** It fails, and no patch repairs it as it is now. */
  | { readonly outcome: 'unrepairable' }
  /** It, or the plan of it, could not be made from what is known now: everything stays as it is. */
  | { readonly outcome: 'unknown' };

/** Read past every cache. */
export type LiveTarget =
  | { readonly outcome: 'read'; readonly object: LiveObject }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'forbidden'; readonly message: string };

export interface Step {
  /** What the record's status shall be before the act; undefined where there shall be no record. */
  readonly status: HardeningRemediationStatus | undefined;
  readonly act: Act;
  /** When to look again although nothing has changed, in milliseconds since 1970. */
  readonly recheckAtMs?: number;
}

export type Act =
  | { readonly kind: 'none' }
  /** Try it on the server first, then apply it, to the very object that was read. */
  | { readonly kind: 'apply'; readonly target: LiveObject; readonly fields: PatchFields }
  /** The same; what is left out of the fields is given back. */
  | { readonly kind: 'revert'; readonly target: LiveObject; readonly fields: PatchFields }
  | { readonly kind: 'deleteRecord' };

export const NO_ACT: Act = { kind: 'none' };
