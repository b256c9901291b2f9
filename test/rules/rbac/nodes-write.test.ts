import { nodesWrite } from '../../../src/rules/rbac/nodes-write.ts';
import { testRule } from '../rule-tester.ts';

testRule(nodesWrite, [
  {
    name: 'changes, deletion and the status are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes], verbs: [patch] }
  - { apiGroups: [""], resources: [nodes], verbs: [delete] }
  - { apiGroups: [""], resources: [nodes/status], verbs: [update] }
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
        observed: 'patch nodes',
        message: /change nodes, and so what is scheduled there/,
      },
      { path: 'rules[1]', severity: 'high', observed: 'delete nodes' },
      { path: 'rules[2]', severity: 'high', observed: 'update nodes/status' },
    ],
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes], verbs: [deletecollection] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'low', observed: 'deletecollection nodes', message: /takes a ClusterRoleBinding/ },
    ],
  },
  {
    name: 'named nodes are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes], resourceNames: [node-1], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'to read, to create and other subresources are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes], verbs: [get, list, watch, create] }
  - { apiGroups: [""], resources: [nodes/metrics, "nodes/*"], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
