/** What policies say of what the API server enforces by itself, after all of them were merged. */
import type { ClusterHardeningPolicySpec } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { OPERATOR_NAMESPACE, PROBE_NAMESPACE } from '../api/v1alpha1/group.ts';
import { enforcementModes } from '../api/v1alpha1/enforcement.ts';
import type { enforcedFamilies, guardedConnections, silentModes } from '../api/v1alpha1/enforcement.ts';
import type { Said } from './said.ts';
import type { AcceptedPolicy } from './accepted-policy.ts';
import { matchPolicy } from './policy-scope.ts';
import { HOW_TO_NAME_ADMINS, parseClusterAdmin } from './cluster-admin.ts';
import type { ClusterAdmin } from './cluster-admin.ts';

export type EnforcementCeiling = (typeof enforcementModes)[number];
export type SilentMode = (typeof silentModes)[number];
export type EnforcedFamily = (typeof enforcedFamilies)[number];
export type GuardedConnection = (typeof guardedConnections)[number];

/** Each with who says it. */
export interface EnforcementSettings {
  enforcementMode?: Said<EnforcementCeiling>;
  enforcedWithoutLabel?: Said<EnforcementCeiling>;
  enforcedFamilies?: Said<readonly EnforcedFamily[]>;
  enforcedRules?: Said<readonly string[]>;
  namespacesOut?: Said<readonly string[]>;
  breakGlassGroups?: Said<readonly string[]>;
  guardedConnections?: Said<readonly GuardedConnection[]>;
  guardsDebugContainers?: Said<boolean>;
  guardsHostNetwork?: Said<boolean>;
  guardsByLabel?: Said<boolean>;
  defaultingRules?: Said<readonly string[]>;
  refusesTokenSecrets?: Said<boolean>;
  /** As people write them. */
  clusterAdmins?: Said<readonly string[]>;
  nodesProxyMode?: Said<SilentMode>;
  clusterRbacMode?: Said<EnforcementCeiling>;
}

export interface EnforcementTerms {
  /** The most that is enforced; absent where no policy says it, which is off. */
  readonly ceiling?: EnforcementCeiling;
  readonly withoutLabel: EnforcementCeiling;
  readonly families: readonly EnforcedFamily[];
  /** Selectors of the rules that new pods are held to; absent where all that are in force are. */
  readonly rules?: readonly string[];
  readonly namespacesOut: readonly string[];
  readonly breakGlassGroups: readonly string[];
  readonly exec: {
    readonly connections: readonly GuardedConnection[];
    readonly ephemeralContainers: boolean;
    readonly hostNetwork: boolean;
    /** Whether pods are spared by their label. */
    readonly byLabel: boolean;
  };
  /** Selectors of the rules for which something is set in new pods; absent where it is set for all that are in force. */
  readonly defaults?: readonly string[];
  /** Whether Secrets are refused that hold tokens which never expire. */
  readonly tokenSecrets: boolean;
  /** To whom cluster-admin may be granted anew; absent where anybody may be. */
  readonly clusterAdmins?: readonly ClusterAdmin[];
  readonly cluster: { readonly nodesProxy: SilentMode; readonly rbac: EnforcementCeiling };
}

/**
 * Whatever policies say: what is enforced there can keep a cluster from being repaired, and in the last one Merlon tries
 * pods that have to be answered by what is tried alone.
 */
export const NAMESPACES_ALWAYS_OUT: readonly string[] = ['kube-system', OPERATOR_NAMESPACE, PROBE_NAMESPACE];

/** @param named by policies */
export function keepOutBesides(named: readonly string[]): readonly string[] {
  return [...new Set([...NAMESPACES_ALWAYS_OUT, ...named])];
}

/** What Merlon says itself; of what only ever grows or shrinks it says nothing. */
export const builtInEnforcement = {
  enforcedWithoutLabel: 'off',
  enforcedFamilies: ['exec'],
  breakGlassGroups: [],
  guardedConnections: [],
  guardsDebugContainers: false,
  guardsHostNetwork: false,
  guardsByLabel: false,
  refusesTokenSecrets: false,
} as const satisfies { readonly [Name in keyof EnforcementSettings]: unknown };

/** Of each setting its field and what stands there; of a policy that is not of the whole cluster nothing counts. */
export function readEnforcement(policy: AcceptedPolicy) {
  const stated = isOfWholeCluster(policy) ? policy.spec.enforcement : undefined;
  const { exec = {}, podDefaults = {}, serviceAccounts = {}, rbac = {}, cluster = {}, ...spec } = stated ?? {};
  const at = (field: string): string => `spec.enforcement.${field}`;
  return {
    enforcementMode: [at('mode'), spec.mode],
    enforcedWithoutLabel: [at('withoutLabel'), spec.withoutLabel],
    enforcedFamilies: [at('families'), spec.families],
    enforcedRules: [at('rules'), spec.rules],
    namespacesOut: [at('namespacesOut'), spec.namespacesOut],
    breakGlassGroups: [at('breakGlassGroups'), spec.breakGlassGroups],
    guardedConnections: [at('exec.connections'), exec.connections],
    guardsDebugContainers: [at('exec.ephemeralContainers'), exec.ephemeralContainers],
    guardsHostNetwork: [at('exec.hostNetwork'), exec.hostNetwork],
    guardsByLabel: [at('exec.byLabel'), exec.byLabel],
    defaultingRules: [at('podDefaults.rules'), podDefaults.rules],
    refusesTokenSecrets: [at('serviceAccounts.tokenSecrets'), serviceAccounts.tokenSecrets],
    clusterAdmins: [at('rbac.clusterAdmins'), rbac.clusterAdmins],
    nodesProxyMode: [at('cluster.nodesProxy'), cluster.nodesProxy],
    clusterRbacMode: [at('cluster.rbac'), cluster.rbac],
  } as const;
}

