/** Security contexts of generated pods and containers: every field that a Pod Security check reads, in every state. */
import type { Json } from './generator.ts';
import { chance, demanded, optional, pick, pickSome, pickValue } from './generator-dice.ts';
import type { Dice } from './generator-dice.ts';

/** What is decided for the whole pod, because the API server demands that its parts agree. */
export interface PodPlan {
  readonly isWindows: boolean;
  readonly hostUsers: boolean | null | undefined;
  readonly hostNetwork: boolean;
  readonly hostIPC: boolean;
  /** Undefined where Windows options are not allowed at all. */
  readonly hostProcess: { readonly pod?: boolean; readonly containers?: boolean } | undefined;
  /** Whether the pod or, where not, each container says what the restricted level demands. */
  readonly podSays: { readonly runAsNonRoot: boolean; readonly seccompProfile: boolean };
}

/** Characters that printing, sorting and headers may get wrong. */
const oddTexts: readonly string[] = [
  ...['', ' ', 'A "B"', 'A\\B', 'A, B', '<&>', '%s', 'a\nb', 'a\u0085b'],
  ...['ä', 'a\u2028b', '\uff5e', '\u{1f600}'],
];

const safeCapabilities: readonly string[] = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];
const unsafeCapabilities: readonly string[] = [
  ...['NET_RAW', 'SYS_ADMIN', 'ALL', 'all', 'net_bind_service', 'Chown', 'CAP_CHOWN', 'CAP_NET_BIND_SERVICE'],
  ...['CAP_SYS_ADMIN', 'SYS_TIME', 'BPF', ...oddTexts],
];
const drops: readonly (readonly string[] | null)[] = [
  [],
  null,
  ['all'],
  ['All'],
  ['CAP_ALL'],
  ['NET_RAW'],
  ['NET_RAW', 'all'],
  safeCapabilities,
];
const fullDrops: readonly (readonly string[])[] = [['ALL'], ['ALL'], ['NET_RAW', 'ALL'], ['ALL', 'ALL']];

const sysctls = {
  good: [
    ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
    ...['net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'],
  ],
  /** Those of later versions, and those of none. */
  bad: [
    ...['net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout'],
    ...['net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'],
    ...[
      'net.ipv4.tcp_slow_start_after_idle',
      'net.ipv4.tcp_notsent_lowat',
      'kernel.msgmax',
      'kernel.sem',
      'vm.swappiness',
    ],
    ...['net.core.somaxconn', 'fs.mqueue.msg_max', 'net/ipv4/tcp_syncookies', 'net.ipv4.tcp_rmem2', 'a'],
  ],
};

const seLinuxTypes = {
  good: ['', 'container_t', 'container_init_t', 'container_kvm_t'],
  bad: ['container_engine_t', 'spc_t', 'Container_t', 'container_t ', ...oddTexts],
};

export function generateContainerSecurityContext(dice: Dice, plan: PodPlan): Json {
  const { hostProcess, podSays } = plan;
  const windowsOptions = hostProcess && generateWindowsOptions(dice, hostProcess.containers);
  const runAsNonRoot = says(dice, podSays.runAsNonRoot, () => pickValue(dice, { good: [true], bad: [false] }));
  if (plan.isWindows) return { windowsOptions, runAsNonRoot };
  const allowPrivilegeEscalation = demanded(dice, () => pickValue(dice, { good: [false], bad: [true] }));
  const isEscalationForbidden = allowPrivilegeEscalation === false;
  return {
    windowsOptions,
    runAsNonRoot,
    allowPrivilegeEscalation,
    privileged: optional(dice, 0.3, () => !isEscalationForbidden && pickValue(dice, { good: [false], bad: [true] })),
    capabilities: demanded(dice, () => generateCapabilities(dice, isEscalationForbidden)),
    seccompProfile: says(dice, podSays.seccompProfile, () => generateProfile(dice)),
    appArmorProfile: optional(dice, 0.2, () => generateProfile(dice)),
    seLinuxOptions: optional(dice, 0.25, () => generateSeLinuxOptions(dice)),
    procMount: optional(dice, 0.2, () => generateProcMount(dice, plan)),
    runAsUser: optional(dice, 0.25, () => pickValue(dice, { good: [1, 1000, 2147483647], bad: [0] })),
    readOnlyRootFilesystem: optional(dice, 0.1, () => true),
  };
}

