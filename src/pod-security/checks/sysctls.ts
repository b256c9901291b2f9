/**
 * Most sysctls are the node's, and change the kernel for every pod on it. Those that belong to the pod and cannot harm
 * others are a list that grew from version to version.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_sysctls.go.
 */
import { violation } from '../../core/rule.ts';
import type { CheckPod, PodSecurityCheck } from '../check.ts';

const safeFrom0: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
]);
const safeFrom27: ReadonlySet<string> = new Set([...safeFrom0, 'net.ipv4.ip_local_reserved_ports']);
const safeFrom29: ReadonlySet<string> = new Set([
  ...safeFrom27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]);
const safeFrom32: ReadonlySet<string> = new Set([...safeFrom29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']);
const safeFrom37: ReadonlySet<string> = new Set([
  ...safeFrom32,
  'net.ipv4.tcp_slow_start_after_idle',
  'net.ipv4.tcp_notsent_lowat',
]);

export const sysctls = {
  id: 'sysctls',
  level: 'baseline',
  branches: [
    { since: 0, check: allowOnly(safeFrom0) },
    { since: 27, check: allowOnly(safeFrom27) },
    { since: 29, check: allowOnly(safeFrom29) },
    { since: 32, check: allowOnly(safeFrom32) },
    { since: 37, check: allowOnly(safeFrom37) },
  ],
} as const satisfies PodSecurityCheck;

function allowOnly(safe: ReadonlySet<string>): CheckPod {
  return (pod) => {
    const chosen = pod.spec.securityContext?.sysctls;
    if (chosen === undefined || chosen.every(({ name }) => safe.has(name))) return undefined;
    const refused = chosen.map(({ name }, index) => ({ name, index })).filter(({ name }) => !safe.has(name));
    return {
      reason: 'forbidden sysctls',
      // In the order of the pod, and as often as it names them.
      detail: refused.map(({ name }) => name).join(', '),
      violations: refused.map(({ name, index }) =>
        violation(
          `spec.securityContext.sysctls[${index}].name`,
          name,
          `sysctl ${JSON.stringify(name)} is not among those that are safe on a shared node; remove it`,
        ),
      ),
    };
  };
}
