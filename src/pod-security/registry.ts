/**
 * All checks of the Pod Security Standards, and which of them a level and a version stand for.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/registry.go.
 */
import { selectBranch } from './check.ts';
import type { CheckPod, PodSecurityCheck } from './check.ts';
import { allowPrivilegeEscalation } from './checks/allow-privilege-escalation.ts';
import { appArmorProfile } from './checks/app-armor-profile.ts';
import { capabilitiesBaseline } from './checks/capabilities-baseline.ts';
import { capabilitiesRestricted } from './checks/capabilities-restricted.ts';
import { hostNamespaces } from './checks/host-namespaces.ts';
import { hostPathVolumes } from './checks/host-path-volumes.ts';
import { hostPorts } from './checks/host-ports.ts';
import { hostProbesAndHostLifecycle } from './checks/host-probes-and-host-lifecycle.ts';
import { privileged } from './checks/privileged.ts';
import { procMountRestricted } from './checks/proc-mount-restricted.ts';
import { procMount } from './checks/proc-mount.ts';
import { restrictedVolumes } from './checks/restricted-volumes.ts';
import { runAsNonRoot } from './checks/run-as-non-root.ts';
import { runAsUser } from './checks/run-as-user.ts';
import { seLinuxOptions } from './checks/se-linux-options.ts';
import { seccompProfileBaseline } from './checks/seccomp-profile-baseline.ts';
import { seccompProfileRestricted } from './checks/seccomp-profile-restricted.ts';
import { sysctls } from './checks/sysctls.ts';
import { windowsHostProcess } from './checks/windows-host-process.ts';
import { LATEST_VERSION } from './version.ts';
import type { PolicyVersion } from './version.ts';

/** `privileged` allows everything. */
export type Level = 'privileged' | 'baseline' | 'restricted';

/**
 * In the order in which the API server reports them: those of baseline before those of restricted, each by the bytes of
 * their ids.
 */
export const podSecurityChecks: readonly PodSecurityCheck[] = [
  appArmorProfile,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  procMount,
  seLinuxOptions,
  seccompProfileBaseline,
  sysctls,
  windowsHostProcess,

  allowPrivilegeEscalation,
  capabilitiesRestricted,
  procMountRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompProfileRestricted,
];

/** A check as it is at one version. */
export interface BoundCheck {
  readonly id: string;
  readonly check: CheckPod;
}

const selections: Readonly<Record<Level, (readonly BoundCheck[] | undefined)[]>> = {
  privileged: [],
  baseline: [],
  restricted: [],
};

/** @param version one that is newer than every check has the checks of the newest */
export function selectChecks(level: Level, version: PolicyVersion): readonly BoundCheck[] {
  const known = Math.min(version, LATEST_VERSION);
  return (selections[level][known] ??= buildSelection(level, known));
}

/** Restricted is baseline and more, but for the checks that restricted has a stricter one for. */
function buildSelection(level: Level, version: PolicyVersion): readonly BoundCheck[] {
  if (level === 'privileged') return [];
  const bound = podSecurityChecks.flatMap((check) => {
    const branch = check.level === 'baseline' || level === 'restricted' ? selectBranch(check, version) : undefined;
    return branch === undefined ? [] : [{ id: check.id, check: branch.check, overrides: check.overrides ?? [] }];
  });
  const overridden = new Set(bound.flatMap(({ overrides }) => overrides));
  return bound.filter(({ id }) => !overridden.has(id)).map(({ id, check }) => ({ id, check }));
}
