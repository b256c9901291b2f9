/**
 * A PodSecurityPolicy with the meaning that its API gave it: what is absent means false or none, but for
 * allowPrivilegeEscalation, which means true.
 *
 * Source: the API reference of policy/v1beta1.
 */
import type { ProfileRule } from './profile-rule.ts';
import type { IdStrategy, Range, SelinuxStrategy } from './strategy.ts';

export interface PodSecurityPolicy {
  readonly name: string;
  readonly privileged: boolean;
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  readonly hostPorts: readonly Range[];
  /** As PodSecurityPolicy names them; `*` for all. */
  readonly volumes: readonly string[];
  /** Empty for every path. */
  readonly allowedHostPaths: readonly AllowedHostPath[];
  /** Empty for every driver. */
  readonly allowedFlexVolumes: readonly string[];
  /** Empty for every driver. */
  readonly allowedCSIDrivers: readonly string[];
  readonly readOnlyRootFilesystem: boolean;
  readonly allowPrivilegeEscalation: boolean;
  readonly defaultAllowPrivilegeEscalation: boolean | undefined;
  readonly allowedCapabilities: readonly string[];
  readonly defaultAddCapabilities: readonly string[];
  readonly requiredDropCapabilities: readonly string[];
  readonly allowedUnsafeSysctls: readonly string[];
  readonly forbiddenSysctls: readonly string[];
  /** `Default` where the policy names none. */
  readonly allowedProcMountTypes: readonly string[];
  readonly runtimeClass: RuntimeClassRule | undefined;
  /** The strategies that the API required are undefined in a fragment that lacks them: then nothing is asked. */
  readonly runAsUser: IdStrategy<'MustRunAs' | 'MustRunAsNonRoot' | 'RunAsAny'> | undefined;
  readonly runAsGroup: GroupStrategy | undefined;
  readonly supplementalGroups: GroupStrategy | undefined;
  readonly fsGroup: GroupStrategy | undefined;
  readonly seLinux: SelinuxStrategy | undefined;
  readonly seccomp: ProfileRule;
  readonly appArmor: ProfileRule;
}

export type GroupStrategy = IdStrategy<'MustRunAs' | 'MayRunAs' | 'RunAsAny'>;

export interface AllowedHostPath {
  readonly pathPrefix: string;
  readonly readOnly: boolean;
}

export interface RuntimeClassRule {
  /** `*` for every class. */
  readonly allowed: readonly string[];
  readonly default: string | undefined;
}
