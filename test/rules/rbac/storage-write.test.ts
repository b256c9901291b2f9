import { storageWrite } from '../../../src/rules/rbac/storage-write.ts';
import { testRule } from '../rule-tester.ts';

testRule(storageWrite, [
  {
    name: 'each of them is found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [storage.k8s.io], resources: [storageclasses], verbs: [create] }
  - { apiGroups: [storage.k8s.io], resources: [csidrivers], verbs: [update] }
  - { apiGroups: [storage.k8s.io], resources: [volumeattachments], resourceNames: [one], verbs: [patch] }
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
        observed: 'create storageclasses',
        message: /decide where volumes come from/,
      },
      { path: 'rules[1]', severity: 'medium', observed: 'update csidrivers' },
      { path: 'rules[2]', severity: 'medium', observed: 'patch volumeattachments' },
    ],
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [storage.k8s.io], resources: [storageclasses], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'to read, to delete, claims and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [storage.k8s.io], resources: [storageclasses, csidrivers, volumeattachments], verbs: [get, delete] }
  - { apiGroups: [""], resources: [storageclasses, persistentvolumeclaims], verbs: [create] }
  - { apiGroups: [storage.k8s.io], resources: [csinodes, volumeattachments/status], verbs: [patch] }
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
  - { apiGroups: ["*"], resources: [csidrivers], verbs: [create] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /nobody holds it at present/ }],
  },
]);
