import { persistentVolumesCreate } from '../../../src/rules/rbac/persistent-volumes-create.ts';
import { testRule } from '../rule-tester.ts';

testRule(persistentVolumesCreate, [
  {
    name: 'bound in the whole cluster it is high',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [persistentvolumes], verbs: [create] }
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
        observed: 'create persistentvolumes',
        message: /create PersistentVolumes, and so mount any path of a node/,
      },
    ],
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [persistentvolumes], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'in a Role it is dead weight',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [persistentvolumes], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'claims, other verbs, other groups, and names that no request has grant nothing',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [persistentvolumeclaims], verbs: [create] }
  - { apiGroups: [""], resources: [persistentvolumes, "persistentvolumes/*"], verbs: [get, update, delete] }
  - { apiGroups: [storage.k8s.io], resources: [persistentvolumes], verbs: [create] }
  - { apiGroups: [""], resources: [persistentvolumes], resourceNames: [data], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
