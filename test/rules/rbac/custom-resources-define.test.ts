import { customResourcesDefine } from '../../../src/rules/rbac/custom-resources-define.ts';
import { testRule } from '../rule-tester.ts';

testRule(customResourcesDefine, [
  {
    name: 'to write and to delete them is found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [create] }
  - { apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [delete] }
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
        observed: 'create customresourcedefinitions',
        message: /redefine or delete kinds/,
      },
      { path: 'rules[1]', severity: 'high', observed: 'delete customresourcedefinitions' },
    ],
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'named definitions are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], resourceNames: [backups.example.org], verbs: [patch, delete] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'to read, the status and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [get, list, watch] }
  - { apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions/status], verbs: [update] }
  - { apiGroups: [""], resources: [customresourcedefinitions], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
