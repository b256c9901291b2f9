/**
 * In a user namespace of its own, root in a container is nobody on the node: most ways out of a container then lead to
 * a user without rights.
 *
 * Source: KEP-127, user namespaces (on by default from v1.33); CIS Kubernetes Benchmark 1.12, 5.6.3.
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';

export const hostUsers = defineRule({
  id: 'pod-host-users',
  title: 'Pods must run in a user namespace of their own',
  severity: 'low',
  severityReason: 'It is a second wall, for the day on which the first one has a hole.',
  inForce: 'whereEnabled',
  subject: 'Workload',
  controls: ['cis-1.12/5.6.3', 'nsa/pod-security'],
  rationale:
    'Without it user 0 of the container is user 0 of the node, and a flaw in kernel or runtime hands over the node; not every node can do it, so the rule is in force only where a policy says so.',
  remediation:
    'Set spec.hostUsers to false; it needs Linux 6.3, containerd 2.0 or CRI-O 1.25, and file systems with idmapped mounts.',
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
  hostUsers: false
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod) {
    if (pod.spec.os?.name === 'windows') return notApplicable('Windows has no user namespaces');
    // Absent means true.
    if (pod.spec.hostUsers === false) return [];
    return [
      violation(
        'spec.hostUsers',
        pod.spec.hostUsers,
        'the pod shares the user ids of its node; set hostUsers to false',
      ),
    ];
  },
});
