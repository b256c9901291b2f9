/**
 * What a single request destroys, with all that depends on it.
 *
 * Source: MITRE ATT&CK, T1485 "Data Destruction"; Kubernetes API reference, "delete collection".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const destroy = definePermissionRule({
  id: 'rbac-destroy',
  title: 'Nobody must delete namespaces or everything at once',
  permissions: ['destroy'],
  severityReason: 'One request ends all that runs in a namespace, and its data with it.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1485'],
  rationale:
    'A deleted namespace takes every object in it along, deletecollection every workload or claim, and a deleted PersistentVolume or claim the data, as far as it is not retained.',
  remediation:
    'Grant delete without deletecollection, name the namespaces in resourceNames, and let a GitOps controller prune; keep backups outside of the cluster and the reclaim policy Retain for data that matters.',
  advice: 'grant delete without deletecollection, and name the namespaces in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: cleaner }
rules:
  - apiGroups: [""]
    resources: [namespaces]
    verbs: [delete]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: cleaner }
rules:
  - apiGroups: [""]
    resources: [namespaces]
    resourceNames: [preview-1]
    verbs: [delete]
`,
  },
});
