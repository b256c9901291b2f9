/**
 * Without escalate and bind the API server lets nobody grant more than they hold: this is delegation and persistence,
 * not escalation.
 *
 * Source: Kubernetes "RBAC", "Privilege escalation prevention and bootstrapping".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const rolesWrite = definePermissionRule({
  id: 'rbac-roles-write',
  title: 'Nobody must write roles and bindings but those who manage permissions',
  permissions: ['cluster-roles-write', 'roles-write', 'cluster-role-bindings-write', 'role-bindings-write'],
  severityReason: 'It hands out no more than its holder has, but to anybody, and so that it stays.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1098.006'],
  rationale:
    'Whoever holds it for a minute gives what they hold to an account of their own, which still has it when their access is gone.',
  remediation:
    'Keep roles and bindings in git and let one GitOps controller write them; people propose changes there instead of holding the permission.',
  advice: 'let one controller write roles and bindings from git',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: owner }
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [rolebindings]
    verbs: [create, delete]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: owner }
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [rolebindings]
    verbs: [get, list, watch]
`,
  },
});
