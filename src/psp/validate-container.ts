/**
 * What PodSecurityPolicy asks of each container, with what it has of its pod.
 *
 * Source: kubernetes v1.24, pkg/security/podsecuritypolicy/provider.go (validateContainer) and its strategies.
 */
import type { Container } from '../core/pod-shape.ts';
import type { PlacedContainer, Pod } from './pod.ts';
import { appArmorOfContainer, seccompOfContainer } from './pod-profiles.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import { wildcard } from './policy-contradiction.ts';
import type { Reasons } from './refusal-reason.ts';
import { isInRanges, printRanges } from './strategy.ts';
import { validateAppArmor, validateGroups, validateSeccomp, validateSelinux } from './validate-strategies.ts';

export function* validateContainer(policy: PodSecurityPolicy, pod: Pod, placed: PlacedContainer): Reasons {
  const { container } = placed;
  const who = `container "${container.name}"`;
  const path = `${placed.path}.securityContext`;
  const own = container.securityContext;
  const ofPod = pod.spec.securityContext;
  yield* validateUser(policy, pod, placed, who);
  const group = own?.runAsGroup ?? ofPod?.runAsGroup;
  const groups = group === undefined ? [] : [group];
  yield* validateGroups({ path, field: 'runAsGroup', who }, policy.runAsGroup, groups);
  // What it has of its pod was looked at there.
  if (own?.seLinuxOptions !== undefined) {
    yield* validateSelinux(who, `${path}.seLinuxOptions`, policy.seLinux, own.seLinuxOptions);
  }
  yield* validateAppArmor(who, policy.appArmor, appArmorOfContainer(pod, placed));
  yield* validateSeccomp(who, policy.seccomp, seccompOfContainer(pod, placed));
  yield* validatePrivileges(policy, container, who, path);
  yield* validateCapabilities(policy, container, who, path);
  yield* validateHostPorts(policy, pod, placed, who);
}

function* validateUser(
  { runAsUser: strategy }: PodSecurityPolicy,
  pod: Pod,
  { path, container }: PlacedContainer,
  who: string,
): Reasons {
  if (strategy === undefined || strategy.rule === 'RunAsAny') return;
  const own = container.securityContext;
  const ofPod = pod.spec.securityContext;
  const user = own?.runAsUser ?? ofPod?.runAsUser;
  const field = 'spec.runAsUser';
  const userPath = `${path}.securityContext.runAsUser`;
  if (strategy.rule === 'MustRunAs') {
    if (user !== undefined && isInRanges(user, strategy.ranges)) return;
    const found = user === undefined ? 'sets no runAsUser' : `runs as user ${user}`;
    yield { path: userPath, field, message: `${who} ${found}; it must be in ${printRanges(strategy.ranges)}` };
    return;
  }
  const nonRoot = own?.runAsNonRoot ?? ofPod?.runAsNonRoot;
  const nonRootPath = `${path}.securityContext.runAsNonRoot`;
  if (nonRoot === undefined && user === undefined) {
    yield { path: nonRootPath, field, message: `${who} sets neither runAsNonRoot nor runAsUser` };
  } else if (nonRoot === false) {
    yield { path: nonRootPath, field, message: `${who} sets runAsNonRoot to false; the policy requires non-root` };
  } else if (user === 0) {
    yield { path: userPath, field, message: `${who} runs as user 0, which is root; the policy requires non-root` };
  }
}

function* validatePrivileges(policy: PodSecurityPolicy, container: Container, who: string, path: string): Reasons {
  const context = container.securityContext;
  if (!policy.privileged && context?.privileged === true) {
    const message = `${who} is privileged; the policy does not allow it`;
    yield { path: `${path}.privileged`, field: 'spec.privileged', message };
  }
  const procMount = context?.procMount ?? 'Default';
  if (!policy.allowedProcMountTypes.includes(procMount)) {
    const message = `${who} has the procMount ${procMount}; allowed is ${policy.allowedProcMountTypes.join(', ')}`;
    yield { path: `${path}.procMount`, field: 'spec.allowedProcMountTypes', message };
  }
  if (policy.readOnlyRootFilesystem && context?.readOnlyRootFilesystem !== true) {
    const message = `${who} may write to its root file system; the policy requires readOnlyRootFilesystem`;
    yield { path: `${path}.readOnlyRootFilesystem`, field: 'spec.readOnlyRootFilesystem', message };
  }
  if (!policy.allowPrivilegeEscalation && context?.allowPrivilegeEscalation !== false) {
    const message = `${who} allows privilege escalation; the policy does not`;
    yield { path: `${path}.allowPrivilegeEscalation`, field: 'spec.allowPrivilegeEscalation', message };
  }
}

function* validateCapabilities(policy: PodSecurityPolicy, container: Container, who: string, path: string): Reasons {
  const { allowedCapabilities, defaultAddCapabilities, requiredDropCapabilities } = policy;
  if (allowedCapabilities.includes(wildcard)) return;
  const { add = [], drop = [] } = container.securityContext?.capabilities ?? {};
  const allowed = [...allowedCapabilities, ...defaultAddCapabilities];
  for (const [index, name] of add.entries()) {
    if (allowed.includes(name)) continue;
    const list = allowed.length === 0 ? 'none is allowed' : `allowed is ${allowed.join(', ')}`;
    const message = `${who} adds the capability "${name}"; ${list}`;
    yield { path: `${path}.capabilities.add[${index}]`, field: 'spec.allowedCapabilities', message };
  }
  for (const name of requiredDropCapabilities.filter((required) => !drop.includes(required))) {
    const message = `${who} does not drop the capability "${name}", which the policy requires`;
    yield { path: `${path}.capabilities.drop`, field: 'spec.requiredDropCapabilities', message };
  }
}

function* validateHostPorts(
  { hostPorts }: PodSecurityPolicy,
  pod: Pod,
  { path, container }: PlacedContainer,
  who: string,
): Reasons {
  for (const [index, { hostPort = 0, containerPort }] of (container.ports ?? []).entries()) {
    // On the host's network every port is the host's: the API server fills it in.
    const port = hostPort === 0 && pod.spec.hostNetwork === true ? containerPort : hostPort;
    if (port === 0 || isInRanges(port, hostPorts)) continue;
    const allowed = hostPorts.length === 0 ? 'none is allowed' : `allowed is ${printRanges(hostPorts)}`;
    const message = `${who} uses host port ${port}; ${allowed}`;
    yield { path: `${path}.ports[${index}].hostPort`, field: 'spec.hostPorts', message };
  }
}
