import { escalate } from '../../../src/rules/rbac/escalate.ts';
import { testRule } from '../rule-tester.ts';

testRule(escalate, [
  {
    name: 'of either kind of role it is critical in the whole cluster',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [get, escalate] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        observed: 'escalate clusterroles',
        message: /write ClusterRoles that grant what they do not hold/,
      },
      { path: 'rules[1]', severity: 'critical', observed: 'escalate roles', message: /write Roles that/ },
    ],
  },
  {
    name: 'in a namespace Roles are high, and ClusterRoles nothing',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, roles], verbs: [escalate] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', observed: 'escalate roles' }],
  },
  {
    name: 'one named role can grant anything too',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [own], verbs: [escalate] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'writing without the verb, other groups and bindings are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, roles], verbs: [create, update, patch, bind] }
  - { apiGroups: ["", apps], resources: [clusterroles, roles], verbs: [escalate] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings, clusterrolebindings, "roles/*"], verbs: [escalate] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
