/**
 * What is wrong with what people write in a policy. One that names an unknown rule, or holds a selector that cannot
 * match, is refused as a whole, and its last good version stays in force: never weaker by mistake.
 */
import type { ClusterHardeningPolicySpec } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { HardeningPolicySpec } from '../api/v1alpha1/hardening-policy.ts';
import { findAttestationProblem } from './attestation.ts';
import { findEnforcementProblem } from './enforcement-terms.ts';
import { findExpectationProblem } from './expectation-problem.ts';
import { selectorProblem } from './label-selector.ts';
import { findParamsProblem } from './params.ts';
import type { AnyRule } from './rule.ts';
import { findSelectorProblem, isRuleId, selectRules } from './rule-selector.ts';

export interface PolicyProblem {
  readonly reason:
    | 'UnknownRule'
    | 'InvalidSelector'
    | 'InvalidParameters'
    | 'InvalidExpectation'
    | 'InvalidAttestation'
    | 'InvalidEnforcement';
  /** In words for a status. */
  readonly message: string;
  /** The field that is wrong: `spec.rules[0].params.allowed`. */
  readonly path: string;
}

/** @returns undefined if nothing is wrong */
export function findPolicyProblem(
  spec: ClusterHardeningPolicySpec,
  catalogue: readonly AnyRule[],
): PolicyProblem | undefined {
  const { exemptions = {}, delegation = {}, namespaceSelector } = spec;
  const problem =
    findSettingsProblem(spec.rules, catalogue) ??
    findUnknownRule('spec.exemptions.never', exemptions.never, catalogue) ??
    findUnknownRule('spec.delegation.tighten', delegation.tighten, catalogue) ??
    findUnknownRule('spec.delegation.loosen', delegation.loosen, catalogue) ??
    findUnknownRule('spec.delegation.exempt', delegation.exempt, catalogue) ??
    findUnknownRule('spec.remediation.rules', spec.remediation?.rules, catalogue) ??
    findUnknownRule('spec.enforcement.rules', spec.enforcement?.rules, catalogue) ??
    findUnknownRule('spec.enforcement.podDefaults.rules', spec.enforcement?.podDefaults?.rules, catalogue);
  if (problem !== undefined) return problem;
  const ofSelector = namespaceSelector === undefined ? undefined : selectorProblem(namespaceSelector);
  return ofSelector === undefined
    ? (findExpectationProblem(spec.expectations) ??
        findAttestationProblem(spec.attestations) ??
        findEnforcementProblem(spec.enforcement) ??
        findIdleDefault(spec.enforcement?.podDefaults?.rules, catalogue))
    : { reason: 'InvalidSelector', message: `spec.namespaceSelector ${ofSelector}`, path: 'spec.namespaceSelector' };
}

/** The same for the policy of a namespace. */
export function findOwnPolicyProblem(
  spec: HardeningPolicySpec,
  namespace: string,
  catalogue: readonly AnyRule[],
): PolicyProblem | undefined {
  return (
    findSettingsProblem(spec.rules, catalogue) ??
    findUnknownRule('spec.remediation.rules', spec.remediation?.rules, catalogue) ??
    findExpectationProblem(spec.expectations, namespace)
  );
}

function findSettingsProblem(
  settings: NonNullable<ClusterHardeningPolicySpec['rules']> = [],
  catalogue: readonly AnyRule[],
): PolicyProblem | undefined {
  for (const [index, { rule: selector }] of settings.entries()) {
    const problem = findSelectorProblem(selector, catalogue);
    if (problem === undefined) continue;
    return { reason: 'UnknownRule', message: `spec.rules ${problem}`, path: `spec.rules[${index}].rule` };
  }
  for (const [index, { rule: selector, params }] of settings.entries()) {
    if (params === undefined) continue;
    const path = `spec.rules[${index}].params`;
    if (!isRuleId(selector)) {
      const message = `spec.rules["${selector}"].params is set, and only one rule, named by its id, has parameters`;
      return { reason: 'InvalidParameters', message, path };
    }
    const rule = catalogue.find(({ id }) => id === selector);
    const problem = rule === undefined ? undefined : findParamsProblem(rule, params);
    if (problem === undefined) continue;
    const inList = problem.path.replace(`spec.rules["${selector}"]`, `spec.rules[${index}]`);
    return { reason: 'InvalidParameters', message: problem.message, path: inList };
  }
  return undefined;
}

function findUnknownRule(
  path: string,
  selectors: readonly string[] = [],
  catalogue: readonly AnyRule[],
): PolicyProblem | undefined {
  for (const [index, selector] of selectors.entries()) {
    const problem = findSelectorProblem(selector, catalogue);
    if (problem !== undefined) {
      return { reason: 'UnknownRule', message: `${path} ${problem}`, path: `${path}[${index}]` };
    }
  }
  return undefined;
}

/** Most rules only judge: who asks for one of them to set something would wait in vain. */
function findIdleDefault(selectors: readonly string[] = [], catalogue: readonly AnyRule[]): PolicyProblem | undefined {
  const setting = catalogue.filter(({ sets }) => sets !== undefined);
  const index = selectors.findIndex((selector) => selectRules(selector, setting).length === 0);
  if (index === -1) return undefined;
  const path = `spec.enforcement.podDefaults.rules[${index}]`;
  const message = `${path} "${selectors[index] ?? ''}" sets nothing; those that do are ${setting.map(({ id }) => id).join(', ')}`;
  return { reason: 'InvalidEnforcement', message, path };
}
