/** What no field says alone: the API server refused such a PodSecurityPolicy, so nobody knows what it would have meant. */
import { MalformedField } from '../core/shape.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import type { Range } from './strategy.ts';

/** In allowedCapabilities: every capability; among runtime classes: every class. */
export const wildcard = '*';

const maxPort = 65_535;

/** @returns the first field that cannot stand beside the others; undefined if all can */
export function findPolicyContradiction(policy: PodSecurityPolicy): MalformedField | undefined {
  return (
    findRangeProblem(policy) ??
    findCapabilityProblem(policy) ??
    findEscalationProblem(policy) ??
    findHostPathProblem(policy) ??
    findSysctlProblem(policy) ??
    findRuntimeClassProblem(policy)
  );
}

function findRangeProblem(policy: PodSecurityPolicy): MalformedField | undefined {
  const { hostPorts, runAsUser, runAsGroup, supplementalGroups, fsGroup } = policy;
  const strategies = Object.entries({ runAsUser, runAsGroup, supplementalGroups, fsGroup });
  return [
    ...hostPorts.map((range, index) => checkRange(`spec.hostPorts[${index}]`, range, maxPort)),
    ...strategies.flatMap(([field, strategy]) =>
      (strategy?.ranges ?? []).map((range, index) => checkRange(`spec.${field}.ranges[${index}]`, range)),
    ),
  ].find((problem) => problem !== undefined);
}

function checkRange(path: string, { min, max }: Range, highest = Infinity): MalformedField | undefined {
  if (min >= 0 && max >= min && max <= highest) return undefined;
  const limit = highest === Infinity ? '' : ` and to ${highest}`;
  return new MalformedField(path, `a range from 0${limit} whose min is not above its max`, `${min} to ${max}`);
}

function findCapabilityProblem(policy: PodSecurityPolicy): MalformedField | undefined {
  const { allowedCapabilities, defaultAddCapabilities, requiredDropCapabilities } = policy;
  if (requiredDropCapabilities.length > 0 && allowedCapabilities.includes(wildcard)) {
    return new MalformedField(
      'spec.requiredDropCapabilities',
      'empty where spec.allowedCapabilities allows "*"',
      requiredDropCapabilities.join(', '),
    );
  }
  const lists = Object.entries({ defaultAddCapabilities, allowedCapabilities });
  for (const [field, capabilities] of lists) {
    const both = capabilities.find((capability) => requiredDropCapabilities.includes(capability));
    if (both === undefined) continue;
    return new MalformedField(`spec.${field}`, 'without what spec.requiredDropCapabilities drops', both);
  }
  return undefined;
}

function findEscalationProblem(policy: PodSecurityPolicy): MalformedField | undefined {
  const { allowPrivilegeEscalation, defaultAllowPrivilegeEscalation } = policy;
  return defaultAllowPrivilegeEscalation === true && !allowPrivilegeEscalation
    ? new MalformedField(
        'spec.defaultAllowPrivilegeEscalation',
        'absent or false where spec.allowPrivilegeEscalation is false',
        'true',
      )
    : undefined;
}

function findHostPathProblem({ allowedHostPaths, allowedFlexVolumes }: PodSecurityPolicy): MalformedField | undefined {
  const index = allowedHostPaths.findIndex(({ pathPrefix }) => pathPrefix === '' || hasBackstep(pathPrefix));
  const wrong = allowedHostPaths[index]?.pathPrefix;
  if (wrong !== undefined) {
    const path = `spec.allowedHostPaths[${index}].pathPrefix`;
    return new MalformedField(path, 'a path without ".."', JSON.stringify(wrong));
  }
  const nameless = allowedFlexVolumes.indexOf('');
  return nameless === -1
    ? undefined
    : new MalformedField(`spec.allowedFlexVolumes[${nameless}].driver`, 'the name of a driver', '""');
}

/** The API server refuses it in a pod's hostPath, too: it would lead out of any prefix. */
export function hasBackstep(path: string): boolean {
  return path.split('/').includes('..');
}

/** A `*` that is not at the end would never match anything, and what is forbidden by it would be allowed. */
function findSysctlProblem({ allowedUnsafeSysctls, forbiddenSysctls }: PodSecurityPolicy): MalformedField | undefined {
  const lists = Object.entries({ allowedUnsafeSysctls, forbiddenSysctls });
  for (const [field, patterns] of lists) {
    const index = patterns.findIndex((pattern) => pattern === '' || pattern.slice(0, -1).includes('*'));
    if (index === -1) continue;
    const path = `spec.${field}[${index}]`;
    return new MalformedField(path, 'a name with no "*" but at its end', JSON.stringify(patterns[index]));
  }
  return undefined;
}

function findRuntimeClassProblem({ runtimeClass }: PodSecurityPolicy): MalformedField | undefined {
  if (runtimeClass?.default === undefined) return undefined;
  if (runtimeClass.allowed.some((name) => name === wildcard || name === runtimeClass.default)) return undefined;
  return new MalformedField(
    'spec.runtimeClass.defaultRuntimeClassName',
    'one of spec.runtimeClass.allowedRuntimeClassNames',
    JSON.stringify(runtimeClass.default),
  );
}
