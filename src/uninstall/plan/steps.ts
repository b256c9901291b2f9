/**
 * The order in which Merlon leaves a cluster: first what it lets the API server enforce, which must not outlive its owner by
 * a second, then whoever writes, then what guards what he wrote, that itself, what lets him write, and the kinds of it all,
 * so that whatever interrupts it leaves nothing that acts by itself, and the next try goes on from there.
 *
 * An operator that still runs may apply again what is enforced: the step of the admission policies takes that away.
 */
import type { Note } from './note.ts';
import type { PresentObject, ServedKind } from './present-object.ts';
import type { StandingRepair } from './standing-repairs.ts';

/** In their order, with what the output and docs/uninstall.md call them. */
export const stepTitles = {
  enforced: 'What the API server enforces for it',
  operator: 'Stop the operator',
  repairs: 'Repairs that stand',
  admission: 'Its admission policies',
  records: 'What Merlon wrote',
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

export interface StepPlan {
  readonly tasks: readonly Task[];
  readonly notes: readonly Note[];
  /** What whoever uninstalls should know of the step, a sentence each. */
  readonly remarks?: readonly string[];
  /** Of which nobody has said whether they are kept or reverted: as long as there are any, nothing is removed. */
  readonly undecided?: readonly StandingRepair[];
}

export function joinPlans(...plans: readonly StepPlan[]): StepPlan {
  const remarks = plans.flatMap((plan) => plan.remarks ?? []);
  return {
    tasks: plans.flatMap(({ tasks }) => tasks),
    notes: plans.flatMap(({ notes }) => notes),
    ...(remarks.length === 0 ? {} : { remarks }),
  };
}
