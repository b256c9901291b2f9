import { tokensCreate } from '../../../src/rules/rbac/tokens-create.ts';
import { testRule } from '../rule-tester.ts';

testRule(tokensCreate, [
  {
    name: 'of every service account in the whole cluster it is critical',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts/token], verbs: [create] }
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
        observed: 'create serviceaccounts/token',
        message: /may request tokens of service accounts: ClusterRoleBinding/,
      },
    ],
  },
  {
    name: 'of every one of a namespace it is high',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: ["*/token"], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'of those that are named the one counts that leads to cluster-admin',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [web, root], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        observed: 'create serviceaccounts/token',
        message: /tokens of service accounts, of which "root" leads to cluster-admin: ClusterRoleBinding "some" grants/,
      },
    ],
  },
  {
    name: 'it counts in the namespace that it lives in',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [root], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        message:
          /"root" leads to cluster-admin: RoleBinding "some" grants it to User "jane" in namespace "shop", from where/,
      },
    ],
  },
  {
    name: 'and not in others',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [root], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: ops }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    passes: true,
  },
  {
    name: 'where nobody holds it, it would lead there all the same',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [root], verbs: [create] }
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    fails: [
      { path: 'rules[0]', severity: 'low', message: /"root" leads to cluster-admin: nobody holds it at present/ },
    ],
  },
  {
    name: 'a namespace hears nothing of what is in others',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [root], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: ServiceAccount, namespace: ops, name: web }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        message: /grants it to a service account of another namespace in namespace "shop", from/,
      },
    ],
  },
  {
    name: 'names that lead nowhere are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [web], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    passes: true,
  },
  {
    name: 'without knowing what runs it is not known where a name leads',
    missing: [{ source: 'Pod', state: 'forbidden', message: 'pods may not be listed' }],
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [web], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    unknown: /pods may not be listed/,
  },
  {
    name: 'what needs no names is found without it',
    missing: [{ source: 'Pod', state: 'forbidden', message: 'pods must not be listed' }],
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [web], verbs: [create] }
  - { apiGroups: [""], resources: [serviceaccounts/token], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[1]', severity: 'critical' }],
  },
  {
    name: 'what is known from files is found, and the rest is not known',
    isFromFiles: true,
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts/token], resourceNames: [web], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    unknown: /what "web" leads to is not known from these files/,
  },
  {
    name: 'service accounts themselves and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [serviceaccounts, "serviceaccounts/*", token], verbs: [create] }
  - { apiGroups: [authentication.k8s.io], resources: [serviceaccounts/token], verbs: [create] }
  - { apiGroups: [""], resources: [serviceaccounts/token], verbs: [get] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
