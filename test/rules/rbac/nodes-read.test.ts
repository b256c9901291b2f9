import { nodesRead } from '../../../src/rules/rbac/nodes-read.ts';
import { testRule } from '../rule-tester.ts';

testRule(nodesRead, [
  {
    name: 'checkpoints are high, and what is read is medium',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes/checkpoint], verbs: [create] }
  - { apiGroups: [""], resources: [nodes/log], verbs: [get] }
  - { apiGroups: [""], resources: [nodes/configz, nodes/pods], verbs: [get] }
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
        observed: 'create nodes/checkpoint',
        message: /write the memory of containers to disk/,
      },
      {
        path: 'rules[1]',
        severity: 'medium',
        observed: 'get nodes/log',
        message: /read logs and configuration of nodes/,
      },
      { path: 'rules[2]', severity: 'medium', observed: 'get nodes/configz' },
    ],
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes/log], verbs: [get] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', observed: 'get nodes/log', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'named nodes are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes/log], resourceNames: [node-1], verbs: [get] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'nodes themselves and their numbers are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes, nodes/metrics, nodes/stats, nodes/status, "nodes/*"], verbs: [get, list] }
  - { apiGroups: [""], resources: [nodes/checkpoint], verbs: [get] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
