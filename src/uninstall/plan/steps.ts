/**
 * The order in which Merlon leaves a cluster: first whoever writes, then what he wrote, then what lets him write, then the
 * kinds of it all, so that whatever interrupts it leaves nothing that acts by itself, and the next try goes on from there.
 *
 * What Merlon may come to enforce belongs before all of this: a policy that refuses pods must not outlive its owner by
 * a second. It becomes the first entry of `stepTitles`; the
 * compiler then asks for what it does in `apply/uninstall-steps.ts`, and a test for its line in docs/uninstall.md.
 */
import type { PresentObject, ServedKind } from './present-object.ts';
import type { StandingRepair } from './standing-repairs.ts';

/** In their order, with what the output and docs/uninstall.md call them. */
export const stepTitles = {
  operator: 'Stop the operator',
  repairs: 'Repairs that stand',
  records: 'What Merlon wrote',
  admission: 'Its admission policies',
  rights: 'Its rights, and the roles that it brought',
  kinds: 'Its kinds',
  namespace: 'Its namespace',
  marks: 'What people wrote for it',
} as const;
export type StepName = keyof typeof stepTitles;
export const stepNames = Object.keys(stepTitles) as readonly StepName[];

export type Task =
  /** `takes` is what goes with it, although people made it. */
  | {
      readonly kind: 'delete';
      readonly object: PresentObject;
      readonly served: ServedKind;
      readonly takes?: readonly string[];
    }
  | { readonly kind: 'revert'; readonly repair: StandingRepair };

/** What is left alone, and why, in a sentence. */
export interface Note {
  readonly about: string;
  readonly message: string;
}

export interface StepPlan {
  readonly tasks: readonly Task[];
  readonly notes: readonly Note[];
  /** Of which nobody has said whether they are kept or reverted: as long as there are any, nothing is removed. */
  readonly undecided?: readonly StandingRepair[];
}

export function joinPlans(...plans: readonly StepPlan[]): StepPlan {
  return { tasks: plans.flatMap(({ tasks }) => tasks), notes: plans.flatMap(({ notes }) => notes) };
}
