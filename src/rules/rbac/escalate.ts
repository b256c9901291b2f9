/**
 * The check against privilege escalation is skipped for whoever has the verb escalate on the role.
 *
 * Source: Kubernetes "RBAC", "Privilege escalation prevention and bootstrapping"; CIS Kubernetes Benchmark 1.12, 5.1.8.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const escalate = definePermissionRule({
  id: 'rbac-escalate',
  title: 'Nobody must have the verb escalate on roles',
  permissions: ['escalate-cluster-roles', 'escalate-roles'],
  severityReason: 'Whoever may write roles without holding what they grant writes their own way to cluster-admin.',
  controls: ['cis-1.12/5.1.8', 'nsa/authentication-and-authorization', 'attack/T1098.006'],
  rationale:
    'The API server refuses roles that grant more than their author holds, unless the author may escalate: then nothing is left of that guard.',
  remediation:
    'Remove the verb. Let a GitOps controller hold what it hands out, or bind fixed ClusterRoles by the verb bind with resourceNames.',
  advice: 'remove the verb escalate; whoever hands out permissions must hold them, or bind named roles',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: author }
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    verbs: [create, update, escalate]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: author }
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    verbs: [create, update]
`,
  },
});
