/**
 * What is enforced besides the exec guard and the rules about pods: families that set something where the API server can,
 * and refuse it where it cannot. Who sets has no modes: something is set where it would be refused otherwise, and where it
 * would only be recorded or warned of, that is done by the policy that refuses, if there is one.
 */
import type { ClusterAdmin } from '../../core/cluster-admin.ts';
import type { EnforcedFamily, EnforcementCeiling } from '../../core/enforcement-terms.ts';
import type { SelectedRule } from '../../core/policy.ts';
import { selectRules } from '../../core/rule-selector.ts';
import { IMAGE_PULLS_NAME, planImagePulls } from './image-pulls.ts';
import { planPullsKeeper, PULLS_KEEPER_NAME } from './image-pulls-keeper.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import { knowMutating, knowValidating } from './known-policy.ts';
import type { KnownPolicy } from './known-policy.ts';
import { defaultingRulesOf, planPodDefaults, POD_DEFAULTS_NAME } from './pod-defaults.ts';
import { planPodFamily } from './pod-family.ts';
import type { LeftOut, PlannedExemption } from './pod-family.ts';
import { oldestMinors } from './planned-policy.ts';
import type { PlannedPolicy } from './planned-policy.ts';
import { CLUSTER_RBAC_GUARD_NAME, planClusterRbacGuard, planRbacGuard, RBAC_GUARD_NAME } from './rbac-guard.ts';
import { planServiceAccounts, SERVICE_ACCOUNTS_NAME, TOKEN_SECRETS_NAME } from './service-accounts.ts';

export const furtherFamilies = [
  'image-pulls',
  'pod-defaults',
  'service-accounts',
  'rbac',
] as const satisfies readonly EnforcedFamily[];
export type FurtherFamily = (typeof furtherFamilies)[number];

