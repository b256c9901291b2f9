import { nodesProxy } from '../../../src/rules/rbac/nodes-proxy.ts';
import { testRule } from '../rule-tester.ts';

testRule(nodesProxy, [
  {
    name: 'get is as bad as create',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes/proxy], verbs: [get] }
  - { apiGroups: [""], resources: [nodes/proxy], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        observed: 'get nodes/proxy',
        message: /ask kubelets to run commands in any pod of a node/,
      },
      { path: 'rules[1]', severity: 'critical', observed: 'create nodes/proxy' },
    ],
  },
  {
    name: 'pods that matter run on each node, so that names help little',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes/proxy], resourceNames: [node-1], verbs: [get] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: ["*/proxy"], verbs: [get] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'low',
        observed: 'get nodes/proxy',
        message: /only RoleBindings grant it, and it takes a ClusterRoleBinding/,
      },
    ],
  },
  {
    name: 'in a Role it is dead weight',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [nodes/proxy], verbs: [get] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'what the kubelet asks for one by one is what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [nodes/metrics, nodes/stats, nodes/healthz, nodes/log, "nodes/*", nodes], verbs: [get] }
  - { apiGroups: [""], resources: [pods/proxy], verbs: [get] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
