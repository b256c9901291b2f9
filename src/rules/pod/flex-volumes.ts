/**
 * A FlexVolume is mounted by a program on the node that runs as root, with options that the pod chooses.
 *
 * Source: PodSecurityPolicy, `allowedFlexVolumes` (policy/v1beta1); FlexVolume is deprecated since v1.23.
 */
import { defineRule } from '../../core/rule.ts';
import { driverParams, findOtherDrivers } from '../lib/volume-drivers.ts';

export const flexVolumes = defineRule({
  id: 'pod-flex-volumes',
  title: 'Pods must use only allowed drivers for FlexVolumes',
  severity: 'medium',
  severityReason: 'What the driver does with the options of a pod, it does as root on the node.',
  subject: 'Workload',
  inForce: 'whereEnabled',
  params: driverParams,
  controls: ['nsa/pod-security'],
  rationale:
    'A pod that names a driver chooses the options of a program that runs as root on the node, and few drivers were written with that in mind.',
  remediation: 'Use a PersistentVolumeClaim of a CSI driver instead, or a driver that the policy allows.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  volumes:
    - name: data
      flexVolume: { driver: example/lvm }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  volumes:
    - name: data
      persistentVolumeClaim: { claimName: data }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check: (pod, { params }) => findOtherDrivers(pod, 'flexVolume', params.drivers),
});
