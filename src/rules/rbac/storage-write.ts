/**
 * Who provisions volumes, with what, and where they are attached stands in objects of the cluster.
 *
 * Source: Kubernetes "Storage Classes"; Kubernetes CSI documentation, "CSIDriver Object".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const storageWrite = definePermissionRule({
  id: 'rbac-storage-write',
  title: 'Nobody must write StorageClasses, CSI drivers or attachments of volumes but who runs the storage',
  permissions: ['storage-write'],
  severityReason: 'Whoever decides where volumes come from reads and changes what others keep in them.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1565'],
  rationale:
    'A StorageClass sends the volumes of everybody who uses it to a provisioner and a backend; an attachment moves a volume to another node.',
  remediation:
    'Keep StorageClasses and CSIDrivers in git, written by the GitOps controller of the platform; only the attacher of the CSI driver writes VolumeAttachments.',
  advice: 'let the GitOps controller of the platform write them',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: storage }
rules:
  - apiGroups: [storage.k8s.io]
    resources: [storageclasses]
    verbs: [create, patch]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: storage }
rules:
  - apiGroups: [storage.k8s.io]
    resources: [storageclasses]
    verbs: [get, list, watch]
`,
  },
});