export interface FamiliesChoice {
  readonly families: readonly FurtherFamily[];
  readonly modes: NamespaceModes;
  /** Whose members' own requests are let through. */
  readonly breakGlassGroups: readonly string[];
  /** Of the API server that it is for; undefined is the newest. */
  readonly minor: number | undefined;
  /** Selectors of rules; of the others nothing is set. Undefined for all that set something. */
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

/** What would be set, by an API server that does not serve what sets it. */
export interface Unserved {
  readonly family: EnforcedFamily;
  /** A sentence without a full stop. */
  readonly message: string;
  /** Whether what is refused comes to the same. */
  readonly isRefusedInstead: boolean;
}

export interface PlannedFamilies {
  readonly policies: readonly PlannedPolicy[];
  /** Rules, or families, that were asked for and are not enforced. */
  readonly leftOut: readonly LeftOut[];
  readonly unserved: readonly Unserved[];
  /** What was not said, each in a sentence without a full stop. */
  readonly remarks: readonly string[];
}

type PlannedPart = Pick<PlannedFamilies, 'policies'> & Partial<Pick<PlannedFamilies, 'leftOut' | 'unserved'>>;

/** @param rules those in force, with their parameters */
export function planFamilies(choice: FamiliesChoice, rules: readonly SelectedRule[]): PlannedFamilies {
  const { families, modes, breakGlassGroups, minor, clusterAdmins, clusterRbac, tokenSecrets } = choice;
  const canSet = (minor ?? Infinity) >= oldestMinors.MutatingAdmissionPolicy;
  // What is set stands where it would be refused otherwise, and nowhere else.
  const canMutate = canSet && (modes.ceiling ?? 'deny') === 'deny';
  const planOf: Readonly<Record<FurtherFamily, () => PlannedPart>> = {
    'image-pulls': () => planPulls(choice, rules, { canSet, canMutate }),
    'pod-defaults': () => planDefaults(choice, rules, { canSet, canMutate }),
    'service-accounts': () => ({
      policies: planServiceAccounts({ canMutate, tokenSecrets, breakGlassGroups }, modes),
      unserved: canSet ? [] : [explainUnserved('service-accounts', minor)],
    }),
    rbac: () => ({ policies: [planRbacGuard({ clusterAdmins, breakGlassGroups }, modes)] }),
  };
  const parts = families.map((family) => planOf[family]());
  const ofCluster =
    clusterRbac === 'off' ? [] : [planClusterRbacGuard({ clusterAdmins, breakGlassGroups }, clusterRbac)];
  return {
    policies: [...parts.flatMap(({ policies }) => policies), ...ofCluster],
    leftOut: parts.flatMap(({ leftOut = [] }) => leftOut),
    unserved: parts.flatMap(({ unserved = [] }) => unserved),
    remarks: minor === undefined ? remarkUnsaid(families) : [],
  };
}

/** All that these families can become, for who removes what is there. */
export const furtherPolicies: readonly KnownPolicy[] = [
  // What keeps a value goes before what sets it, and comes after.
  knowValidating(PULLS_KEEPER_NAME, ['deny']),
  knowMutating(IMAGE_PULLS_NAME),
  knowValidating(IMAGE_PULLS_NAME),
  knowMutating(POD_DEFAULTS_NAME),
  knowMutating(SERVICE_ACCOUNTS_NAME),
  knowValidating(SERVICE_ACCOUNTS_NAME),
  knowValidating(TOKEN_SECRETS_NAME),
  knowValidating(RBAC_GUARD_NAME),
  knowValidating(CLUSTER_RBAC_GUARD_NAME),
];

interface Ability {
  /** Whether the API server sets anything by itself. */
  readonly canSet: boolean;
  /** Whether it may, too. */
  readonly canMutate: boolean;
}

/**
 * What is not set is refused, in pods and in what makes them. Where it is set, templates stay as they are written, so that
 * of those none is refused; who asks to be told is told. Pods are refused where somebody takes back what is set.
 */
function planPulls(
  { modes, breakGlassGroups, minor, exemptions = [] }: FamiliesChoice,
  rules: readonly SelectedRule[],
  { canSet, canMutate }: Ability,
): PlannedPart {
  const { policy: twin, leftOut } = planPodFamily({
    ...modes,
    family: 'image-pulls',
    rules,
    target: { podSecurityVersion: minor },
    breakGlassGroups,
    exemptions,
  });
  if (twin === undefined) {
    const reason = 'enforces nothing: no rule of it is in force';
    return { policies: [], leftOut: leftOut.length > 0 ? leftOut : [{ rule: 'image-pulls', reason }] };
  }
  if (!canSet) return { policies: [twin], unserved: [explainUnserved('image-pulls', minor)] };
  if (!canMutate) return { policies: [twin] };
  const bindings = twin.bindings.filter(({ mode }) => mode !== 'deny');
  const keeper = planPullsKeeper({ rules: twin.rules ?? [], breakGlassGroups, exemptions }, modes);
  return { policies: [planImagePulls(modes), { ...twin, bindings }, keeper] };
}

function planDefaults(
  { modes, minor, defaults = ['*'] }: FamiliesChoice,
  rules: readonly SelectedRule[],
  { canSet, canMutate }: Ability,
): PlannedPart {
  if (!canSet) return { policies: [], unserved: [explainUnserved('pod-defaults', minor)] };
  const leaveOut = (reason: string): PlannedPart => ({ policies: [], leftOut: [{ rule: 'pod-defaults', reason }] });
  if (!canMutate)
    return leaveOut('sets nothing: it has no other mode than deny, and less is the most that is enforced');
  const inForce = rules.map(({ rule }) => rule);
  const named = new Set(defaults.flatMap((selector) => selectRules(selector, inForce)));
  const policies = planPodDefaults(defaultingRulesOf(inForce.filter((rule) => named.has(rule))), modes);
  return policies.length === 0 ? leaveOut('sets nothing: no rule of it is in force') : { policies };
}

function remarkUnsaid(families: readonly FurtherFamily[]): readonly string[] {
  const oldest = oldestMinors.MutatingAdmissionPolicy;
  return families.every((family) => family === 'rbac')
    ? []
    : [
        `it was not said for which version this is: MutatingAdmissionPolicy takes Kubernetes 1.${oldest} or later, and --kubernetes-version 1.${oldest - 1} prints what an older one can do`,
      ];
}

const instead = {
  'image-pulls': 'imagePullPolicy is not set; new pods and workloads with another than Always are refused instead',
  'pod-defaults': 'nothing is set in new pods; pod-security refuses those that do not say it themselves',
  'service-accounts':
    'default service accounts are made as ever; "merlon fix" sets automountServiceAccountToken of those that are there',
} as const satisfies Partial<Record<FurtherFamily, string>>;

function explainUnserved(family: keyof typeof instead, minor = 0): Unserved {
  const oldest = oldestMinors.MutatingAdmissionPolicy;
  return {
    family,
    message: `Kubernetes 1.${minor} serves no MutatingAdmissionPolicy (it is there from 1.${oldest} on): ${instead[family]}`,
    // A pod that leaves a default open is refused only by another family.
    isRefusedInstead: family !== 'pod-defaults',
  };
}
