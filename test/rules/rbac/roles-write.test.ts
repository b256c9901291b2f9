import { rolesWrite } from '../../../src/rules/rbac/roles-write.ts';
import { testRule } from '../rule-tester.ts';

testRule(rolesWrite, [
  {
    name: 'roles and bindings of either kind are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [create] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [update] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [patch] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'medium',
        observed: 'create clusterroles',
        message: /write ClusterRoles, as far as they hold what they grant/,
      },
      { path: 'rules[1]', severity: 'medium', observed: 'update roles' },
      { path: 'rules[2]', severity: 'medium', observed: 'patch clusterrolebindings' },
      { path: 'rules[3]', severity: 'medium', observed: 'create rolebindings' },
    ],
  },
  {
    name: 'in a namespace it is low',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings, clusterroles], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', observed: 'create roles, create rolebindings' }],
  },
  {
    name: 'one binding may bind everybody',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], resourceNames: [team], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'to read, to delete and to bind are not meant, nor are other groups',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings], verbs: [get, list, delete, bind, escalate] }
  - { apiGroups: [authorization.openshift.io], resources: [roles, rolebindings], verbs: [create] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [roles], resourceNames: [team], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
