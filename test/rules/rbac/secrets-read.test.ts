import { secretsRead } from '../../../src/rules/rbac/secrets-read.ts';
import { testRule } from '../rule-tester.ts';

testRule(secretsRead, [
  {
    name: 'bound in the whole cluster it is critical, with who holds it',
    yaml: `
kind: ClusterRole
metadata: { name: backup }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: [get] }
  - { apiGroups: [""], resources: [secrets], verbs: [list] }
---
kind: ClusterRoleBinding
metadata: { name: backup }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: backup }
subjects:
  - { kind: ServiceAccount, namespace: ops, name: backup }
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: a }
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: b }
`,
    fails: [
      {
        path: 'rules[1]',
        severity: 'critical',
        observed: 'list secrets',
        message:
          /^whoever holds it may read Secrets: ClusterRoleBinding "backup" grants it to ServiceAccount "ops\/backup", User "jane", Group "a" and 1 more everywhere; grant get/,
      },
    ],
  },
  {
    name: 'bound in a namespace it is high',
    yaml: `
kind: ClusterRole
metadata: { name: backup }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [watch] }]
---
kind: RoleBinding
metadata: { name: backup, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: backup }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        message: /RoleBinding "backup" grants it to User "jane" in namespace "shop"/,
      },
    ],
  },
  {
    name: 'bound in a namespace from where there is a way to cluster-admin it is critical',
    yaml: `
kind: ClusterRole
metadata: { name: backup }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [watch] }]
---
kind: RoleBinding
metadata: { name: backup, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: backup }
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
    fails: [{ path: 'rules[0]', severity: 'critical', message: /from where there is a way to cluster-admin/ }],
  },
  {
    name: 'whoever patches or deletes them is answered with what is in them',
    yaml: `
kind: ClusterRole
metadata: { name: rotate }
rules:
  - { apiGroups: [""], resources: [secrets], verbs: [create, update, patch] }
  - { apiGroups: [""], resources: [secrets], verbs: [deletecollection, delete] }
  - { apiGroups: [""], resources: [secrets], verbs: [create, update] }
---
kind: ClusterRoleBinding
metadata: { name: rotate }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: rotate }
subjects: [{ kind: ServiceAccount, namespace: ops, name: rotate }]
`,
    fails: [
      { path: 'rules[0]', severity: 'critical', observed: 'patch secrets', message: /patch and delete are answered/ },
      { path: 'rules[1]', severity: 'critical', observed: 'delete secrets', message: /may read Secrets/ },
    ],
  },
  {
    name: 'a list of names is what the advice asks for of patch and delete as well',
    yaml: `
kind: Role
metadata: { name: rotate, namespace: shop }
rules: [{ apiGroups: [""], resources: [secrets], resourceNames: [own], verbs: [patch, delete, deletecollection] }]
`,
    passes: true,
  },
  {
    name: 'held by nobody it is low',
    yaml: `
kind: Role
metadata: { name: backup, namespace: shop }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [get] }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /nobody holds it at present/ }],
  },
  {
    name: 'of files it is not known who holds it',
    isFromFiles: true,
    yaml: `
kind: Role
metadata: { name: backup, namespace: shop }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [get] }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', message: /not known from these files/ }],
  },
  {
    name: 'a list of names is what the advice asks for',
    yaml: `
kind: Role
metadata: { name: backup, namespace: shop }
rules: [{ apiGroups: [""], resources: [secrets], resourceNames: [own], verbs: [get] }]
`,
    passes: true,
  },
  {
    name: 'a rule that grants everything is told elsewhere',
    yaml: `
kind: ClusterRole
metadata: { name: backup }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
`,
    passes: true,
  },
  {
    name: 'a role with rules that cannot be read is not known to grant nothing',
    isFromFiles: true,
    yaml: `
kind: Role
metadata: { name: backup, namespace: shop }
rules: [{ apiGroups: [""], resources: secrets, verbs: [get] }]
`,
    unknown: /has rules that cannot be read/,
  },
  {
    name: 'a role that is as Kubernetes made it is told elsewhere',
    yaml: `
kind: ClusterRole
metadata: { name: "system:aggregate-to-edit" }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [get] }]
`,
    notApplicable: /as Kubernetes made it/,
  },
  {
    name: 'a role that was changed is held by those to whom Kubernetes binds it',
    yaml: `
kind: ClusterRole
metadata: { name: "system:basic-user" }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [get] }]
---
kind: ClusterRoleBinding
metadata: { name: "system:basic-user" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:basic-user" }
subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:authenticated" }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        message: /ClusterRoleBinding "system:basic-user" grants it to Group "system:authenticated" everywhere/,
      },
    ],
  },
  {
    name: 'what a changed role grants to them is known in files, too',
    isFromFiles: true,
    yaml: `
kind: ClusterRole
metadata: { name: "system:basic-user" }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [get] }]
---
kind: ClusterRoleBinding
metadata: { name: "system:basic-user" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:basic-user" }
subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:authenticated" }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        message: /ClusterRoleBinding "system:basic-user" grants it to Group "system:authenticated" everywhere/,
      },
    ],
  },
]);
