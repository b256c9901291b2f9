/**
 * From rules to one policy: each rule that says how becomes one validation, so that who is only warned is told of all that
 * is wrong, by the rule's id. What cannot be enforced is left out with a reason, never in silence.
 */
import type { EnforcementTarget, PodFamily } from '../../core/enforcement.ts';
import type { SelectedRule } from '../../core/policy.ts';
import { celLiteral } from './cel.ts';
import { printMembership } from './exec-guard.ts';
import { allModes, bindByNamespace } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import type { PlannedValidatingPolicy, ValidatingPolicySpec } from './planned-policy.ts';
import { completeVariables, isNew, matchPods } from './pod-frame.ts';

export interface PodFamilyOptions extends NamespaceModes {
  readonly family: PodFamily;
  /** Those in force, with their parameters; which of them the family has they say themselves. */
  readonly rules: readonly SelectedRule[];
  readonly target: EnforcementTarget;
  /** Whose members' own requests are let through. */
  readonly breakGlassGroups: readonly string[];
  /** What is accepted, as far as CEL can tell. */
  readonly exemptions: readonly PlannedExemption[];
}

/** An exemption, as a condition. */
export interface PlannedExemption {
  /** `ClusterHardeningExemption/agents` */
  readonly name: string;
  /** The ids of the rules that it is for. */
  readonly rules: ReadonlySet<string>;
  /** Whether the object is exempt, in CEL over the variables of the frame. */
  readonly condition: string;
}

export interface PlannedFamily {
  /** Undefined where nothing is left to enforce. */
  readonly policy: PlannedValidatingPolicy | undefined;
  readonly leftOut: readonly LeftOut[];
}

/** What is not enforced, though somebody asked for it. */
export interface LeftOut {
  /** A rule, by its id, or a family. */
  readonly rule: string;
  /** As a sentence without its subject: `differs between versions of Kubernetes`. */
  readonly reason: string;
}

interface PlannedRule {
  readonly id: string;
  readonly title: string;
  readonly violations: string;
  readonly annotationPrefix: string | undefined;
}

export const podFamilyPolicies = {
  'pod-security': 'merlon-pod-security',
  'image-pulls': 'merlon-image-pulls',
  'service-accounts': 'merlon-service-accounts',
} as const satisfies Record<PodFamily, string>;

const ONLY_NOTED = 'has severity info: it is noted, and nothing is refused for it';

export function planPodFamily(options: PodFamilyOptions): PlannedFamily {
  const { family, rules, target } = options;
  const planned: PlannedRule[] = [];
  const leftOut: LeftOut[] = [];
  for (const selected of rules) {
    const { id, title } = selected.rule;
    const said = selected.rule.enforce?.(selected.params, target);
    if (said?.family !== family) continue;
    const { violations, annotationPrefix, notEnforceable } = said;
    if (violations === undefined && notEnforceable === undefined) continue;
    if (selected.severity === 'info') leftOut.push({ rule: id, reason: ONLY_NOTED });
    else if (notEnforceable !== undefined) leftOut.push({ rule: id, reason: notEnforceable });
    else if (violations !== undefined) planned.push({ id, title, violations, annotationPrefix });
  }
  return { policy: planned.length === 0 ? undefined : buildPolicy(options, planned), leftOut };
}

function buildPolicy(options: PodFamilyOptions, rules: readonly PlannedRule[]): PlannedValidatingPolicy {
  const name = podFamilyPolicies[options.family];
  const count = rules.length === 1 ? 'one rule' : `any of ${rules.length} rules`;
  return {
    kind: 'ValidatingAdmissionPolicy',
    name,
    what: `new pods, debug containers and workloads that break ${count}`,
    rules: rules.map(({ id }) => id),
    spec: buildSpec(options, rules),
    bindings: bindByNamespace(name, options, allModes),
  };
}

function buildSpec(options: PodFamilyOptions, rules: readonly PlannedRule[]): ValidatingPolicySpec {
  const { breakGlassGroups, exemptions } = options;
  const prefixes = [...new Set(rules.flatMap(({ annotationPrefix }) => annotationPrefix ?? []))];
  return {
    failurePolicy: 'Fail',
    matchConstraints: matchPods(options),
    matchConditions: [
      isNew(prefixes),
      ...(breakGlassGroups.length === 0
        ? []
        : [{ name: 'not-break-glass', expression: `!${printMembership(breakGlassGroups)}` }]),
    ],
    variables: completeVariables(
      rules.map(({ id, violations }) => ({ name: nameVariable(id), expression: violations })),
    ),
    validations: rules.map(({ id, title }) => ({
      expression: [
        `variables.${nameVariable(id)}.size() == 0`,
        ...exemptions.filter((one) => one.rules.has(id)).map(({ condition }) => condition),
      ].join(' ||\n'),
      // Where there is too much to say, the API server says this instead.
      message: `${id}: ${title}`,
      messageExpression: `${celLiteral(`${id}: `)} + variables.subject + ': ' + variables.${nameVariable(id)}.join(', ')`,
      reason: 'Forbidden',
    })),
  };
}

/** Whether what is refused for a rule is also what the rule only notes. */
export function refusesNoted({ rule, params }: Pick<SelectedRule, 'rule' | 'params'>): boolean {
  return rule.enforce?.(params, { podSecurityVersion: undefined }).refusesNoted === true;
}

/** `podHostPorts` */
export function nameVariable(id: string): string {
  return id.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
