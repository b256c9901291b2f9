/**
 * A directory of the node in a pod outlives the pod, and may hold the node's credentials.
 *
 * Source: Pod Security Standards, baseline, "HostPath Volumes" (from v1.0).
 */
import { defineRule } from '../../core/rule.ts';
import { hostPathVolumes as check } from '../../pod-security/checks/host-path-volumes.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';
import { volumesWith } from '../lib/pod-cel.ts';

export const hostPathVolumes = defineRule({
  id: 'pod-host-path-volumes',
  title: 'Pods must not mount directories of their node',
  severity: 'high',
  severityReason:
    'Many a directory of the node is enough to take it over, and what a path leads to differs from node to node.',
  subject: 'Workload',
  controls: ['pss/baseline/hostPathVolumes', 'cis-1.12/5.2.11', 'nsa/pod-security'],
  rationale:
    'Through a hostPath volume a pod reads what other pods and the kubelet keep on the node, and writes what the node will run; no quota and no clean-up applies to it.',
  remediation:
    'Use a persistentVolumeClaim, an emptyDir, or a CSI driver of the storage that is meant; leave the node itself to agents in a namespace of their own.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
  volumes:
    - name: logs
      hostPath: { path: /var/log }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
  volumes:
    - name: logs
      emptyDir: {}
`,
  },

  check: judgeBy(check),

  enforce: () => ({
    family: 'pod-security',
    violations: volumesWith('has(v.hostPath)', 'is a directory of the node'),
  }),
});
