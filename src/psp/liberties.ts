/**
 * What pods do that not every pod may: the liberties that a PodSecurityPolicy may allow, each in words and as what a pod
 * has to say to take it.
 */
import { project } from '../core/project.ts';
import { podShape } from './pod.ts';
import type { Pod } from './pod.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import { wildcard } from './policy-contradiction.ts';
import { anyProfile, fieldOfProfile } from './profile-rule.ts';
import { allowedSources, allVolumes } from './volume-types.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Liberty {
  readonly what: string;
  /** Of the pod's spec. */
  readonly spec?: Json;
  /** Of its container. */
  readonly container?: Json;
  /** Of the container's security context. */
  readonly context?: Json;
}

const always: readonly Liberty[] = [
  { what: 'privileged containers', context: { privileged: true } },
  { what: 'hostNetwork', spec: { hostNetwork: true } },
  { what: 'hostPID', spec: { hostPID: true } },
  { what: 'hostIPC', spec: { hostIPC: true } },
  { what: 'privilege escalation', context: { allowPrivilegeEscalation: true } },
  { what: 'runAsNonRoot false', context: { runAsNonRoot: false } },
  { what: 'user 0', context: { runAsUser: 0 } },
  { what: 'SELinux options of any kind', spec: { securityContext: { seLinuxOptions: { type: 'spc_t' } } } },
  { what: 'the seccomp profile unconfined', context: { seccompProfile: { type: 'Unconfined' } } },
  { what: 'the AppArmor profile unconfined', context: { appArmorProfile: { type: 'Unconfined' } } },
  { what: 'procMount Unmasked', context: { procMount: 'Unmasked' } },
];

/** Those that any policy may allow, and those that this one does by name. */
export function libertiesOf(policy: PodSecurityPolicy): readonly Liberty[] {
  return [
    ...always,
    ...[...policy.allowedCapabilities, ...policy.defaultAddCapabilities].map((name) => {
      const capability = name === wildcard ? 'SYS_ADMIN' : name;
      return { what: `capability ${capability}`, context: { capabilities: { add: [capability] } } };
    }),
    ...policy.hostPorts.map(({ max }) => ({
      what: `host port ${max}`,
      container: { ports: [{ containerPort: 1, hostPort: max }] },
    })),
    ...policy.allowedUnsafeSysctls.map((pattern) => {
      const name = pattern.replace(/\*$/, 'example');
      return { what: `sysctl ${name}`, spec: { securityContext: { sysctls: [{ name }] } } };
    }),
    ...volumeLiberties(policy),
  ];
}

function volumeLiberties({ volumes, allowedHostPaths }: PodSecurityPolicy): readonly Liberty[] {
  const sources = volumes.includes(allVolumes) ? ['hostPath', 'nfs'] : allowedSources(volumes);
  const path = allowedHostPaths[0]?.pathPrefix ?? '/';
  return sources.map((source) => ({
    what: `${source} volumes`,
    spec: { volumes: [{ name: 'any', [source]: source === 'hostPath' ? { path } : { driver: 'any' } }] },
  }));
}

/** A pod that sets what a policy demands and does not set by itself; and the one liberty. */
export function buildProbe(policy: PodSecurityPolicy, { spec = {}, container = {}, context = {} }: Liberty): Pod {
  const seccomp = demandedProfile(policy.seccomp.allowed, policy.seccomp.default);
  const appArmor = demandedProfile(policy.appArmor.allowed, policy.appArmor.default);
  const { securityContext = {}, ...rest } = spec;
  const [procMount] = policy.allowedProcMountTypes;
  const demanded = {
    ...(procMount === undefined || policy.allowedProcMountTypes.includes('Default') ? {} : { procMount }),
    ...(appArmor === undefined ? {} : { appArmorProfile: fieldOfProfile(appArmor) }),
  };
  return project(podShape, {
    spec: {
      ...rest,
      securityContext: {
        ...(seccomp === undefined ? {} : { seccompProfile: fieldOfProfile(seccomp) }),
        ...(typeof securityContext === 'object' ? securityContext : {}),
      },
      containers: [{ name: 'probe', ...container, securityContext: { ...demanded, ...context } }],
    },
  });
}

function demandedProfile(allowed: readonly string[] | undefined, standard: string | undefined): string | undefined {
  if (allowed === undefined || standard !== undefined || allowed.includes(anyProfile)) return undefined;
  return allowed.find((name) => name !== '');
}
