import { podsBind } from '../../../src/rules/rbac/pods-bind.ts';
import { testRule } from '../rule-tester.ts';

testRule(podsBind, [
  {
    name: 'both ways to bind are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods/binding], verbs: [create] }
  - { apiGroups: [""], resources: [bindings], verbs: [create] }
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
        observed: 'create pods/binding',
        message: /place pods on a node of their choice/,
      },
      { path: 'rules[1]', severity: 'medium', observed: 'create bindings' },
    ],
  },
  {
    name: 'in a namespace it is low',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [bindings], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'other verbs and other bindings are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [bindings, pods/binding], verbs: [get, update] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [bindings, rolebindings], verbs: [create] }
  - { apiGroups: [""], resources: [pods, "pods/*"], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'held by nobody it is low',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: ["*/binding"], verbs: [create] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /nobody holds it at present/ }],
  },
]);
