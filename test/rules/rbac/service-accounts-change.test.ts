import { serviceAccountsChange } from '../../../src/rules/rbac/service-accounts-change.ts';
import { testRule } from '../rule-tester.ts';

testRule(serviceAccountsChange, [
  {
    name: 'bound in the whole cluster it is medium',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts], verbs: [patch] }
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
        observed: 'patch serviceaccounts',
        message: /change service accounts: their cloud identity/,
      },
    ],
  },
  {
    name: 'so it is in a namespace',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [serviceaccounts], verbs: [update] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'medium' }],
  },
  {
    name: 'named ones are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts], resourceNames: [web], verbs: [update, patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'to create and delete them, their tokens and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts], verbs: [get, create, delete] }
  - { apiGroups: [""], resources: [serviceaccounts/token, "serviceaccounts/*"], verbs: [update] }
  - { apiGroups: [iam], resources: [serviceaccounts], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
