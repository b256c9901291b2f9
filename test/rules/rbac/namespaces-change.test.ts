import { namespacesChange } from '../../../src/rules/rbac/namespaces-change.ts';
import { testRule } from '../rule-tester.ts';

testRule(namespacesChange, [
  {
    name: 'bound in the whole cluster it is high',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [namespaces], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'high', observed: 'patch namespaces', message: /change the labels of namespaces/ },
    ],
  },
  {
    name: 'so it is in the namespace itself',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [namespaces], verbs: [update] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', observed: 'update namespaces', message: /in namespace "shop"/ }],
  },
  {
    name: 'the own namespace is the one that matters',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [namespaces], resourceNames: [shop], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'to read, to create, to delete, and what is below is not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [namespaces], verbs: [get, list, create, delete] }
  - { apiGroups: [""], resources: [namespaces/status, namespaces/finalize, "namespaces/*"], verbs: [update] }
  - { apiGroups: [apps], resources: [namespaces], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
