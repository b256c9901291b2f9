/**
 * The definition of a kind decides whether its objects exist and who converts them.
 *
 * Source: Kubernetes "Versions in CustomResourceDefinitions", "Webhook conversion"; Kubernetes "Extend the Kubernetes
 * API with CustomResourceDefinitions".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const customResourcesDefine = definePermissionRule({
  id: 'rbac-custom-resources-define',
  title: 'Nobody must write or delete CustomResourceDefinitions but administrators',
  permissions: ['custom-resources-define'],
  severityReason: 'To delete a definition deletes every object of its kind, and a conversion webhook sees them all.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1565', 'attack/T1485'],
  rationale:
    'Policies, certificates, backups and what operators run are custom resources; whoever owns their definitions can read, change and wipe them in all namespaces.',
  remediation:
    'Install definitions from git by a controller of the platform; name those that an operator must patch itself in resourceNames.',
  advice: 'name the definitions in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: installer }
rules:
  - apiGroups: [apiextensions.k8s.io]
    resources: [customresourcedefinitions]
    verbs: [create, update, delete]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: installer }
rules:
  - apiGroups: [apiextensions.k8s.io]
    resources: [customresourcedefinitions]
    resourceNames: [backups.example.org]
    verbs: [patch]
`,
  },
});
