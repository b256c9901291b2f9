import { networkPoliciesWrite } from '../../../src/rules/rbac/network-policies-write.ts';
import { testRule } from '../rule-tester.ts';

testRule(networkPoliciesWrite, [
  {
    name: 'to write and to delete them is found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [create] }
  - { apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [deletecollection] }
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
        observed: 'create networkpolicies',
        message: /open the network between pods/,
      },
      { path: 'rules[1]', severity: 'medium', observed: 'deletecollection networkpolicies' },
    ],
  },
  {
    name: 'it is as bad in a namespace',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'medium' }],
  },
  {
    name: 'named ones are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [networking.k8s.io], resources: [networkpolicies], resourceNames: [web], verbs: [update, delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'to read, ingresses and groups that serve them no longer are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [get, list] }
  - { apiGroups: [networking.k8s.io], resources: [ingresses, "networkpolicies/*"], verbs: [create] }
  - { apiGroups: [extensions, ""], resources: [networkpolicies], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
