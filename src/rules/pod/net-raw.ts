/**
 * With NET_RAW a container writes packets of any kind: it answers ARP and DNS requests in the name of others on its network.
 * Runtimes give it to every container that does not drop it.
 *
 * To drop it counts only as the API means it, ALL or NET_RAW; to add it counts in every spelling that a runtime accepts.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.2.8; how runtimes combine add and drop: containerd, `WithCapabilities` (what is
 * dropped by name stays dropped, what is added survives the drop of ALL), Docker (ALL added survives the drop of ALL).
 */
import type { Container } from '../../core/pod-shape.ts';
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { findContainers } from '../../core/containers.ts';

export const netRaw = defineRule({
  id: 'pod-net-raw',
  title: 'Containers must drop the capability NET_RAW',
  severity: 'medium',
  severityReason:
    "It reaches the traffic of neighbours, not the node; where it is the runtime's default and nobody asked for it, it is low.",
  subject: 'Workload',
  controls: ['pss/restricted/capabilities', 'cis-1.12/5.2.8', 'nsa/pod-security'],
  rationale:
    'With raw sockets a container can pretend to be another pod, or the DNS server, to those on the same network, and nearly no application needs them: ping does without since the kernel has ping sockets.',
  remediation:
    'Set securityContext.capabilities.drop to [ALL] on every container and add back the single capability that it needs; where it was needed for ping, set the sysctl net.ipv4.ping_group_range.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext:
        capabilities: { drop: [ALL] }
`,
  },

  check(pod) {
    if (pod.spec.os?.name === 'windows') return notApplicable('Windows has no capabilities');
    return (findContainers(pod, hasNetRaw) ?? []).map(({ path, container }) =>
      describeNetRaw(`${path}.securityContext`, container),
    );
  },
});

function hasNetRaw({ securityContext }: Container): boolean {
  if (securityContext === undefined || securityContext.privileged === true) return true;
  const { capabilities } = securityContext;
  if (capabilities?.drop === undefined) return true;
  const dropsByName = capabilities.drop.includes('NET_RAW');
  if (!dropsByName && !capabilities.drop.includes('ALL')) return true;
  return capabilities.add !== undefined && findAdded(capabilities.add, dropsByName) >= 0;
}

function findAdded(add: readonly string[], dropsByName: boolean): number {
  return add.findIndex((written) => {
    const capability = written.toUpperCase().replace(/^CAP_/, '');
    return capability === 'NET_RAW' || (capability === 'ALL' && !dropsByName);
  });
}

function describeNetRaw(path: string, { name, securityContext }: Container): Violation {
  if (securityContext?.privileged === true) {
    const message = `container "${name}" is privileged and has NET_RAW, whatever it drops; set privileged to false`;
    return violation(`${path}.privileged`, true, message);
  }
  const { add = [], drop } = securityContext?.capabilities ?? {};
  const index = findAdded(add, drop?.includes('NET_RAW') === true);
  if (index >= 0) {
    const message = `container "${name}" adds capability "${add[index]}"; remove it`;
    return violation(`${path}.capabilities.add[${index}]`, add[index], message);
  }
  const message = `container "${name}" keeps the capability NET_RAW, which it has by default; drop ALL, or NET_RAW`;
  return violation(`${path}.capabilities.drop`, drop, message, 'low');
}
