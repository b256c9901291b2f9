import { podsChange } from '../../../src/rules/rbac/pods-change.ts';
import { testRule } from '../rule-tester.ts';

testRule(podsChange, [
  {
    name: 'bound in the whole cluster it is high',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [update] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', observed: 'update pods', message: /change what pods run/ }],
  },
  {
    name: 'it is as high in a namespace',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', observed: 'patch pods' }],
  },
  {
    name: 'the name of a pod limits it little',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods], resourceNames: [web-0], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'what is below pods, their deletion and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods/status, "pods/*", pods/ephemeralcontainers], verbs: [update, patch] }
  - { apiGroups: [""], resources: [pods], verbs: [get, delete] }
  - { apiGroups: [apps], resources: [pods], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
