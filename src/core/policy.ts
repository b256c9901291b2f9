/**
 * From what people write in a ClusterHardeningPolicy to the rules in force for a namespace: pure, total, and never
 * weaker by mistake. A policy that names an unknown rule or holds a selector that cannot match is refused as a whole,
 * and its last good version stays in force.
 */
import type { ClusterHardeningPolicySpec } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { buildExpectations } from './expectation.ts';
import type { Expectation } from './expectation.ts';
import { findExpectationProblem } from './expectation-problem.ts';
import type { ExemptionTerms } from './exemption-terms.ts';
import { selectorProblem, matchesSelector } from './label-selector.ts';
import { findParamsProblem, resolveParams } from './params.ts';
import type { Params } from './params.ts';
import type { AnyRule } from './rule.ts';
import type { SchemaProblem } from './schema-problem.ts';
import type { Severity } from './severity.ts';
import { compareText } from './subject-ref.ts';
import { suggestRule } from './suggested-rule.ts';

/** A rule as a policy wants it judged. */
export interface SelectedRule {
  readonly rule: AnyRule;
  /** Set where the policy overrides the rule's own severity. */
  readonly severity?: Severity;
  /** Every parameter of the rule. */
  readonly params: Params;
}

export interface EffectivePolicy {
  /** `default` for the built-in one. */
  readonly name: string;
  /** Absent for the built-in one. */
  readonly generation?: number;
  readonly rules: readonly SelectedRule[];
  readonly threshold: Severity;
  /** What may be exempted; without it what `DEFAULT_EXEMPTION_TERMS` says. */
  readonly exemptions?: ExemptionTerms;
}

export const DEFAULT_POLICY_NAME = 'default';
export const DEFAULT_THRESHOLD: Severity = 'high';

/** What applies where no policy does: every rule that is on by default, Compliant judged at high. */
export function buildDefaultPolicy(catalogue: readonly AnyRule[]): EffectivePolicy {
  const rules = catalogue.filter(isInForce).map((rule) => ({ rule, params: resolveParams(rule) }));
  return { name: DEFAULT_POLICY_NAME, rules, threshold: DEFAULT_THRESHOLD };
}

function isInForce({ inForce }: AnyRule): boolean {
  return inForce !== 'whereEnabled';
}

export interface PolicyProblem {
  readonly reason: 'UnknownRule' | 'InvalidSelector' | 'InvalidParameters' | 'InvalidExpectation';
  readonly message: string;
  /** The field that is wrong: `spec.rules[0].params.allowed`. */
  readonly path: string;
}

/** What is wrong with a policy's spec, in words for its status; undefined if nothing is. */
export function findPolicyProblem(
  spec: ClusterHardeningPolicySpec,
  catalogue: readonly AnyRule[],
): PolicyProblem | undefined {
  const strange = (spec.rules ?? []).findIndex(({ rule }) => !catalogue.some(({ id }) => id === rule));
  const stranger = spec.rules?.[strange];
  if (stranger !== undefined) {
    const suggestion = suggestRule(stranger.rule, catalogue);
    return {
      reason: 'UnknownRule',
      message: `spec.rules names "${stranger.rule}", which is no rule of this Merlon${suggestion}; "merlon rules" lists them`,
      path: `spec.rules[${strange}].rule`,
    };
  }
  const invalid = findInvalidParams(spec, catalogue);
  if (invalid !== undefined) return { reason: 'InvalidParameters', ...invalid };
  const problem = spec.namespaceSelector === undefined ? undefined : selectorProblem(spec.namespaceSelector);
  return problem === undefined
    ? findExpectationProblem(spec.expectations)
    : { reason: 'InvalidSelector', message: `spec.namespaceSelector ${problem}`, path: 'spec.namespaceSelector' };
}

function findInvalidParams(spec: ClusterHardeningPolicySpec, catalogue: readonly AnyRule[]): SchemaProblem | undefined {
  for (const [index, { rule: id, params }] of (spec.rules ?? []).entries()) {
    const rule = catalogue.find((candidate) => candidate.id === id);
    const problem = rule === undefined || params === undefined ? undefined : findParamsProblem(rule, params);
    if (problem === undefined) continue;
    return { ...problem, path: problem.path.replace(`spec.rules["${id}"]`, `spec.rules[${index}]`) };
  }
  return undefined;
}

/** @param spec a spec without problems */
export function buildPolicy(
  name: string,
  generation: number,
  spec: ClusterHardeningPolicySpec,
  catalogue: readonly AnyRule[],
): EffectivePolicy {
  const settings = new Map(spec.rules?.map((setting) => [setting.rule, setting]));
  const rules = catalogue.flatMap((rule): SelectedRule[] => {
    const setting = settings.get(rule.id);
    const isEnabled =
      setting === undefined
        ? spec.profile === 'none'
          ? isCalledFor(rule, spec)
          : isInForce(rule)
        : setting.state !== 'Disabled';
    if (!isEnabled) return [];
    const params = resolveParams(rule, setting?.params);
    return [setting?.severity === undefined ? { rule, params } : { rule, params, severity: setting.severity }];
  });
  return { name, generation, rules, threshold: spec.threshold ?? DEFAULT_THRESHOLD };
}

/** Whoever states what they expect wants it judged. */
function isCalledFor({ subject }: AnyRule, { expectations = [] }: ClusterHardeningPolicySpec): boolean {
  return subject === 'Expectation' && expectations.length > 0;
}

/** A policy whose spec is in force: the present one, or the last good one. */
export interface AcceptedPolicy {
  readonly name: string;
  readonly generation: number;
  readonly spec: ClusterHardeningPolicySpec;
}

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

/**
 * The one policy that decides: of those that select the namespace the one with the highest priority, then the first by
 * name. For the cluster's own posture: of those without a namespaceSelector.
 *
 * @param labels the namespace's labels, or `cluster`
 */
export function selectPolicy(
  policies: readonly AcceptedPolicy[],
  labels: Readonly<Record<string, string>> | 'cluster',
): AcceptedPolicy | undefined {
  return selectFirst(
    policies.filter(({ spec: { namespaceSelector } }) =>
      labels === 'cluster'
        ? namespaceSelector === undefined
        : namespaceSelector === undefined || matchesSelector(namespaceSelector, labels),
    ),
  );
}

/** Of policies that all select a namespace the one that decides. */
export function selectFirst(policies: readonly AcceptedPolicy[]): AcceptedPolicy | undefined {
  return policies.toSorted((a, b) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0) || compareText(a.name, b.name))[0];
}
