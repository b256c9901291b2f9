/** What the postures of namespaces say of enforcement, from what is planned and what stands. */
import type { NamespaceEnforcement } from '../api/v1alpha1/namespace-enforcement.ts';
import type { Clock } from '../core/clock.ts';
import type { Evaluator } from '../core/evaluate.ts';
import { ExemptionTable } from '../core/exemption-table.ts';
import { labelsOf } from '../core/judge.ts';
import type { EffectivePolicy } from '../core/policy.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Derivation, Snapshot } from '../core/snapshot.ts';
import { enforcerSources, findEnforcers, findKnownEnforcers } from '../enforcement/plan/enforcers.ts';
import type { KnownEnforcer } from '../enforcement/plan/enforcers.ts';
import type { ExemptionConditions } from '../enforcement/plan/exemption-conditions.ts';
import { buildNamespaceEnforcement } from '../enforcement/plan/namespace-enforcement.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import { previewNamespace } from '../enforcement/plan/preview.ts';
import type { PreviewOptions } from '../enforcement/plan/preview.ts';

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

/** Remembers what is known again in the cluster, which is the same for all namespaces. */
export class NamespaceEnforcements {
  readonly #rules: readonly AnyRule[];
  readonly #known: Derivation<KnownPolicies>;

  constructor(rules: readonly AnyRule[]) {
    this.#rules = rules;
    this.#known = { reads: [...enforcerSources, 'ServerVersion'], build: () => new KnownPolicies() };
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
    const known = snapshot.derive(this.#known).of(snapshot, view.policies, this.#rules);
    const preview =
      view.policies.length === 0 ? undefined : previewNamespace(namespace, labels, { ...view, evaluator, snapshot });
    return buildNamespaceEnforcement(namespace, findEnforcers(namespace, labels, known, snapshot), preview);
  }
}

/** Found out once for each state of what stands, and each plan. */
class KnownPolicies {
  #planned: readonly PlannedPolicy[] | undefined;
  #known: readonly KnownEnforcer[] = [];

  of(snapshot: Snapshot, planned: readonly PlannedPolicy[], rules: readonly AnyRule[]): readonly KnownEnforcer[] {
    if (this.#planned !== planned) {
      this.#known = findKnownEnforcers(snapshot, planned, rules);
      this.#planned = planned;
    }
    return this.#known;
  }
}
