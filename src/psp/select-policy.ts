/**
 * Which of several PodSecurityPolicies admits a pod: one that need not change the pod, else the first that admits it
 * after changing it; by name, so that the answer is always the same.
 *
 * Source: kubernetes v1.24, plugin/pkg/admission/security/podsecuritypolicy/admission.go (computeSecurityContext).
 */
import { compareText } from '../core/subject-ref.ts';
import type { Requester } from '../rbac/request.ts';
import { admit } from './admit.ts';
import type { Mutation } from './mutate.ts';
import type { Pod } from './pod.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import type { PolicyUse, Usability } from './policy-use.ts';
import type { RefusalReason } from './refusal-reason.ts';

export interface PolicyRefusal {
  readonly policy: string;
  readonly reasons: readonly RefusalReason[];
}

export type Selection =
  | { readonly outcome: 'admitted'; readonly policy: string; readonly mutations: readonly Mutation[] }
  | { readonly outcome: 'refused'; readonly refusals: readonly PolicyRefusal[] }
  | { readonly outcome: 'unknown'; readonly message: string; readonly refusals: readonly PolicyRefusal[] };

/** Whose right to use a policy counts for a pod. */
export interface PolicyUsers {
  readonly namespace: string;
  /** The pod's service account, and whoever creates the pod. */
  readonly who: readonly Requester[];
}

/**
 * @param policies of different names
 * @param use undefined where nothing is known of who may use which: then each is a candidate
 * @throws {MalformedField} if the pod holds a field in a wrong type
 */
export function selectPolicy(
  policies: readonly PodSecurityPolicy[],
  pod: Pod,
  users: PolicyUsers,
  use?: PolicyUse,
): Selection {
  let mutating: Selection | undefined;
  let doubt: string | undefined;
  const refusals: PolicyRefusal[] = [];
  for (const policy of policies.toSorted((a, b) => compareText(a.name, b.name))) {
    const usability: Usability = use?.mayUse(policy.name, users.namespace, users.who) ?? 'yes';
    const admission = admit(policy, pod);
    if (usability === 'no') {
      refusals.push({ policy: policy.name, reasons: [notUsable(policy.name, users)] });
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

function notUsable(policy: string, { who }: PolicyUsers): RefusalReason {
  return {
    path: 'spec.serviceAccountName',
    field: 'metadata.name',
    message: `${who.map(({ user }) => `"${user}"`).join(' and ')} may not use "${policy}"`,
  };
}
