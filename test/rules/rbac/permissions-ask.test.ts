import { permissionsAsk } from '../../../src/rules/rbac/permissions-ask.ts';
import { testRule } from '../rule-tester.ts';

testRule(permissionsAsk, [
  {
    name: 'reviews of tokens and of access are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [authorization.k8s.io], resources: [subjectaccessreviews], verbs: [create] }
  - { apiGroups: [authorization.k8s.io], resources: [localsubjectaccessreviews], verbs: [create] }
  - { apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'low',
        observed: 'create subjectaccessreviews',
        message: /ask whose a token is, and what anybody may do/,
      },
      { path: 'rules[1]', severity: 'low', observed: 'create localsubjectaccessreviews' },
      { path: 'rules[2]', severity: 'low', observed: 'create tokenreviews' },
    ],
  },
  {
    name: 'in a Role only the local one is of use',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [authorization.k8s.io], resources: [localsubjectaccessreviews, subjectaccessreviews], verbs: [create] }
  - { apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', observed: 'create localsubjectaccessreviews' }],
  },
  {
    name: 'by a RoleBinding the others need more',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [authentication.k8s.io], resources: [tokenreviews], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'to ask for oneself, and other groups, are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews, selfsubjectrulesreviews], verbs: [create] }
  - { apiGroups: [authentication.k8s.io], resources: [selfsubjectreviews, subjectaccessreviews], verbs: [create] }
  - { apiGroups: [authorization.k8s.io], resources: [tokenreviews], verbs: [create] }
  - { apiGroups: [authorization.k8s.io], resources: [subjectaccessreviews], verbs: [get] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
