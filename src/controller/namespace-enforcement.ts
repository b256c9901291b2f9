/** What postures say of enforcement, from what is planned and what stands. */
import type { NamespaceEnforcement, NamespaceEnforcer } from '../api/v1alpha1/namespace-enforcement.ts';
import type { Clock } from '../core/clock.ts';
import type { Evaluator } from '../core/evaluate.ts';
import { ExemptionTable } from '../core/exemption-table.ts';
import { labelsOf } from '../core/judge.ts';
import type { EffectivePolicy, SelectedRule } from '../core/policy.ts';
import type { EnforcementOf } from '../core/posture.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { describeAnybody, findContentions } from '../enforcement/plan/contenders.ts';
import { findEnforcers } from '../enforcement/plan/enforcers.ts';
import type { ExemptionConditions } from '../enforcement/plan/exemption-conditions.ts';
import { findingEnforcementOf } from '../enforcement/plan/finding-enforcement.ts';
import { buildNamespaceEnforcement } from '../enforcement/plan/namespace-enforcement.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import { countRefused, previewCluster, previewNamespace } from '../enforcement/plan/preview.ts';
import type { PreviewOptions } from '../enforcement/plan/preview.ts';
import { describeSeldomPulled, findSeldomPulled } from '../enforcement/plan/seldom-pulled.ts';
import type { EnforcedSummary } from './enforced-condition.ts';
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

  /** @param planned undefined where it is not known */
  of(
    namespace: string,
    {
      snapshot,
      evaluator,
      planned,
      judgedBy,
    }: {
      readonly snapshot: Snapshot;
      readonly evaluator: Evaluator;
      readonly planned: PlannedView | undefined;
      /** The rules by which findings of the namespace were judged. */
      readonly judgedBy: readonly SelectedRule[];
    },
  ): EnforcementSaid {
    const labels = labelsOf(snapshot, namespace);
    // Without its labels nobody knows what is in force.
    if (labels === undefined || labels === 'unknown') return NOTHING_SAID;
    const view = planned ?? NOTHING_PLANNED;
    const known = this.#known.of(snapshot, view.policies, view.rules);
    const preview =
      view.policies.length === 0 ? undefined : previewNamespace(namespace, labels, { ...view, evaluator, snapshot });
    const enforcers = findEnforcers(namespace, labels, known, snapshot);
    const doubts = [
      ...findContentions(known, [{ name: namespace, labels }], snapshot).map(describeAnybody),
      ...(arePullsLeft(enforcers) ? describeSeldomPulled(findSeldomPulled(namespace, snapshot)) : []),
    ];
    return {
      inShort: buildNamespaceEnforcement(namespace, enforcers, preview, doubts),
      ofFinding: findingEnforcementOf({ namespace, labels, known, snapshot, judgedBy }),
    };
  }
}

/** What a posture says of enforcement. */
export interface EnforcementSaid {
  /** Undefined where there is nothing to say. */
  readonly inShort: NamespaceEnforcement | undefined;
  /** Beside each finding; good until the snapshot shows something else. */
  readonly ofFinding: EnforcementOf;
}

const NOTHING_SAID: EnforcementSaid = { inShort: undefined, ofFinding: () => undefined };

/** Says of the policy on what is in no namespace how much that is there it would refuse; of the others namespaces say it. */
export function countRefusedIn(
  enforced: EnforcedSummary,
  planned: readonly PlannedPolicy[],
  snapshot: Snapshot,
): EnforcedSummary {
  const preview = previewCluster(planned, snapshot);
  if (preview === undefined || preview.undecided.length > 0) return enforced;
  const wouldRefuse = countRefused(preview);
  return {
    ...enforced,
    policies: enforced.policies.map((one) => (one.policy === preview.policy ? { ...one, wouldRefuse } : one)),
  };
}

/** Whether they are set, and nothing refuses what somebody makes of that. */
function arePullsLeft(enforcers: readonly NamespaceEnforcer[]): boolean {
  const modes = enforcers.filter(({ what }) => what === 'image-pulls').map(({ mode }) => mode);
  return modes.includes('on') && !modes.includes('deny');
}
