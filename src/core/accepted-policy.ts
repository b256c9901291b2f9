/** Policies that are in force, whatever people write into them meanwhile. */
import type { ClusterHardeningPolicySpec } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { HardeningPolicySpec } from '../api/v1alpha1/hardening-policy.ts';

/** A policy whose spec is in force: the present one, or the last good one. */
export interface AcceptedPolicy {
  readonly name: string;
  readonly generation: number;
  readonly spec: ClusterHardeningPolicySpec;
}

/** The same of one namespace. */
export interface AcceptedOwnPolicy {
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  readonly spec: HardeningPolicySpec;
}

/** The version of a policy that something comes from. */
export interface PolicySource {
  readonly kind: 'ClusterHardeningPolicy' | 'HardeningPolicy';
  readonly name: string;
  /** Of a HardeningPolicy. */
  readonly namespace?: string;
  readonly generation: number;
}
