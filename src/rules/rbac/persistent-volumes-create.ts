/**
 * What a claim is bound to may be a path of the node.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.1.9; Kubernetes "RBAC Good Practices", "Persistent volume creation".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const persistentVolumesCreate = definePermissionRule({
  id: 'rbac-persistent-volumes-create',
  title: 'Nobody must create PersistentVolumes but provisioners',
  permissions: ['persistent-volumes-create'],
  severityReason:
    'A PersistentVolume of the type hostPath mounts the disk of a node into a pod that Pod Security admits.',
  controls: ['cis-1.12/5.1.9', 'nsa/authentication-and-authorization', 'attack/T1611'],
  rationale: 'Pod Security judges pods, which name only a claim: what the volume behind it is, nobody looks at.',
  remediation:
    'Provision volumes by CSI drivers and StorageClasses, so that people create PersistentVolumeClaims alone; where PersistentVolumes are made by hand, forbid hostPath and local in them by a ValidatingAdmissionPolicy.',
  advice: 'let a provisioner create them from claims',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: storage }
rules:
  - apiGroups: [""]
    resources: [persistentvolumes]
    verbs: [create]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: storage }
rules:
  - apiGroups: [""]
    resources: [persistentvolumeclaims]
    verbs: [create]
`,
  },
});
