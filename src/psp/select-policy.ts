/**
 * Which of several PodSecurityPolicies admits a pod: one that need not change the pod, else the first that admits it
 * after changing it; by name, so that the answer is always the same.
 *
 * Source: kubernetes v1.24, plugin/pkg/admission/security/podsecuritypolicy/admission.go (computeSecurityContext).
 */
import { compareText } from '../core/subject-ref.ts';
import { admit } from './admit.ts';
import type { Mutation } from './mutate.ts';
import type { Pod } from './pod.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import type { Identity, PolicyUse, Usability } from './policy-use.ts';
import type { RefusalReason } from './refusal-reason.ts';

export interface PolicyRefusal {
  readonly policy: string;
  readonly reasons: readonly RefusalReason[];
}

export type Selection =
  | { readonly outcome: 'admitted'; readonly policy: string; readonly mutations: readonly Mutation[] }
  | { readonly outcome: 'refused'; readonly refusals: readonly PolicyRefusal[] }
  | { readonly outcome: 'unknown'; readonly message: string; readonly refusals: readonly PolicyRefusal[] };

export interface Requester {
  readonly namespace: string;
  /** The pod's service account, and whoever creates the pod. */
  readonly who: readonly Identity[];
}

/**
 * @param policies of different names
 * @param use undefined where nothing is known of who may use which: then each is a candidate
 * @throws {MalformedField} if the pod holds a field in a wrong type
 */
export function selectPolicy(
  policies: readonly PodSecurityPolicy[],
  pod: Pod,
  requester: Requester,
  use?: PolicyUse,
): Selection {
  let mutating: Selection | undefined;
  let doubt: string | undefined;
  const refusals: PolicyRefusal[] = [];
  for (const policy of policies.toSorted((a, b) => compareText(a.name, b.name))) {
    const usability: Usability = use?.mayUse(policy.name, requester.namespace, requester.who) ?? 'yes';
    const admission = admit(policy, pod);
    if (usability === 'no') {
      refusals.push({ policy: policy.name, reasons: [notUsable(policy.name, requester)] });
    } else if (admission.outcome === 'refused') {
      refusals.push({ policy: policy.name, reasons: admission.reasons });
    } else if (usability !== 'yes') {
      doubt ??= `PodSecurityPolicy "${policy.name}" would admit it, but who may use it is not known: ${usability.unknown}`;
    } else {
      const { mutations } = admission;
      if (!admission.mutated) return { outcome: 'admitted', policy: policy.name, mutations };
      mutating ??= { outcome: 'admitted', policy: policy.name, mutations };
    }
  }
  if (mutating !== undefined) return mutating;
  return doubt === undefined ? { outcome: 'refused', refusals } : { outcome: 'unknown', message: doubt, refusals };
}

function notUsable(policy: string, { who }: Requester): RefusalReason {
  return {
    path: 'spec.serviceAccountName',
    field: 'metadata.name',
    message: `${who.map(({ user }) => `"${user}"`).join(' and ')} may not use "${policy}"`,
  };
}
