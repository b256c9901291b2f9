/** What both kinds of policy have in common: the present version is in force if it is good, else the last good one. */
import type { Condition } from '../api/v1alpha1/conditions.ts';
import type { ObjectMeta } from '../api/v1alpha1/schema.ts';
import type { PolicyProblem } from './policy-problem.ts';

export interface Version<Spec> {
  readonly generation: number;
  readonly spec: Spec;
}

interface PolicyObject<Spec> {
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
  readonly status?: { readonly accepted?: Version<Spec>; readonly conditions?: readonly Condition[] };
}

/**
 * @param remembered what was in force until now, where that is known; otherwise the policy's own status tells, so that
 *   the last good version survives a restart
 * @param accept makes of a version what is in force of it
 */
export function chooseVersion<Spec, Accepted extends Version<Spec>>(
  { metadata: { generation = 0 }, spec, status }: PolicyObject<Spec>,
  findProblem: (spec: Spec) => PolicyProblem | undefined,
  remembered: Accepted | undefined,
  accept: (version: Version<Spec>) => Accepted,
): { readonly problem: PolicyProblem | undefined; readonly accepted: Accepted | undefined } {
  const problem = findProblem(spec);
  if (problem === undefined) return { problem, accepted: accept({ generation, spec }) };
  if (remembered !== undefined) return { problem, accepted: remembered };
  const recorded = status?.accepted;
  const isUsable = recorded !== undefined && findProblem(recorded.spec) === undefined;
  return {
    problem,
    accepted: isUsable ? accept({ generation: recorded.generation, spec: recorded.spec }) : undefined,
  };
}

/**
 * @param good what it says where nothing is wrong with the policy itself; ready unless it says otherwise
 * @param now RFC 3339, second precision; used where the condition's status changes
 */
export function readyCondition(
  { metadata, status }: PolicyObject<unknown>,
  problem: PolicyProblem | undefined,
  accepted: { readonly generation: number } | undefined,
  good: { readonly reason: string; readonly message: string; readonly isReady?: boolean },
  now: string,
): Condition {
  const { isReady: isGood = true, ...said } = good;
  const isReady = problem === undefined && isGood ? 'True' : 'False';
  const before = status?.conditions?.find(({ type }) => type === 'Ready');
  return {
    type: 'Ready',
    status: isReady,
    observedGeneration: metadata.generation ?? 0,
    lastTransitionTime: before?.status === isReady ? before.lastTransitionTime : now,
    ...(problem === undefined
      ? said
      : { reason: problem.reason, message: `${problem.message}; ${describeFallback(accepted)}` }),
  };
}

function describeFallback(accepted: { readonly generation: number } | undefined): string {
  return accepted === undefined
    ? 'no version of this policy was ever good, so it selects nothing'
    : `generation ${accepted.generation} stays in force`;
}
