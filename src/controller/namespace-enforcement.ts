/** What the postures of namespaces say of enforcement, from what is planned and what stands. */
import type { NamespaceEnforcement, NamespaceEnforcer } from '../api/v1alpha1/namespace-enforcement.ts';
import type { Clock } from '../core/clock.ts';
import type { Evaluator } from '../core/evaluate.ts';
import { ExemptionTable } from '../core/exemption-table.ts';
import { labelsOf } from '../core/judge.ts';
import type { EffectivePolicy } from '../core/policy.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { describeAnybody, findContentions } from '../enforcement/plan/contenders.ts';
import { findEnforcers } from '../enforcement/plan/enforcers.ts';
import type { ExemptionConditions } from '../enforcement/plan/exemption-conditions.ts';
import { buildNamespaceEnforcement } from '../enforcement/plan/namespace-enforcement.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import { previewNamespace } from '../enforcement/plan/preview.ts';
import type { PreviewOptions } from '../enforcement/plan/preview.ts';
import { describeSeldomPulled, findSeldomPulled } from '../enforcement/plan/seldom-pulled.ts';
import { KnownEnforcers } from './known-enforcers.ts';

/** What is to be enforced. */
export type PlannedView = Pick<PreviewOptions, 'policies' | 'rules' | 'exemptions'>;

export const NOTHING_PLANNED: PlannedView = { policies: [], rules: [], exemptions: undefined };

/** @param planned with what it was made from */
export function viewPlanned(
  {
    policies,
    policy,
    conditions,
  }: { policies: readonly PlannedPolicy[]; policy: EffectivePolicy; conditions: ExemptionConditions },
  clock: Pick<Clock, 'wallTimeMs'>,
): PlannedView {
  const table = new ExemptionTable();
  for (const one of conditions.counting) table.set(one);
  return {
    policies,
    rules: policy.rules,
    exemptions: table.isEmpty
      ? undefined
      : // The plan is another one as soon as one ends.
        { table, nowMs: clock.wallTimeMs() },
  };
}

export class NamespaceEnforcements {
  readonly #known: KnownEnforcers;

  constructor(rules: readonly AnyRule[]) {
    this.#known = new KnownEnforcers(rules);
  }

  /**
   * @param planned undefined where it is not known
   * @returns undefined where there is nothing to say
   */
  of(
    namespace: string,
    { snapshot, evaluator, planned }: { snapshot: Snapshot; evaluator: Evaluator; planned: PlannedView | undefined },
  ): NamespaceEnforcement | undefined {
    const labels = labelsOf(snapshot, namespace);
    // Without its labels nobody knows what is in force.
    if (labels === undefined || labels === 'unknown') return undefined;
    const view = planned ?? NOTHING_PLANNED;
    const known = this.#known.of(snapshot, view.policies);
    const preview =
      view.policies.length === 0 ? undefined : previewNamespace(namespace, labels, { ...view, evaluator, snapshot });
    const enforcers = findEnforcers(namespace, labels, known, snapshot);
    const doubts = [
      ...findContentions(known, [{ name: namespace, labels }], snapshot).map(describeAnybody),
      ...(arePullsLeft(enforcers) ? describeSeldomPulled(findSeldomPulled(namespace, snapshot)) : []),
    ];
    return buildNamespaceEnforcement(namespace, enforcers, preview, doubts);
  }
}

/** Whether they are set, and nothing refuses what somebody makes of that. */
function arePullsLeft(enforcers: readonly NamespaceEnforcer[]): boolean {
  const modes = enforcers.filter(({ what }) => what === 'image-pulls').map(({ mode }) => mode);
  return modes.includes('on') && !modes.includes('deny');
}
