/**
 * A request about a namespace is in that namespace, so that RoleBindings there grant it.
 *
 * Source: Kubernetes "RBAC Good Practices", "Namespace modification".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const namespacesChange = definePermissionRule({
  id: 'rbac-namespaces-change',
  title: 'Nobody must change namespaces but administrators',
  permissions: ['namespaces-change'],
  severityReason: 'The labels of a namespace are its guard rails: Pod Security and network policies go by them.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1562.001'],
  rationale:
    'A label is all that it takes to admit privileged pods, or to belong to the namespaces that others let in. A RoleBinding in a namespace grants it for that namespace.',
  remediation:
    'Let a GitOps controller of the platform own namespaces; where teams must label theirs, keep the labels of Pod Security and network policies by a ValidatingAdmissionPolicy.',
  advice: 'let a controller of the platform change namespaces',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: labeller }
rules:
  - apiGroups: [""]
    resources: [namespaces]
    verbs: [update, patch]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: labeller }
rules:
  - apiGroups: [""]
    resources: [namespaces]
    verbs: [get, list, watch]
`,
  },
});
