/** The status of a ClusterHardeningPolicy: whether it is in force, which version, and how far it reaches. */
import type { ClusterHardeningPolicy, ClusterHardeningPolicyStatus } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { buildPolicy } from './policy.ts';
import type { AcceptedPolicy, PolicyProblem } from './policy.ts';
import type { AnyRule } from './rule.ts';

export interface JudgedPolicy {
  readonly object: ClusterHardeningPolicy;
  readonly problem: PolicyProblem | undefined;
  readonly accepted: AcceptedPolicy | undefined;
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
