/** The status of a ClusterHardeningPolicy: whether it is in force, which version, and how far it reaches. */
import type {
  ClusterHardeningPolicy,
  ClusterHardeningPolicySpec,
  ClusterHardeningPolicyStatus,
} from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { IgnoredAttestation } from './attestation.ts';
import { findIgnoredEnforcement } from './enforcement-terms.ts';
import { mergeAuthorization } from './expectation.ts';
import { findInertSettings } from './inert-settings.ts';
import type { InertSetting } from './inert-settings.ts';
import type { AcceptedPolicy } from './accepted-policy.ts';
import { policyMergerOf } from './policy-merge.ts';
import type { MergedPolicy } from './policy-merge.ts';
import { findPolicyProblem } from './policy-problem.ts';
import type { PolicyProblem } from './policy-problem.ts';
import { chooseVersion, readyCondition } from './policy-version.ts';
import type { AnyRule } from './rule.ts';

/** One policy, judged. */
export interface JudgedPolicy {
  readonly object: ClusterHardeningPolicy;
  /** Why the present version is not in force. */
  readonly problem: PolicyProblem | undefined;
  /** What is in force: the present version, else the last good one; undefined if none was ever good. */
  readonly accepted: AcceptedPolicy | undefined;
}

/** @param remembered what was in force until now, where that is known; otherwise the policy's own status tells */
export function judgePolicy(
  object: ClusterHardeningPolicy,
  rules: readonly AnyRule[],
  remembered?: AcceptedPolicy,
): JudgedPolicy {
  return {
    object,
    ...chooseVersion<ClusterHardeningPolicySpec, AcceptedPolicy>(
      object,
      (spec) => findPolicyProblem(spec, rules),
      remembered,
      (version) => ({ name: object.metadata.name, ...version }),
    ),
  };
}

/** How far a policy reaches at present. */
export interface PolicyReach {
  /** How many namespaces it selects. */
  readonly matchedNamespaces: number;
  /** What the policies of the scopes that it selects came to, each once, without the namespaces' own. */
  readonly merged: Iterable<MergedPolicy>;
  /** Which of its attestations count for nothing; by default none. */
  readonly ignored?: readonly IgnoredAttestation[];
  /** What has become of what all policies say of enforcement, where that is known. */
  readonly enforcement?: EnforcementReport | undefined;
}

export type EnforcementReport = NonNullable<ClusterHardeningPolicyStatus['enforcement']>;

interface Good {
  readonly reason: string;
  readonly message: string;
}

/**
 * @param now RFC 3339, second precision; used where the condition's status changes
 */
export function buildPolicyStatus(
  { object, problem, accepted }: JudgedPolicy,
  { matchedNamespaces, merged, ignored: attestations = [], enforcement }: PolicyReach,
  rules: readonly AnyRule[],
  now: string,
): ClusterHardeningPolicyStatus {
  const ofEnforcement = accepted === undefined ? [] : findIgnoredEnforcement(accepted);
  const ignored = [...attestations, ...ofEnforcement];
  const reported = accepted?.spec.enforcement === undefined ? undefined : (ofEnforcement[0] ?? enforcement);
  return {
    observedGeneration: object.metadata.generation ?? 0,
    matchedNamespaces,
    rules: accepted === undefined ? 0 : policyMergerOf(rules).merge([accepted], []).policy.rules.length,
    ...(accepted === undefined ? {} : { accepted: { generation: accepted.generation, spec: accepted.spec } }),
    ...(ignored.length === 0
      ? {}
      : { ignored: ignored.map(({ path, reason, message }) => ({ path, reason, message })) }),
    ...(reported === undefined ? {} : { enforcement: toReport(reported) }),
    conditions: [
      readyCondition(
        object,
        problem,
        accepted,
        addIgnored(describeGood(accepted, merged, rules), attestations.length, ofEnforcement.length),
        now,
      ),
    ],
  };
}

/** Never silently without effect: what selects nothing, or is said differently by a stronger policy, is told. */
function describeGood(
  accepted: AcceptedPolicy | undefined,
  merged: Iterable<MergedPolicy>,
  rules: readonly AnyRule[],
): Good {
  const scopes = [...merged];
  const assumption = describeAssumption(accepted);
  if (scopes.length === 0) {
    const message = `the policy is valid, but it selects no namespace at present${assumption}`;
    return { reason: 'SelectsNothing', message };
  }
  const inert = accepted === undefined ? [] : findInertSettings(policyMergerOf(rules).layerOf(accepted), scopes);
  return inert.length === 0
    ? { reason: 'Accepted', message: `the policy is in force${assumption}` }
    : { reason: 'Overruled', message: `the policy is in force, but ${describeInert(inert)}${assumption}` };
}

/** One that counts for nothing says by its reason why. */
function toReport(
  report: EnforcementReport | { readonly reason: string; readonly message: string },
): EnforcementReport {
  if (!('state' in report)) return { state: report.reason, message: report.message };
  const { state, message, recorded = [] } = report;
  return { state, message, ...(recorded.length === 0 ? {} : { recorded }) };
}

function addIgnored({ reason, message }: Good, attestations: number, enforcement: number): Good {
  const some = [
    ...(attestations === 0
      ? []
      : [attestations === 1 ? 'one of its attestations counts' : `${attestations} of its attestations count`]),
    ...(enforcement === 0 ? [] : ['what it says of enforcement counts']),
  ];
  if (some.length === 0) return { reason, message };
  return {
    reason: reason === 'Accepted' ? 'PartlyIgnored' : reason,
    message: `${message}; ${some.join(', and ')} for nothing: see status.ignored`,
  };
}

/** As many as are named; the others are counted. */
const MAX_NAMED = 5;

function describeInert(inert: readonly InertSetting[]): string {
  const named = inert.slice(0, MAX_NAMED).map(({ path, by }) => `${path} (${by.path} of "${by.source?.name ?? ''}")`);
  const more = inert.length > MAX_NAMED ? ` and ${inert.length - MAX_NAMED} more` : '';
  return `other policies go before it where it says ${named.join(', ')}${more}`;
}

/** What expectations rely on is said where it is stated. */
function describeAssumption(accepted: AcceptedPolicy | undefined): string {
  if (accepted?.spec.authorization === undefined) return '';
  return mergeAuthorization([accepted]).isFinal
    ? '; expectations take it that only Node and RBAC allow requests, as spec.authorization.modes says'
    : '; what RBAC does not grant stays undecided, as spec.authorization.modes says';
}
