/**
 * Only volumes that Kubernetes itself manages: those that name a storage of their own escape the cluster's control of it.
 *
 * Source: Pod Security Standards, restricted, "Volume Types" (from v1.0).
 */
import { defineRule } from '../../core/rule.ts';
import { restrictedVolumes as check } from '../../pod-security/checks/restricted-volumes.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';
import { volumesWith } from '../lib/pod-cel.ts';

/** Written out, as the check has it. */
const restrictedAllows = [
  ...['configMap', 'emptyDir', 'projected', 'secret', 'persistentVolumeClaim', 'downwardAPI', 'csi', 'ephemeral'],
  'image',
] as const;

export const restrictedVolumes = defineRule({
  id: 'pod-restricted-volumes',
  title: 'Pods must mount only types of volumes that the cluster manages',
  severity: 'low',
  severityReason:
    'What is bad about hostPath has a rule of its own; the others reach storage past the control of the cluster.',
  subject: 'Workload',
  controls: ['pss/restricted/restrictedVolumes', 'nsa/pod-security'],
  rationale:
    'Whoever writes a pod with an nfs or iscsi volume chooses the server that the node mounts; through a claim an administrator has chosen it.',
  remediation:
    'Use configMap, secret, projected, downwardAPI, emptyDir, image, csi, ephemeral or persistentVolumeClaim; make other storage a PersistentVolume and claim it.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
  volumes:
    - name: data
      nfs: { server: files.example, path: /data }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
  volumes:
    - name: data
      persistentVolumeClaim: { claimName: data }
`,
  },

  check: judgeBy(check),

  enforce: () => ({
    family: 'pod-security',
    violations: volumesWith(
      `!(${restrictedAllows.map((field) => `has(v.${field})`).join(' || ')})`,
      'is of a type that restricted does not allow',
    ),
  }),
});
