/** A namespace's own policy, a HardeningPolicy: which version of it is in force, and its status. */
import type { HardeningPolicy, HardeningPolicySpec, HardeningPolicyStatus } from '../api/v1alpha1/hardening-policy.ts';
import { buildExpectations } from './expectation.ts';
import type { Expectation } from './expectation.ts';
import { findExpectationProblem } from './expectation-problem.ts';
import type { PolicyProblem } from './policy.ts';
import { chooseVersion, readyCondition } from './policy-version.ts';
import { compareText } from './subject-ref.ts';

/** A policy whose spec is in force: the present one, or the last good one. */
export interface AcceptedOwnPolicy {
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  readonly spec: HardeningPolicySpec;
}

/** One policy, judged. */
export interface JudgedOwnPolicy {
  readonly object: HardeningPolicy;
  /** Why the present version is not in force. */
  readonly problem: PolicyProblem | undefined;
  /** What is in force: the present version, else the last good one; undefined if none was ever good. */
  readonly accepted: AcceptedOwnPolicy | undefined;
}

/** @param remembered what was in force until now, where that is known; otherwise the policy's own status tells */
export function judgeOwnPolicy(object: HardeningPolicy, remembered?: AcceptedOwnPolicy): JudgedOwnPolicy {
  const { name, namespace = '' } = object.metadata;
  return {
    object,
    ...chooseVersion<HardeningPolicySpec, AcceptedOwnPolicy>(
      object,
      ({ expectations }) => findExpectationProblem(expectations, namespace),
      remembered,
      (version) => ({ namespace, name, ...version }),
    ),
  };
}

/**
 * @param isJudged whether the policy that decides for the namespace selects the rule that judges expectations
 * @param now RFC 3339, second precision; used where the condition's status changes
 */
export function buildOwnPolicyStatus(
  { object, problem, accepted }: JudgedOwnPolicy,
  isJudged: boolean,
  now: string,
): HardeningPolicyStatus {
  const good = isJudged
    ? { reason: 'Accepted', message: 'the policy is in force' }
    : {
        reason: 'NotJudged',
        message: 'the policy is valid, but nothing is judged: the policy that decides here disables rbac-expectations',
      };
  return {
    observedGeneration: object.metadata.generation ?? 0,
    expectations: accepted?.spec.expectations?.length ?? 0,
    ...(accepted === undefined ? {} : { accepted: { generation: accepted.generation, spec: accepted.spec } }),
    conditions: [readyCondition(object, problem, accepted, good, now)],
  };
}

/** In order of their names, so that a posture says the same on every machine. */
export function sortOwnPolicies<P extends JudgedOwnPolicy>(policies: readonly P[]): readonly P[] {
  return policies.toSorted(
    ({ object: { metadata: a } }, { object: { metadata: b } }) =>
      compareText(a.namespace ?? '', b.namespace ?? '') || compareText(a.name, b.name),
  );
}

const knownExpectations = new WeakMap<AcceptedOwnPolicy, readonly Expectation[]>();

/** Made once of each version. */
export function expectationsOf(policy: AcceptedOwnPolicy): readonly Expectation[] {
  let known = knownExpectations.get(policy);
  if (known === undefined) {
    const { namespace, name, spec } = policy;
    known = buildExpectations({ kind: 'HardeningPolicy', namespace, name }, spec.expectations);
    knownExpectations.set(policy, known);
  }
  return known;
}
