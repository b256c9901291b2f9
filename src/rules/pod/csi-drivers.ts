/**
 * An inline CSI volume lets the pod choose what only the administrators of storage choose otherwise: the driver's attributes.
 *
 * Source: PodSecurityPolicy, `allowedCSIDrivers` (policy/v1beta1); KEP-596, ephemeral inline CSI volumes.
 */
import { defineRule } from '../../core/rule.ts';
import { driverParams, findOtherDrivers } from '../lib/volume-drivers.ts';

export const csiDrivers = defineRule({
  id: 'pod-csi-drivers',
  title: 'Pods must use only allowed drivers for inline CSI volumes',
  severity: 'medium',
  severityReason: 'It depends on the driver what its attributes open: at worst the storage of others.',
  subject: 'Workload',
  inForce: 'whereEnabled',
  params: driverParams,
  controls: ['nsa/pod-security'],
  rationale:
    'What stands in a StorageClass otherwise, which only administrators write, the pod itself writes for an inline volume: a driver that was not made for that gives out more than it should.',
  remediation: 'Use a PersistentVolumeClaim instead, or a driver that the policy allows.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  volumes:
    - name: secrets
      csi: { driver: secrets.example }
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

  check: (pod, { params }) => findOtherDrivers(pod, 'csi', params.drivers),
});
