import { destroy } from '../../../src/rules/rbac/destroy.ts';
import { testRule } from '../rule-tester.ts';

testRule(destroy, [
  {
    name: 'namespaces, volumes and workloads at once are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [namespaces], verbs: [delete] }
  - { apiGroups: [""], resources: [persistentvolumes], verbs: [deletecollection] }
  - { apiGroups: [""], resources: [persistentvolumeclaims], verbs: [deletecollection] }
  - { apiGroups: [apps], resources: [deployments], verbs: [deletecollection] }
  - { apiGroups: [batch], resources: [jobs], verbs: [deletecollection] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        observed: 'delete namespaces',
        message: /delete namespaces, or all workloads and volumes at once/,
      },
      { path: 'rules[1]', severity: 'high', observed: 'deletecollection persistentvolumes' },
      { path: 'rules[2]', severity: 'high', observed: 'deletecollection persistentvolumeclaims' },
      { path: 'rules[3]', severity: 'high', observed: 'deletecollection deployments' },
      { path: 'rules[4]', severity: 'high', observed: 'deletecollection jobs' },
    ],
  },
  {
    name: 'in a namespace it is medium, and no RoleBinding grants PersistentVolumes',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [namespaces], verbs: [delete] }
  - { apiGroups: [""], resources: [persistentvolumes], verbs: [delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'medium', observed: 'delete namespaces' },
      {
        path: 'rules[1]',
        severity: 'low',
        observed: 'delete persistentvolumes',
        message: /takes a ClusterRoleBinding/,
      },
    ],
  },
  {
    name: 'in a Role PersistentVolumes are dead weight',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [persistentvolumes], verbs: [delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'named ones are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [namespaces, persistentvolumes], resourceNames: [preview-1], verbs: [delete] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'one object after the other, and other groups, are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [persistentvolumeclaims, pods], verbs: [delete] }
  - { apiGroups: [apps, batch], resources: [deployments, jobs], verbs: [delete] }
  - { apiGroups: [extensions], resources: [deployments, namespaces], verbs: [deletecollection, delete] }
  - { apiGroups: [apps], resources: [deployments], resourceNames: [web], verbs: [deletecollection] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
