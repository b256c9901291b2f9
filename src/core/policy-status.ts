/** The status of a ClusterHardeningPolicy: whether it is in force, which version, and how far it reaches. */
import type {
  ClusterHardeningPolicy,
  ClusterHardeningPolicySpec,
  ClusterHardeningPolicyStatus,
} from '../api/v1alpha1/cluster-hardening-policy.ts';
import { mergeAuthorization } from './expectation.ts';
import { buildPolicy, findPolicyProblem } from './policy.ts';
import type { AcceptedPolicy, PolicyProblem } from './policy.ts';
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

/**
 * @param matchedNamespaces how many namespaces the policy decides at present
 * @param now RFC 3339, second precision; used where the condition's status changes
 */
export function buildPolicyStatus(
  { object, problem, accepted }: JudgedPolicy,
  matchedNamespaces: number,
  rules: readonly AnyRule[],
  now: string,
): ClusterHardeningPolicyStatus {
  const good = { reason: 'Accepted', message: `the policy is in force${describeAssumption(accepted)}` };
  return {
    observedGeneration: object.metadata.generation ?? 0,
    matchedNamespaces,
    rules:
      accepted === undefined ? 0 : buildPolicy(accepted.name, accepted.generation, accepted.spec, rules).rules.length,
    ...(accepted === undefined ? {} : { accepted: { generation: accepted.generation, spec: accepted.spec } }),
    conditions: [readyCondition(object, problem, accepted, good, now)],
  };
}

/** What expectations rely on is said where it is stated. */
function describeAssumption(accepted: AcceptedPolicy | undefined): string {
  if (accepted?.spec.authorization === undefined) return '';
  return mergeAuthorization([accepted]).isFinal
    ? '; expectations take it that only Node and RBAC allow requests, as spec.authorization.modes says'
    : '; what RBAC does not grant stays undecided, as spec.authorization.modes says';
}
