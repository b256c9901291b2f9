import { configurationRead } from '../../../src/rules/rbac/configuration-read.ts';
import { testRule } from '../rule-tester.ts';

testRule(configurationRead, [
  {
    name: 'logs and ConfigMaps are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods/log], verbs: [get] }
  - { apiGroups: [""], resources: [configmaps], verbs: [list] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'low', observed: 'get pods/log', message: /read logs of pods, and ConfigMaps/ },
      { path: 'rules[1]', severity: 'low', observed: 'list configmaps' },
    ],
  },
  {
    name: 'it is as low in a namespace',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: [get] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'named ones are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [configmaps], resourceNames: [own], verbs: [get, list] }
  - { apiGroups: [""], resources: [pods/log], resourceNames: [web-0], verbs: [get] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'to write them, and other groups, are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: [create, update] }
  - { apiGroups: [""], resources: [pods, "pods/*", nodes/log], verbs: [get] }
  - { apiGroups: [apps], resources: [configmaps, pods/log], verbs: [get] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
