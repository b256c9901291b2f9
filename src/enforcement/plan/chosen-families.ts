/**
 * What is enforced besides the exec guard and the rules about pods: families that set something where the API server can,
 * and refuse it where it cannot.
 */
import type { EnforcementCeiling } from '../../core/enforcement-terms.ts';
import { resolveParams } from '../../core/params.ts';
import type { AnyRule } from '../../core/rule.ts';
import { IMAGE_PULLS_NAME, planImagePulls } from './image-pulls.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import { knowMutating, knowValidating } from './known-policy.ts';
import type { KnownPolicy } from './known-policy.ts';
import { defaultingRulesOf, planPodDefaults, POD_DEFAULTS_NAME } from './pod-defaults.ts';
import { planPodFamily } from './pod-family.ts';
import type { PlannedExemption } from './pod-family.ts';
import { oldestMinors } from './planned-policy.ts';
import type { PlannedPolicy } from './planned-policy.ts';
import { CLUSTER_RBAC_GUARD_NAME, planClusterRbacGuard, planRbacGuard, RBAC_GUARD_NAME } from './rbac-guard.ts';
import type { ClusterAdmin } from './rbac-guard.ts';
import { planServiceAccounts, SERVICE_ACCOUNTS_NAME, TOKEN_SECRETS_NAME } from './service-accounts.ts';

export const furtherFamilies = ['image-pulls', 'pod-defaults', 'service-accounts', 'rbac'] as const;
export type FurtherFamily = (typeof furtherFamilies)[number];

export interface FamiliesChoice {
  readonly families: readonly FurtherFamily[];
  readonly modes: NamespaceModes;
  /** Whose members' own requests are let through. */
  readonly breakGlassGroups: readonly string[];
  /** Of the API server that it is for; undefined is the newest. */
  readonly minor: number | undefined;
  /** The ids of rules; of the others nothing is set. Undefined for all that set something. */
  readonly defaults: readonly string[] | undefined;
  /** Whether Secrets are refused that hold tokens which never expire. */
  readonly tokenSecrets: boolean;
  /** To whom cluster-admin may be granted anew; undefined where anybody may be. */
  readonly clusterAdmins: readonly ClusterAdmin[] | undefined;
  /** Of rules about pods. */
  readonly exemptions?: readonly PlannedExemption[];
  /** Of roles and bindings that are in no namespace. */
  readonly clusterRbac: EnforcementCeiling;
}

export interface PlannedFamilies {
  readonly policies: readonly PlannedPolicy[];
  /** What was asked for and is not enforced, or not said, each in a sentence without a full stop. */
  readonly remarks: readonly string[];
}

/** @param rules of the catalogue */
export function planFamilies(choice: FamiliesChoice, rules: readonly AnyRule[]): PlannedFamilies {
  const { families, modes, breakGlassGroups, minor, clusterAdmins, clusterRbac } = choice;
  const { tokenSecrets } = choice;
  const canSet = (minor ?? Infinity) >= oldestMinors.MutatingAdmissionPolicy;
  // What is set stands where it would be refused otherwise, and nowhere else.
  const canMutate = canSet && (modes.ceiling ?? 'deny') === 'deny';
  const policiesOf: Readonly<Record<FurtherFamily, () => readonly PlannedPolicy[]>> = {
    'image-pulls': () => (canSet ? (canMutate ? [planImagePulls(modes)] : []) : planImagePullsTwin(choice, rules)),
    'pod-defaults': () => (canMutate ? planPodDefaults(selectDefaulting(choice, rules), modes) : []),
    'service-accounts': () => planServiceAccounts({ canMutate, tokenSecrets, breakGlassGroups }, modes),
    rbac: () => [planRbacGuard({ clusterAdmins, breakGlassGroups }, modes)],
  };
  const ofCluster =
    clusterRbac === 'off' ? [] : [planClusterRbacGuard({ clusterAdmins, breakGlassGroups }, clusterRbac)];
  return {
    policies: [...families.flatMap((family) => policiesOf[family]()), ...ofCluster],
    remarks: minor === undefined ? remarkUnsaid(families) : families.flatMap((family) => explainLeftOut(family, minor)),
  };
}

/** All that these families can become, for who removes what is there. */
export const furtherPolicies: readonly KnownPolicy[] = [
  knowMutating(IMAGE_PULLS_NAME),
  knowValidating(IMAGE_PULLS_NAME),
  knowMutating(POD_DEFAULTS_NAME),
  knowMutating(SERVICE_ACCOUNTS_NAME),
  knowValidating(SERVICE_ACCOUNTS_NAME),
  knowValidating(TOKEN_SECRETS_NAME),
  knowValidating(RBAC_GUARD_NAME),
  knowValidating(CLUSTER_RBAC_GUARD_NAME),
];

function selectDefaulting({ defaults }: FamiliesChoice, rules: readonly AnyRule[]) {
  return defaultingRulesOf(rules).filter(({ id }) => defaults?.includes(id) !== false);
}

/** Refused instead, in pods and in what makes them. */
function planImagePullsTwin(
  { modes, breakGlassGroups, minor, exemptions = [] }: FamiliesChoice,
  rules: readonly AnyRule[],
): readonly PlannedPolicy[] {
  const { policy } = planPodFamily({
    ...modes,
    family: 'image-pulls',
    rules: rules.map((rule) => ({ rule, params: resolveParams(rule) })),
    target: { podSecurityVersion: minor },
    breakGlassGroups,
    exemptions,
  });
  return policy === undefined ? [] : [policy];
}

function remarkUnsaid(families: readonly FurtherFamily[]): readonly string[] {
  const oldest = oldestMinors.MutatingAdmissionPolicy;
  return families.every((family) => family === 'rbac')
    ? []
    : [
        `it was not said for which version this is: MutatingAdmissionPolicy takes Kubernetes 1.${oldest} or later, and --kubernetes-version 1.${oldest - 1} prints what an older one can do`,
      ];
}

function explainLeftOut(family: FurtherFamily, minor: number): readonly string[] {
  if (minor >= oldestMinors.MutatingAdmissionPolicy) return [];
  const lacks = `left out: Kubernetes 1.${minor} serves no MutatingAdmissionPolicy (it is there from 1.${oldestMinors.MutatingAdmissionPolicy} on)`;
  switch (family) {
    case 'image-pulls':
      return [
        `${lacks}: imagePullPolicy is not set; new pods and workloads with another than Always are refused instead`,
      ];
    case 'pod-defaults':
      return [`${lacks}: nothing is set in new pods; pod-security refuses those that do not say it themselves`];
    case 'service-accounts':
      return [
        `${lacks}: default service accounts are made as ever; "merlon fix" sets automountServiceAccountToken of those that are there`,
      ];
    case 'rbac':
      return [];
  }
}
