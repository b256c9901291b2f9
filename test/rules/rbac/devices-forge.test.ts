import { devicesForge } from '../../../src/rules/rbac/devices-forge.ts';
import { testRule } from '../rule-tester.ts';

testRule(devicesForge, [
  {
    name: 'bound in the whole cluster it is medium',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [resource.k8s.io], resources: [resourceclaims/driver], verbs: ["arbitrary-node:patch"] }
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
        observed: 'arbitrary-node:patch resourceclaims/driver',
        message: /report the state of devices of other nodes/,
      },
    ],
  },
  {
    name: 'every verb is that one too',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [resource.k8s.io], resources: [resourceclaims/driver], verbs: ["*"] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'medium', observed: 'arbitrary-node:update resourceclaims/driver' }],
  },
  {
    name: 'it is as bad in a namespace',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [resource.k8s.io], resources: ["*/driver"], verbs: ["arbitrary-node:update"] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'medium' }],
  },
  {
    name: 'the own node, ordinary verbs and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [resource.k8s.io], resources: [resourceclaims/driver], verbs: ["associated-node:update", update, "arbitrary-node:*"] }
  - { apiGroups: [resource.k8s.io], resources: [resourceclaims, resourceclaims/status], verbs: ["arbitrary-node:update"] }
  - { apiGroups: [""], resources: [resourceclaims/driver], verbs: ["arbitrary-node:update"] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
