import { systemConfigMapsWrite } from '../../../src/rules/rbac/system-config-maps-write.ts';
import { testRule } from '../rule-tester.ts';

testRule(systemConfigMapsWrite, [
  {
    name: 'every ConfigMap of the cluster is also these',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: [update] }
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
        observed: 'update configmaps',
        message: /write ConfigMaps that identities, name resolution or joining nodes depend on: ClusterRoleBinding/,
      },
    ],
  },
  {
    name: 'in the namespace where they are it is high',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [configmaps], resourceNames: [coredns, other], verbs: [delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: kube-system }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'high', observed: 'delete configmaps', message: /in namespace "kube-system"/ },
    ],
  },
  {
    name: 'the one of kube-public is another',
    yaml: `
kind: Role
metadata: { name: some, namespace: kube-public }
rules:
  - { apiGroups: [""], resources: [configmaps], resourceNames: [cluster-info], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: some, namespace: kube-public }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'in other namespaces they are ordinary',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: [create, update, patch] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'so they are in a Role of another namespace, or under another name',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [configmaps], resourceNames: [leader, CoreDNS], verbs: [update] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'the names of kube-system mean nothing in kube-public',
    yaml: `
kind: Role
metadata: { name: some, namespace: kube-public }
rules:
  - { apiGroups: [""], resources: [configmaps], resourceNames: [coredns], verbs: [update] }
---
kind: RoleBinding
metadata: { name: some, namespace: kube-public }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'to read them, and other groups, are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: [get, list] }
  - { apiGroups: [apps], resources: [configmaps], verbs: [update] }
  - { apiGroups: [""], resources: ["configmaps/*", configmap], verbs: [update] }
  - { apiGroups: [""], resources: [configmaps], resourceNames: [aws-auth], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
