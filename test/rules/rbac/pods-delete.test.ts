import { podsDelete } from '../../../src/rules/rbac/pods-delete.ts';
import { testRule } from '../rule-tester.ts';

testRule(podsDelete, [
  {
    name: 'to delete and to evict is found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [delete] }
  - { apiGroups: [""], resources: [pods], verbs: [deletecollection] }
  - { apiGroups: [""], resources: [pods/eviction], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'medium', observed: 'delete pods', message: /delete and evict pods/ },
      { path: 'rules[1]', severity: 'medium', observed: 'deletecollection pods' },
      { path: 'rules[2]', severity: 'medium', observed: 'create pods/eviction' },
    ],
  },
  {
    name: 'in a namespace it is low',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /in namespace "shop"; / }],
  },
  {
    name: 'in a namespace that holds a way to cluster-admin it is as bad as everywhere',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: root }
rules:
  - { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: root }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'medium',
        message: /in namespace "shop", from where there is a way to cluster-admin; /,
      },
    ],
  },
  {
    name: 'where it is not known whether it holds one, it says so',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: root }
rules:
  - { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: root }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    missing: [{ source: 'Pod', state: 'forbidden', message: 'needs list on pods' }],
    fails: [
      {
        path: 'rules[0]',
        severity: 'low',
        message: /in namespace "shop", and it is not known whether there is a way to cluster-admin from there; /,
      },
    ],
  },
  {
    name: 'named pods are meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods], resourceNames: [web-0], verbs: [delete] }
  - { apiGroups: [""], resources: [pods/eviction], resourceNames: [web-0], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'workloads, other verbs and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [apps], resources: [pods, deployments], verbs: [delete] }
  - { apiGroups: [""], resources: ["pods/*", pods/status], verbs: [delete] }
  - { apiGroups: [""], resources: [pods], verbs: [get, create, evict] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