export function buildEnforcementTerms(settings: EnforcementSettings): EnforcementTerms {
  const { enforcementMode, nodesProxyMode, clusterRbacMode, enforcedRules, defaultingRules, clusterAdmins } = settings;
  const said = <T>(one: Said<T> | undefined, otherwise: T): T => (one === undefined ? otherwise : one.value);
  return {
    ...(enforcementMode === undefined ? {} : { ceiling: enforcementMode.value }),
    withoutLabel: said(settings.enforcedWithoutLabel, builtInEnforcement.enforcedWithoutLabel),
    families: said(settings.enforcedFamilies, builtInEnforcement.enforcedFamilies),
    ...(enforcedRules === undefined ? {} : { rules: enforcedRules.value }),
    namespacesOut: keepOutBesides(said(settings.namespacesOut, [])),
    breakGlassGroups: said(settings.breakGlassGroups, builtInEnforcement.breakGlassGroups),
    exec: {
      connections: said(settings.guardedConnections, builtInEnforcement.guardedConnections),
      ephemeralContainers: said(settings.guardsDebugContainers, builtInEnforcement.guardsDebugContainers),
      hostNetwork: said(settings.guardsHostNetwork, builtInEnforcement.guardsHostNetwork),
      byLabel: said(settings.guardsByLabel, builtInEnforcement.guardsByLabel),
    },
    ...(defaultingRules === undefined ? {} : { defaults: defaultingRules.value }),
    tokenSecrets: said(settings.refusesTokenSecrets, builtInEnforcement.refusesTokenSecrets),
    ...(clusterAdmins === undefined
      ? {}
      : { clusterAdmins: clusterAdmins.value.flatMap((one) => parseClusterAdmin(one) ?? []) }),
    cluster: { nodesProxy: said(nodesProxyMode, 'off'), rbac: said(clusterRbacMode, 'off') },
  };
}

/** How much a mode enforces; for the least of several. */
export function rankOfMode(mode: EnforcementCeiling): number {
  return enforcementModes.indexOf(mode);
}

function isOfWholeCluster(policy: AcceptedPolicy): boolean {
  return matchPolicy(policy, 'cluster', undefined) === 'yes';
}

export interface IgnoredEnforcement {
  readonly path: string;
  readonly reason: 'NotOfCluster';
  readonly message: string;
}

/** What it says of enforcement where it may not, for its status. */
export function findIgnoredEnforcement(policy: AcceptedPolicy): readonly IgnoredEnforcement[] {
  if (policy.spec.enforcement === undefined || isOfWholeCluster(policy)) return [];
  const message =
    'an admission policy is of the whole cluster: only a policy without namespaces and namespaceSelector says what is enforced; namespaces say where, by the label merlon.dev/enforce';
  return [{ path: 'spec.enforcement', reason: 'NotOfCluster', message }];
}

export interface EnforcementProblem {
  readonly reason: 'InvalidEnforcement';
  readonly message: string;
  readonly path: string;
}

/** @param spec as its schema admits it. @returns undefined if nothing is wrong */
export function findEnforcementProblem(
  spec: ClusterHardeningPolicySpec['enforcement'],
): EnforcementProblem | undefined {
  for (const [index, group] of (spec?.breakGlassGroups ?? []).entries()) {
    const path = `spec.enforcement.breakGlassGroups[${index}]`;
    const problem = findGroupProblem(group);
    if (problem !== undefined) return { reason: 'InvalidEnforcement', message: `${path} ${problem}`, path };
  }
  for (const [index, admin] of (spec?.rbac?.clusterAdmins ?? []).entries()) {
    if (parseClusterAdmin(admin) !== undefined) continue;
    const path = `spec.enforcement.rbac.clusterAdmins[${index}]`;
    return { reason: 'InvalidEnforcement', message: `${path} is nobody; ${HOW_TO_NAME_ADMINS}`, path };
  }
  return undefined;
}

function findGroupProblem(group: string): string | undefined {
  if (group.trim() === '' || !group.isWellFormed()) return 'is no name of a group';
  return isCrowd(group) ? `is "${group}", a crowd of which nobody would be refused` : undefined;
}

/** Groups that are no few people who are called in an emergency. */
const crowds = ['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts'];

/** Whether nobody would be refused, or every workload let through, were it a break-glass group. */
export function isCrowd(group: string): boolean {
  return crowds.includes(group) || group.startsWith('system:serviceaccounts:');
}
