/** What policies make of the catalogue: the rules in force for a scope, and the terms of exemptions and of repair. */
import type { AcceptedPolicy, PolicySource } from './accepted-policy.ts';
import type { EnforcementTerms } from './enforcement-terms.ts';
import type { ExemptionTerms } from './exemption-terms.ts';
import { buildExpectations } from './expectation.ts';
import type { Expectation } from './expectation.ts';
import type { Params } from './params.ts';
import type { RemediationTerms } from './remediation-terms.ts';
import type { AnyRule } from './rule.ts';
import type { Severity } from './severity.ts';

/** A rule as a policy wants it judged. */
export interface SelectedRule {
  readonly rule: AnyRule;
  /** Set where the policy overrides the rule's own severity. */
  readonly severity?: Severity;
  /** Every parameter of the rule. */
  readonly params: Params;
}

/** What all policies say together of one namespace, or of the cluster itself. */
export interface EffectivePolicy {
  /** Of the policy that goes before all others; `default` where there is none. */
  readonly name: string;
  /** Every policy that selects the scope, in order, and then the namespace's own. */
  readonly sources: readonly PolicySource[];
  readonly rules: readonly SelectedRule[];
  readonly threshold: Severity;
  readonly exemptions: ExemptionTerms;
  readonly remediation: RemediationTerms;
  /** The same of every scope: it is of the whole cluster. */
  readonly enforcement: EnforcementTerms;
}

export const DEFAULT_POLICY_NAME = 'default';
export const DEFAULT_THRESHOLD: Severity = 'high';

const knownExpectations = new WeakMap<AcceptedPolicy, readonly Expectation[]>();

/** Made once of each version. */
export function clusterExpectationsOf(policy: AcceptedPolicy): readonly Expectation[] {
  let known = knownExpectations.get(policy);
  if (known === undefined) {
    known = buildExpectations({ kind: 'ClusterHardeningPolicy', name: policy.name }, policy.spec.expectations);
    knownExpectations.set(policy, known);
  }
  return known;
}
