/**
 * Reads a PodSecurityPolicy as its API understood it: what the API server would have refused is refused here.
 *
 * Source: kubernetes v1.24, pkg/apis/policy/validation/validation.go.
 */
import { kinds } from '../core/kinds.ts';
import { project } from '../core/project.ts';
import { MalformedField } from '../core/shape.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import { appArmorAnnotations, seccompAnnotations } from './policy-shape.ts';
import { findPolicyContradiction } from './policy-contradiction.ts';
import { readAppArmorRule, readSeccompRule } from './profile-rule.ts';
import { readSelinux, readStrategy } from './strategy.ts';
import { allVolumes, volumeTypes } from './volume-types.ts';

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
