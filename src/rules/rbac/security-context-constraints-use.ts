/**
 * OpenShift asks RBAC for the verb use on the constraints that a pod would need. Elsewhere the permission grants
 * nothing.
 *
 * Source: OpenShift "Managing security context constraints".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const securityContextConstraintsUse = definePermissionRule({
  id: 'rbac-security-context-constraints-use',
  title: 'Nobody must use privileged SecurityContextConstraints',
  permissions: ['security-context-constraints-use'],
  severityReason: 'Under it a pod runs as root or with the namespaces of its node, which is to have the node.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1611'],
  rationale:
    'On OpenShift a pod is admitted under the constraints that its service account or author may use; the permission to create pods does the rest.',
  remediation:
    'Use restricted-v2, or constraints of your own that allow just what the application needs, granted to its service account in its namespace.',
  advice: 'name restricted-v2 or constraints of your own in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: runner }
rules:
  - apiGroups: [security.openshift.io]
    resources: [securitycontextconstraints]
    resourceNames: [privileged]
    verbs: [use]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: runner }
rules:
  - apiGroups: [security.openshift.io]
    resources: [securitycontextconstraints]
    resourceNames: [restricted-v2]
    verbs: [use]
`,
  },
});
