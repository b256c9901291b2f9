/**
 * A PodSecurityPolicy with the meaning that its API gave it: what is absent means false or none, but for
 * allowPrivilegeEscalation, which means true. What the API server would have refused is refused here.
 *
 * Source: kubernetes v1.24, pkg/apis/policy/validation/validation.go; the API reference of policy/v1beta1.
 */
import { kinds } from '../core/kinds.ts';
import { project } from '../core/project.ts';
import { MalformedField } from '../core/shape.ts';
import { appArmorAnnotations, seccompAnnotations } from './policy-shape.ts';
import { findPolicyContradiction } from './policy-contradiction.ts';
import { readAppArmorRule, readSeccompRule } from './profile-rule.ts';
import type { ProfileRule } from './profile-rule.ts';
import { readSelinux, readStrategy } from './strategy.ts';
import type { IdStrategy, Range, SelinuxStrategy } from './strategy.ts';
import { allVolumes, volumeTypes } from './volume-types.ts';

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

const userRules = ['MustRunAs', 'MustRunAsNonRoot', 'RunAsAny'] as const;
const groupRules = ['MustRunAs', 'MayRunAs', 'RunAsAny'] as const;
const procMountTypes = ['Default', 'Unmasked'] as const;

/**
 * @param json the object as JSON holds it, with its name
 * @throws {MalformedField} naming the field and what it may hold
 */
export function readPodSecurityPolicy(json: unknown): PodSecurityPolicy {
  const { metadata, spec = {} } = project(kinds.PodSecurityPolicy.shape, json);
  const policy: PodSecurityPolicy = {
    name: metadata.name,
    privileged: spec.privileged === true,
    hostNetwork: spec.hostNetwork === true,
    hostPID: spec.hostPID === true,
    hostIPC: spec.hostIPC === true,
    hostPorts: (spec.hostPorts ?? []).map(({ min, max }) => ({ min, max })),
    volumes: readChoices('spec.volumes', spec.volumes, [...volumeTypes.keys(), allVolumes]),
    allowedHostPaths: (spec.allowedHostPaths ?? []).map(({ pathPrefix, readOnly }) => ({
      pathPrefix,
      readOnly: readOnly === true,
    })),
    allowedFlexVolumes: (spec.allowedFlexVolumes ?? []).map(({ driver }) => driver),
    allowedCSIDrivers: (spec.allowedCSIDrivers ?? []).map(({ name }) => name),
    readOnlyRootFilesystem: spec.readOnlyRootFilesystem === true,
    allowPrivilegeEscalation: spec.allowPrivilegeEscalation ?? true,
    defaultAllowPrivilegeEscalation: spec.defaultAllowPrivilegeEscalation,
    allowedCapabilities: [...(spec.allowedCapabilities ?? [])],
    defaultAddCapabilities: [...(spec.defaultAddCapabilities ?? [])],
    requiredDropCapabilities: [...(spec.requiredDropCapabilities ?? [])],
    allowedUnsafeSysctls: [...(spec.allowedUnsafeSysctls ?? [])],
    forbiddenSysctls: [...(spec.forbiddenSysctls ?? [])],
    allowedProcMountTypes: readChoices(
      'spec.allowedProcMountTypes',
      spec.allowedProcMountTypes ?? ['Default'],
      procMountTypes,
    ),
    runtimeClass:
      spec.runtimeClass === undefined
        ? undefined
        : {
            allowed: [...(spec.runtimeClass.allowedRuntimeClassNames ?? [])],
            default: spec.runtimeClass.defaultRuntimeClassName,
          },
    runAsUser: readStrategy('spec.runAsUser', spec.runAsUser, userRules),
    runAsGroup: readStrategy('spec.runAsGroup', spec.runAsGroup, groupRules),
    supplementalGroups: readStrategy('spec.supplementalGroups', spec.supplementalGroups, groupRules),
    fsGroup: readStrategy('spec.fsGroup', spec.fsGroup, groupRules),
    seLinux: readSelinux(spec.seLinux),
    seccomp: readSeccompRule(
      metadata.annotations?.[seccompAnnotations.allowed],
      metadata.annotations?.[seccompAnnotations.default],
    ),
    appArmor: readAppArmorRule(
      metadata.annotations?.[appArmorAnnotations.allowed],
      metadata.annotations?.[appArmorAnnotations.default],
    ),
  };
  const contradiction = findPolicyContradiction(policy);
  if (contradiction !== undefined) throw contradiction;
  return policy;
}

function readChoices(path: string, chosen: readonly string[] | undefined, allowed: readonly string[]): string[] {
  return (chosen ?? []).map((choice, index) => {
    if (allowed.includes(choice)) return choice;
    throw new MalformedField(`${path}[${index}]`, `one of ${allowed.join(', ')}`, JSON.stringify(choice));
  });
}
