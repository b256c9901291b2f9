/**
 * What a PodSecurityPolicy did that no rule can do, each with the way in which clusters do it today; and what it means
 * that a field is absent.
 *
 * Source: KEP-3962, MutatingAdmissionPolicy (v1 from Kubernetes 1.36).
 */
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import type { PolicyGaps } from './policy-gaps.ts';
import type { PolicyField } from './policy-shape.ts';

export interface ImportNotes {
  /** What it set in pods. */
  readonly mutated: readonly string[];
  /** What it asked or allowed, and nothing judges. */
  readonly withoutCounterpart: readonly string[];
  /** Strategies that the API required. */
  readonly missing: readonly string[];
  /** Absent fields that refuse something. */
  readonly kept: readonly string[];
}

export function buildImportNotes(policy: PodSecurityPolicy, gaps: PolicyGaps): ImportNotes {
  return {
    mutated: [...describeMutations(policy)],
    withoutCounterpart: [...describeUnmatched(policy)],
    missing: gaps.missingStrategies.map((field) => `spec.${field}: no rule is made of it`),
    kept: [...describeKept(policy, gaps)],
  };
}

/** For what may not be merged into a list that somebody else has written: KEP-3962 calls such lists atomic. */
const byPatch = 'by JSONPatch, because the list is atomic';

function* describeMutations(policy: PodSecurityPolicy): Generator<string> {
  const { runAsUser, runAsGroup, supplementalGroups, fsGroup, seLinux, seccomp, appArmor } = policy;
  const first = (strategy: { readonly ranges: readonly { readonly min: number }[] }): number =>
    strategy.ranges[0]?.min ?? 0;
  if (runAsUser?.rule === 'MustRunAs') yield set('spec.runAsUser', 'runAsUser', first(runAsUser));
  if (runAsUser?.rule === 'MustRunAsNonRoot') yield set('spec.runAsUser', 'runAsNonRoot', true);
  if (runAsGroup?.rule === 'MustRunAs') yield set('spec.runAsGroup', 'runAsGroup', first(runAsGroup));
  if (supplementalGroups?.rule === 'MustRunAs') {
    yield set('spec.supplementalGroups', 'supplementalGroups', [first(supplementalGroups)], byPatch);
  }
  if (fsGroup?.rule === 'MustRunAs') yield set('spec.fsGroup', 'fsGroup', first(fsGroup));
  if (seLinux?.rule === 'MustRunAs') yield set('spec.seLinux', 'seLinuxOptions', seLinux.options);
  if (policy.readOnlyRootFilesystem) yield set('spec.readOnlyRootFilesystem', 'readOnlyRootFilesystem', true);
  if (policy.defaultAllowPrivilegeEscalation !== undefined) {
    const standard = policy.defaultAllowPrivilegeEscalation;
    yield set('spec.defaultAllowPrivilegeEscalation', 'allowPrivilegeEscalation', standard);
  } else if (!policy.allowPrivilegeEscalation) {
    yield set('spec.allowPrivilegeEscalation', 'allowPrivilegeEscalation', false);
  }
  if (policy.requiredDropCapabilities.length > 0) {
    yield set('spec.requiredDropCapabilities', 'capabilities.drop', policy.requiredDropCapabilities, byPatch);
  }
  if (policy.defaultAddCapabilities.length > 0) {
    yield set('spec.defaultAddCapabilities', 'capabilities.add', policy.defaultAddCapabilities, byPatch);
  }
  if (policy.runtimeClass?.default !== undefined) {
    yield set('spec.runtimeClass.defaultRuntimeClassName', 'runtimeClassName', policy.runtimeClass.default);
  }
  if (seccomp.default !== undefined) {
    const also = "or the kubelet's seccompDefault, which no manifest shows";
    yield set('the annotation about the default seccomp profile', 'seccompProfile', seccomp.default, also);
  }
  if (appArmor.default !== undefined) {
    yield set('the annotation about the default AppArmor profile', 'appArmorProfile', appArmor.default);
  }
}

function set(field: string, what: string, value: unknown, how?: string): string {
  const way = how === undefined ? '' : `, ${how}`;
  return `${field} set ${what} to ${JSON.stringify(value)} where it was not set: a MutatingAdmissionPolicy sets it${way}`;
}

function* describeUnmatched(policy: PodSecurityPolicy): Generator<string> {
  yield 'who may use the policy (RBAC): a hardening policy is for namespaces; write a namespaceSelector';
  if (policy.seccomp.allowed === undefined) {
    yield 'no annotation about allowed seccomp profiles: such a policy refuses pods that set one, which is no hardening';
  }
  if (policy.appArmor.allowed?.every((name) => name === '') === true) {
    yield 'an empty annotation about allowed AppArmor profiles: such a policy admits no pod at all';
  }
}

interface Meaning {
  readonly field: PolicyField;
  readonly meaning: string;
}

/** What it refuses that a field is absent. */
const meanings: readonly Meaning[] = [
  { field: 'privileged', meaning: 'false: no privileged containers' },
  { field: 'hostNetwork', meaning: 'false' },
  { field: 'hostPID', meaning: 'false' },
  { field: 'hostIPC', meaning: 'false' },
  { field: 'hostPorts', meaning: 'no host ports' },
  { field: 'volumes', meaning: "no volumes of any type, and with them no service account's token" },
  { field: 'allowedCapabilities', meaning: 'no capability may be added' },
  { field: 'allowedProcMountTypes', meaning: 'only Default' },
  { field: 'allowedUnsafeSysctls', meaning: 'only safe sysctls' },
  { field: 'readOnlyRootFilesystem', meaning: 'false: not required, no rule' },
  { field: 'allowPrivilegeEscalation', meaning: 'true: allowed, no rule' },
];

function* describeKept(
  { defaultAllowPrivilegeEscalation }: PodSecurityPolicy,
  { absent }: PolicyGaps,
): Generator<string> {
  for (const { field, meaning } of meanings) {
    // There is a rule then, and the difference is told with it.
    const isTold = field === 'allowPrivilegeEscalation' && defaultAllowPrivilegeEscalation === false;
    if (absent.has(field) && !isTold) yield `spec.${field}: ${meaning}`;
  }
}
