/**
 * The kubelet connects to the host that a probe or a hook names, from the node's network: whoever writes a pod could make
 * the node reach for services that are closed to the pod.
 *
 * Source: Pod Security Standards, baseline, "Host Probes / Lifecycle Hooks" (from v1.34).
 */
import { defineRule } from '../../core/rule.ts';
import { hostProbesAndHostLifecycle } from '../../pod-security/checks/host-probes-and-host-lifecycle.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';

export const hostProbes = defineRule({
  id: 'pod-host-probes',
  title: 'Probes and lifecycle hooks must not name a host',
  severity: 'medium',
  severityReason: 'The node can be made to send requests, but the pod learns little more than whether they succeed.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  controls: ['pss/baseline/hostProbesAndHostLifecycle'],
  rationale:
    'The kubelet follows the host from the network of the node, past network policies: services that only nodes may reach, such as the metadata of a cloud, answer it.',
  remediation: 'Remove host from httpGet and tcpSocket; the kubelet then connects to the pod itself.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      livenessProbe:
        httpGet: { host: 169.254.169.254, port: 80 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      livenessProbe:
        httpGet: { port: 8080 }
`,
  },

  check: judgeBy(hostProbesAndHostLifecycle),
});
