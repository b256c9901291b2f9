/** The status of a ClusterHardeningPolicy: whether it is in force, which version, and how far it reaches. */
import type { ClusterHardeningPolicy, ClusterHardeningPolicyStatus } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { buildPolicy, findPolicyProblem } from './policy.ts';
import type { AcceptedPolicy, PolicyProblem } from './policy.ts';
import type { AnyRule } from './rule.ts';

/** One policy, judged. */
export interface JudgedPolicy {
  readonly object: ClusterHardeningPolicy;
  /** Why the present version is not in force. */
  readonly problem: PolicyProblem | undefined;
  /** What is in force: the present version, else the last good one; undefined if none was ever good. */
  readonly accepted: AcceptedPolicy | undefined;
}

/**
 * @param remembered what was in force until now, where that is known; otherwise the policy's own status tells, so that
 *   the last good version survives a restart
 */
export function judgePolicy(
  object: ClusterHardeningPolicy,
  rules: readonly AnyRule[],
  remembered?: AcceptedPolicy,
): JudgedPolicy {
  const { name, generation = 0 } = object.metadata;
  const problem = findPolicyProblem(object.spec, rules);
  if (problem === undefined) return { object, problem, accepted: { name, generation, spec: object.spec } };
  if (remembered !== undefined) return { object, problem, accepted: remembered };
  const recorded = object.status?.accepted;
  const isUsable = recorded !== undefined && findPolicyProblem(recorded.spec, rules) === undefined;
  return {
    object,
    problem,
    accepted: isUsable ? { name, generation: recorded.generation, spec: recorded.spec } : undefined,
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
  const generation = object.metadata.generation ?? 0;
  const status = problem === undefined ? 'True' : 'False';
  const before = object.status?.conditions?.find(({ type }) => type === 'Ready');
  return {
    observedGeneration: generation,
    matchedNamespaces,
    rules:
      accepted === undefined ? 0 : buildPolicy(accepted.name, accepted.generation, accepted.spec, rules).rules.length,
    ...(accepted === undefined ? {} : { accepted: { generation: accepted.generation, spec: accepted.spec } }),
    conditions: [
      {
        type: 'Ready',
        status,
        observedGeneration: generation,
        lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
        ...(problem === undefined
          ? { reason: 'Accepted', message: 'the policy is in force' }
          : { reason: problem.reason, message: `${problem.message}; ${fallback(accepted)}` }),
      },
    ],
  };
}

function fallback(accepted: AcceptedPolicy | undefined): string {
  return accepted === undefined
    ? 'no version of this policy was ever good, so it selects nothing'
    : `generation ${accepted.generation} stays in force`;
}
