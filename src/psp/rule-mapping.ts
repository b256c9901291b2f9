/**
 * Which rules judge as a PodSecurityPolicy validated: for each of its fields the rule, its parameters, and how the two
 * differ. The one place that knows the rules' ids and parameters.
 */
import type { GroupStrategy, PodSecurityPolicy } from './pod-security-policy.ts';
import type { PolicyField } from './policy-shape.ts';
import { wildcard } from './policy-contradiction.ts';
import { anyProfile, fieldOfProfile } from './profile-rule.ts';
import type { Range } from './strategy.ts';
import { allowedSources, allowsVolumeType, allVolumes } from './volume-types.ts';

export type Params = Readonly<Record<string, unknown>>;

export interface MappedRule {
  readonly rule: string;
  /** Left out where the rule has none, or its defaults are meant. */
  readonly params?: Params;
  /** Of the policy: fields of the spec, or annotations. */
  readonly from: readonly string[];
  /** Where the rule is stricter or laxer than the policy was, as a sentence without a full stop. */
  readonly difference?: string;
}

type Mapping = Omit<MappedRule, 'from'> | undefined;

interface Row {
  readonly from: readonly (PolicyField | 'seccomp annotations' | 'AppArmor annotations')[];
  readonly map: (policy: PodSecurityPolicy) => Mapping;
}

/** The highest id that the API accepts. */
const maxId = 2_147_483_647;

const table: readonly Row[] = [
  { from: ['privileged'], map: ({ privileged }) => (privileged ? undefined : { rule: 'pod-privileged' }) },
  { from: ['hostNetwork', 'hostPID', 'hostIPC'], map: mapHostNamespaces },
  {
    from: ['hostPorts'],
    map: ({ hostPorts }) => ({
      rule: 'pod-host-ports',
      params: { ranges: hostPorts },
      difference: 'in templates only the ports are judged that name a hostPort, also with hostNetwork',
    }),
  },
  { from: ['volumes'], map: mapVolumes },
  {
    from: ['allowedHostPaths'],
    map: ({ volumes, allowedHostPaths }) =>
      allowedHostPaths.length > 0 && allowsVolumeType(volumes, 'hostPath')
        ? // One that does not begin at the root never matched anything.
          {
            rule: 'pod-host-paths',
            params: { allowed: allowedHostPaths.filter(({ pathPrefix }) => pathPrefix.startsWith('/')) },
          }
        : undefined,
  },
  {
    from: ['allowedFlexVolumes'],
    map: ({ volumes, allowedFlexVolumes: drivers }) =>
      drivers.length > 0 && allowsVolumeType(volumes, 'flexVolume')
        ? { rule: 'pod-flex-volumes', params: { drivers: distinct(drivers) } }
        : undefined,
  },
  {
    from: ['allowedCSIDrivers'],
    map: ({ volumes, allowedCSIDrivers: drivers }) =>
      drivers.length > 0 && allowsVolumeType(volumes, 'csi')
        ? { rule: 'pod-csi-drivers', params: { drivers: distinct(drivers) } }
        : undefined,
  },
  { from: ['runAsUser'], map: mapNonRoot },
  { from: ['runAsUser'], map: mapUser },
  { from: ['runAsGroup'], map: ({ runAsGroup }) => mapGroups('pod-run-as-group', runAsGroup, isRequired(runAsGroup)) },
  {
    from: ['supplementalGroups'],
    map: ({ supplementalGroups }) => mapGroups('pod-supplemental-groups', supplementalGroups, false),
  },
  { from: ['fsGroup'], map: ({ fsGroup }) => mapGroups('pod-fs-group', fsGroup, false) },
  { from: ['seLinux'], map: mapSelinux },
  { from: ['allowPrivilegeEscalation', 'defaultAllowPrivilegeEscalation'], map: mapEscalation },
  {
    from: ['readOnlyRootFilesystem'],
    map: (policy) => (policy.readOnlyRootFilesystem ? { rule: 'pod-read-only-root-filesystem' } : undefined),
  },
  {
    from: ['allowedCapabilities', 'defaultAddCapabilities'],
    map: ({ allowedCapabilities, defaultAddCapabilities }) =>
      allowedCapabilities.includes(wildcard)
        ? undefined
        : {
            rule: 'pod-added-capabilities',
            params: { allowed: distinct([...allowedCapabilities, ...defaultAddCapabilities]) },
          },
  },
  {
    from: ['requiredDropCapabilities'],
    map: ({ requiredDropCapabilities: drops }) =>
      drops.length === 0
        ? undefined
        : // What may be added is judged by the rule above.
          { rule: 'pod-capabilities', params: { allowed: [wildcard], requiredDrop: distinct(drops) } },
  },
  {
    from: ['allowedProcMountTypes'],
    map: ({ allowedProcMountTypes }) => ({
      rule: 'pod-proc-mount',
      params: { allowed: distinct(allowedProcMountTypes) },
      difference: allowedProcMountTypes.includes('Default')
        ? 'a pod in a user namespace of its own (hostUsers: false) may have any type from v1.35 on'
        : 'Default is allowed, too',
    }),
  },
  {
    from: ['allowedUnsafeSysctls', 'forbiddenSysctls'],
    map: ({ allowedUnsafeSysctls, forbiddenSysctls }) => ({
      rule: 'pod-sysctls',
      params: { allowed: distinct(allowedUnsafeSysctls), forbidden: distinct(forbiddenSysctls) },
      difference: 'sysctls that became safe since PodSecurityPolicy was removed are allowed',
    }),
  },
  {
    from: ['runtimeClass'],
    map: ({ runtimeClass }) =>
      runtimeClass === undefined || runtimeClass.allowed.includes(wildcard)
        ? undefined
        : { rule: 'pod-runtime-class', params: { allowed: distinct(runtimeClass.allowed) } },
  },
  { from: ['seccomp annotations'], map: mapSeccomp },
  { from: ['AppArmor annotations'], map: mapAppArmor },
];

