/**
 * What PodSecurityPolicy asks of a pod as a whole, after it has set what it sets.
 *
 * Source: kubernetes v1.24, pkg/security/podsecuritypolicy/provider.go (ValidatePod) and its strategies.
 */
import { containersOf } from './pod.ts';
import type { Pod } from './pod.ts';
import { seccompOfPod } from './pod-profiles.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import { wildcard } from './policy-contradiction.ts';
import type { Reasons, RefusalReason } from './refusal-reason.ts';
import { validateContainer } from './validate-container.ts';
import { validateGroups, validateSeccomp, validateSelinux } from './validate-strategies.ts';
import { validateVolumes } from './validate-volumes.ts';

/**
 * Every reason, as the API server named them all.
 * @throws {MalformedField}
 */
export function validate(policy: PodSecurityPolicy, pod: Pod): readonly RefusalReason[] {
  return [
    ...validateIdentity(policy, pod),
    ...validateHostNamespaces(policy, pod),
    ...validateSysctls(policy, pod),
    ...validateVolumes(policy, pod),
    ...validateRuntimeClass(policy, pod),
    ...containersOf(pod).flatMap((placed) => [...validateContainer(policy, pod, placed)]),
  ];
}

function* validateIdentity(policy: PodSecurityPolicy, pod: Pod): Reasons {
  const context = pod.spec.securityContext;
  const path = 'spec.securityContext';
  const fsGroups = context?.fsGroup === undefined ? [] : [context.fsGroup];
  yield* validateGroups({ path, field: 'fsGroup', who: 'the pod' }, policy.fsGroup, fsGroups);
  const groups = context?.supplementalGroups ?? [];
  yield* validateGroups({ path, field: 'supplementalGroups', who: 'the pod' }, policy.supplementalGroups, groups);
  yield* validateSeccomp('the pod', policy.seccomp, seccompOfPod(pod));
  yield* validateSelinux('the pod', `${path}.seLinuxOptions`, policy.seLinux, context?.seLinuxOptions);
}

function* validateHostNamespaces(policy: PodSecurityPolicy, { spec }: Pod): Reasons {
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
    if (policy[field] || spec[field] !== true) continue;
    yield { path: `spec.${field}`, field: `spec.${field}`, message: `${field} is set; the policy does not allow it` };
  }
}

/** Allowed by every policy that does not forbid them. Source: v1.24, SafeSysctlAllowlist. */
const safeSysctls: readonly string[] = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_syncookies',
];

function* validateSysctls(policy: PodSecurityPolicy, { spec }: Pod): Reasons {
  for (const [index, { name }] of (spec.securityContext?.sysctls ?? []).entries()) {
    const path = `spec.securityContext.sysctls[${index}].name`;
    if (matchesPattern(name, policy.forbiddenSysctls)) {
      yield { path, field: 'spec.forbiddenSysctls', message: `sysctl "${name}" is forbidden` };
    } else if (!safeSysctls.includes(name) && !matchesPattern(name, policy.allowedUnsafeSysctls)) {
      const message = `sysctl "${name}" is neither safe nor in allowedUnsafeSysctls`;
      yield { path, field: 'spec.allowedUnsafeSysctls', message };
    }
  }
}

/** A `*` at the end stands for anything. */
function matchesPattern(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith(wildcard) ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}

function* validateRuntimeClass({ runtimeClass }: PodSecurityPolicy, { spec }: Pod): Reasons {
  const name = spec.runtimeClassName;
  if (runtimeClass === undefined || name === undefined) return;
  if (runtimeClass.allowed.some((allowed) => allowed === wildcard || allowed === name)) return;
  yield {
    path: 'spec.runtimeClassName',
    field: 'spec.runtimeClass.allowedRuntimeClassNames',
    message: `runtime class "${name}" is not allowed; ${listAllowed(runtimeClass.allowed)}`,
  };
}

/** `allowed is "a", "b"` */
function listAllowed(names: readonly string[]): string {
  return names.length === 0 ? 'none is' : `allowed is ${names.map((name) => `"${name}"`).join(', ')}`;
}
