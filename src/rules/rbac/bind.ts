/**
 * The check against privilege escalation is skipped for whoever has the verb bind on the role that a binding refers to.
 *
 * Source: Kubernetes "RBAC", "Restrictions on role binding creation or update"; CIS Kubernetes Benchmark 1.12, 5.1.8.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const bind = definePermissionRule({
  id: 'rbac-bind',
  title: 'Nobody must have the verb bind on roles that lead to cluster-admin',
  permissions: ['bind-cluster-roles', 'bind-roles'],
  severityReason: 'Whoever may bind every role binds cluster-admin to themselves.',
  controls: ['cis-1.12/5.1.8', 'nsa/authentication-and-authorization', 'attack/T1098.006'],
  rationale:
    'The API server refuses bindings to roles that grant more than their author holds, unless the author may bind the role: without names that is each of them.',
  remediation:
    'Name the roles in resourceNames that may be handed out, such as view, and grant the verb in the namespace where bindings are to be made.',
  advice: 'name in resourceNames which roles may be handed out',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: host }
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    verbs: [bind]
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [rolebindings]
    verbs: [create]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: host }
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    resourceNames: [view]
    verbs: [bind]
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [rolebindings]
    verbs: [create]
`,
  },
});
