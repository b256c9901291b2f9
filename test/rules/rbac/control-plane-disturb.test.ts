import { controlPlaneDisturb } from '../../../src/rules/rbac/control-plane-disturb.ts';
import { testRule } from '../rule-tester.ts';

testRule(controlPlaneDisturb, [
  {
    name: 'leases everywhere and flow schemas are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [coordination.k8s.io], resources: [leases], verbs: [update] }
  - { apiGroups: [flowcontrol.apiserver.k8s.io], resources: [flowschemas], verbs: [create] }
  - { apiGroups: [flowcontrol.apiserver.k8s.io], resources: [prioritylevelconfigurations], verbs: [delete] }
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
        observed: 'update leases',
        message: /take the leases of the control plane/,
      },
      { path: 'rules[1]', severity: 'medium', observed: 'create flowschemas' },
      { path: 'rules[2]', severity: 'medium', observed: 'delete prioritylevelconfigurations' },
    ],
  },
  {
    name: 'leases of kube-system are low',
    yaml: `
kind: Role
metadata: { name: some, namespace: kube-system }
rules:
  - { apiGroups: [coordination.k8s.io], resources: [leases], verbs: [delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: kube-system }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /in namespace "kube-system"/ }],
  },
  {
    name: 'those of the control plane may be named',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [own, kube-scheduler], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: some, namespace: kube-system }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: "leases of other namespaces are nobody else's business",
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create, update, delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'own leases of kube-system, and to create some, are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [own], verbs: [update, patch] }
  - { apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, list, create] }
---
kind: RoleBinding
metadata: { name: some, namespace: kube-system }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'other groups and words are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [leases, flowschemas], verbs: [update] }
  - { apiGroups: [flowcontrol.apiserver.k8s.io], resources: [flowschemas], verbs: [get] }
  - { apiGroups: [flowcontrol.apiserver.k8s.io], resources: [flowschemas/status], verbs: [update] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