export function generatePodSecurityContext(dice: Dice, plan: PodPlan): Json {
  const { hostProcess, podSays } = plan;
  const windowsOptions = hostProcess && generateWindowsOptions(dice, hostProcess.pod);
  const runAsNonRoot = podSays.runAsNonRoot ? pickValue(dice, { good: [true], bad: [false] }) : undefined;
  if (plan.isWindows) return { windowsOptions, runAsNonRoot };
  return {
    windowsOptions,
    runAsNonRoot,
    seccompProfile: podSays.seccompProfile ? generateProfile(dice) : undefined,
    appArmorProfile: optional(dice, 0.15, () => generateProfile(dice)),
    seLinuxOptions: optional(dice, 0.2, () => generateSeLinuxOptions(dice)),
    runAsUser: optional(dice, 0.2, () => pickValue(dice, { good: [1, 1000], bad: [0] })),
    sysctls: optional(dice, 0.3, () => generateSysctls(dice, plan)),
    supplementalGroups: optional(dice, 0.1, () => [0, 1]),
  };
}

/** A container says again what its pod says only now and then. */
function says<T>(dice: Dice, isSaidByPod: boolean, make: () => T): T | null | undefined {
  return isSaidByPod ? optional(dice, 0.25, make) : demanded(dice, make);
}

function generateCapabilities(dice: Dice, isEscalationForbidden: boolean): Json {
  const add = optional(dice, 0.3, () => [
    ...(chance(dice, 0.7) ? ['NET_BIND_SERVICE'] : []),
    ...(chance(dice, dice.badness) ? pickSome(dice, safeCapabilities, 3, true) : []),
    ...(chance(dice, dice.badness) ? pickSome(dice, unsafeCapabilities, 4, true) : []),
  ]);
  return {
    // The API server knows this one by this name only.
    add: isEscalationForbidden ? add?.filter((name) => name !== 'CAP_SYS_ADMIN') : add,
    drop: chance(dice, dice.badness) ? pick(dice, drops) : pick(dice, fullDrops),
  };
}

function generateProfile(dice: Dice): Json {
  const type = pickValue(dice, { good: ['RuntimeDefault', 'RuntimeDefault', 'Localhost'], bad: ['Unconfined'] });
  return type === 'Localhost' ? { type, localhostProfile: 'profiles/web.json' } : { type };
}

function generateSeLinuxOptions(dice: Dice): Json {
  return {
    type: optional(dice, 0.8, () => pickValue(dice, seLinuxTypes)),
    user: optional(dice, 0.3, () => pickValue(dice, { good: [''], bad: ['system_u', ' '] })),
    role: optional(dice, 0.3, () => pickValue(dice, { good: [''], bad: ['system_r', '-'] })),
    level: optional(dice, 0.2, () => 's0:c1,c2'),
  };
}

function generateProcMount(dice: Dice, { hostUsers }: PodPlan): string {
  return hostUsers === false && chance(dice, 0.5) ? 'Unmasked' : 'Default';
}

function generateWindowsOptions(dice: Dice, hostProcess: boolean | undefined): Json | null | undefined {
  const hasToBe = hostProcess === undefined ? 0.3 : 1;
  return optional(dice, hasToBe, () => ({
    hostProcess,
    runAsUserName: optional(dice, 0.3, () => 'ContainerAdministrator'),
  }));
}

/** Names are unique in a pod, and those of a namespace that the pod shares with its node are not allowed. */
function generateSysctls(dice: Dice, { hostNetwork, hostIPC }: PodPlan): Json[] {
  const chosen = [
    ...pickSome(dice, sysctls.good, 3),
    ...(chance(dice, dice.badness) ? pickSome(dice, sysctls.bad, 6) : []),
  ];
  return chosen
    .filter((name) => !(hostNetwork && name.startsWith('net')) && !(hostIPC && /^(kernel|fs)/.test(name)))
    .map((name) => ({ name, value: '1' }));
}