/** In the order of the table. */
export function mapToRules(policy: PodSecurityPolicy): readonly MappedRule[] {
  return table.flatMap(({ from, map }) => {
    const mapped = map(policy);
    return mapped === undefined ? [] : [{ ...mapped, from: from.map(describeSource) }];
  });
}

function describeSource(field: string): string {
  return field.includes(' ') ? field : `spec.${field}`;
}

function mapHostNamespaces(policy: PodSecurityPolicy): Mapping {
  const fields = ['hostNetwork', 'hostPID', 'hostIPC'] as const;
  const allowed = fields.filter((field) => policy[field]);
  return allowed.length === fields.length ? undefined : { rule: 'pod-host-namespaces', params: { allowed } };
}

function mapVolumes({ volumes }: PodSecurityPolicy): Mapping {
  if (volumes.includes(allVolumes)) return undefined;
  const rule = { rule: 'pod-volume-types', params: { allowed: distinct(allowedSources(volumes)) } };
  if (!volumes.includes('secret') || volumes.includes('projected')) return rule;
  return {
    ...rule,
    difference:
      "a volume with nothing but the service account's token counted as a secret; add projected, or set automountServiceAccountToken to false",
  };
}

function mapNonRoot({ runAsUser }: PodSecurityPolicy): Mapping {
  if (runAsUser?.rule !== 'MustRunAsNonRoot') return undefined;
  return {
    rule: 'pod-run-as-non-root',
    difference:
      'a user above 0 is not enough, runAsNonRoot must be true; and a pod in a user namespace of its own (hostUsers: false) passes from v1.35 on',
  };
}

function mapUser({ runAsUser }: PodSecurityPolicy): Mapping {
  if (runAsUser === undefined || runAsUser.rule === 'RunAsAny') return undefined;
  const rule = 'pod-run-as-user';
  return runAsUser.rule === 'MustRunAsNonRoot'
    ? { rule, params: { ranges: [{ min: 1, max: maxId }], mustBeSet: false } }
    : { rule, params: { ranges: clampRanges(runAsUser.ranges), mustBeSet: true } };
}

/**
 * @param mustBeSet not for groups that are only added to others: where none is asked for, none is outside of the ranges.
 *   Where no user or primary group is set the image chooses, and it may choose any
 */
function mapGroups(rule: string, strategy: GroupStrategy | undefined, mustBeSet: boolean): Mapping {
  if (strategy === undefined || strategy.rule === 'RunAsAny') return undefined;
  const params = { ranges: clampRanges(strategy.ranges), mustBeSet };
  return isRequired(strategy) && !mustBeSet
    ? { rule, params, difference: 'a pod that sets none passes; set mustBeSet to true where it must set one itself' }
    : { rule, params };
}

function isRequired(strategy: GroupStrategy | undefined): boolean {
  return strategy?.rule === 'MustRunAs';
}

function clampRanges(ranges: readonly Range[]): readonly Range[] {
  return ranges.map(({ min, max }) => ({ min: Math.min(min, maxId), max: Math.min(max, maxId) }));
}

function mapSelinux({ seLinux }: PodSecurityPolicy): Mapping {
  if (seLinux?.rule !== 'MustRunAs') return undefined;
  const { user = '', role = '', type = '', level = '' } = seLinux.options ?? {};
  const rule = { rule: 'pod-selinux-options', params: { user, role, type, level } };
  return type === '' || level === ''
    ? {
        ...rule,
        difference: 'where the policy has no type or level, any that Pod Security allows passes, not only none',
      }
    : rule;
}

function mapEscalation({ allowPrivilegeEscalation, defaultAllowPrivilegeEscalation }: PodSecurityPolicy): Mapping {
  const rule = 'pod-privilege-escalation';
  if (!allowPrivilegeEscalation) return { rule };
  if (defaultAllowPrivilegeEscalation !== false) return undefined;
  return {
    rule,
    difference: 'the policy only set the default, and admitted what sets it to true; the rule refuses it',
  };
}

function mapSeccomp({ seccomp: { allowed } }: PodSecurityPolicy): Mapping {
  if (allowed === undefined || allowed.includes(anyProfile)) return undefined;
  return {
    rule: 'pod-seccomp-profile',
    params: { allowed: allowed.map(printProfile) },
    difference: 'annotations of pods about seccomp are not read: Kubernetes has ignored them since v1.27',
  };
}

function mapAppArmor({ appArmor: { allowed } }: PodSecurityPolicy): Mapping {
  const named = allowed?.filter((name) => name !== '') ?? [];
  return named.length === 0
    ? undefined
    : { rule: 'pod-apparmor-profile', params: { allowed: named.map(printProfile) } };
}

/** `RuntimeDefault`, `Localhost/profiles/web.json`, or nothing. */
function printProfile(name: string): string {
  if (name === '') return '';
  const { type, localhostProfile } = fieldOfProfile(name);
  return localhostProfile === undefined ? type : `${type}/${localhostProfile}`;
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
