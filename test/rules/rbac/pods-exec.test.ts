import { podsExec } from '../../../src/rules/rbac/pods-exec.ts';
import { testRule } from '../rule-tester.ts';

testRule(podsExec, [
  {
    name: 'commands, terminals and added containers are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods/exec], verbs: [create] }
  - { apiGroups: [""], resources: [pods/attach], verbs: [create] }
  - { apiGroups: [""], resources: [pods/ephemeralcontainers], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'high', observed: 'create pods/exec', message: /run commands in pods/ },
      { path: 'rules[1]', severity: 'high', observed: 'create pods/attach' },
      {
        path: 'rules[2]',
        severity: 'high',
        observed: 'patch pods/ephemeralcontainers',
        message: /put containers into running pods/,
      },
    ],
  },
  {
    name: 'of every resource that has exec, pods are one',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: ["*/exec"], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', observed: 'create pods/exec' }],
  },
  {
    name: 'get alone is enough up to 1.34',
    podSecurityVersion: 34,
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods/exec], verbs: [get] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', observed: 'get pods/exec' }],
  },
  {
    name: 'get alone is nothing since 1.35',
    podSecurityVersion: 35,
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods/exec, pods/attach], verbs: [get] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'pods with a star behind them, other groups and other verbs are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods, "pods/*", exec], verbs: [create] }
  - { apiGroups: [apps], resources: [pods/exec], verbs: [create] }
  - { apiGroups: [""], resources: [pods/ephemeralcontainers], verbs: [get, create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
