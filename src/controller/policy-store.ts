/** The policies as they stand in the cluster, and which version of each is in force. */
import { isDeepStrictEqual } from 'node:util';

import type { ClusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { findPolicyProblem } from '../core/policy.ts';
import type { AcceptedPolicy, PolicyProblem } from '../core/policy.ts';
import type { AnyRule } from '../core/rule.ts';

/** One policy, judged. */
export interface PolicyState {
  readonly object: ClusterHardeningPolicy;
  /** Why the present version is not in force. */
  readonly problem: PolicyProblem | undefined;
  /** What is in force: the present version, else the last good one; undefined if none was ever good. */
  readonly accepted: AcceptedPolicy | undefined;
}

export class PolicyStore {
  readonly #rules: readonly AnyRule[];
  readonly #onChange: (name: string, isInForceChanged: boolean) => void;
  readonly #states = new Map<string, PolicyState>();

  /** @param onChange told of every change, and whether what is in force changed or only the policy's status */
  constructor(rules: readonly AnyRule[], onChange: (name: string, isInForceChanged: boolean) => void) {
    this.#rules = rules;
    this.#onChange = onChange;
  }

  upsert(object: ClusterHardeningPolicy): void {
    const { name, uid } = object.metadata;
    const before = this.#states.get(name);
    const remembered = before?.object.metadata.uid === uid ? before?.accepted : undefined;
    const state = judgePolicy(object, this.#rules, remembered);
    this.#states.set(name, state);
    this.#onChange(
      name,
      !isDeepStrictEqual(before?.accepted, state.accepted) || !isDeepStrictEqual(before?.problem, state.problem),
    );
  }

  remove({ metadata: { name } }: ClusterHardeningPolicy): void {
    if (this.#states.delete(name)) this.#onChange(name, true);
  }

  get(name: string): PolicyState | undefined {
    return this.#states.get(name);
  }

  names(): Iterable<string> {
    return this.#states.keys();
  }

  accepted(): readonly AcceptedPolicy[] {
    return [...this.#states.values()].flatMap(({ accepted }) => (accepted === undefined ? [] : [accepted]));
  }
}

/**
 * @param remembered what was in force until now, where that is known; otherwise the policy's own status tells, so that
 *   the last good version survives a restart
 */
export function judgePolicy(
  object: ClusterHardeningPolicy,
  rules: readonly AnyRule[],
  remembered?: AcceptedPolicy,
): PolicyState {
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
