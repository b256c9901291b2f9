/**
 * Since 1.36 drivers of dynamic resources need a verb that says whether they speak for their own node alone.
 *
 * Source: Kubernetes "Dynamic Resource Allocation"; k8s.io/kubernetes v1.37.2, pkg/registry/resource/resourceclaim.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const devicesForge = definePermissionRule({
  id: 'rbac-devices-forge',
  title: 'Nobody must report the state of devices for nodes other than their own',
  permissions: ['devices-forge'],
  severityReason: 'Pods get devices by what drivers report, and this reports it for nodes that are not theirs.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1565'],
  rationale:
    'A driver runs on each node; with the verbs for an arbitrary node a captured one answers for all the others, and sends their pods wrong devices and network data.',
  remediation:
    'Grant drivers the verbs associated-node:update and associated-node:patch, which hold for the node alone that the pod of the driver runs on.',
  advice: 'grant associated-node:update and associated-node:patch instead',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: driver }
rules:
  - apiGroups: [resource.k8s.io]
    resources: [resourceclaims/driver]
    verbs: ["arbitrary-node:update"]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: driver }
rules:
  - apiGroups: [resource.k8s.io]
    resources: [resourceclaims/driver]
    verbs: ["associated-node:update", "associated-node:patch"]
`,
  },
});
