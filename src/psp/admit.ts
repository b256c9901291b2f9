/** What a PodSecurityPolicy says of a pod: it sets what it sets, then looks at the result. */
import { mutate } from './mutate.ts';
import type { Mutation } from './mutate.ts';
import type { Pod } from './pod.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import type { RefusalReason } from './refusal-reason.ts';
import { validate } from './validate-pod.ts';

export type Admission = Admitted | Refused;

export interface Admitted {
  readonly outcome: 'admitted';
  readonly mutated: boolean;
  /** What was set; empty where nothing was. */
  readonly mutations: readonly Mutation[];
  /** As it would be stored; the same object where nothing was set. */
  readonly pod: Pod;
}

export interface Refused {
  readonly outcome: 'refused';
  /** At least one. */
  readonly reasons: readonly RefusalReason[];
}

/**
 * @param original with what the API server fills in (`pod-security/defaulting.ts`)
 * @throws {MalformedField} if the pod holds a field in a wrong type
 */
export function admit(policy: PodSecurityPolicy, original: Pod): Admission {
  const { pod, mutations } = mutate(policy, original);
  const reasons = validate(policy, pod);
  return reasons.length > 0
    ? { outcome: 'refused', reasons }
    : { outcome: 'admitted', mutated: mutations.length > 0, mutations, pod };
}
