import { secretsCreate } from '../../../src/rules/rbac/secrets-create.ts';
import { testRule } from '../rule-tester.ts';

testRule(secretsCreate, [
  {
    name: 'bound in the whole cluster it is critical',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [secrets], verbs: [get, create] }
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
        observed: 'create secrets',
        message:
          /create Secrets, and so tokens of any service account: ClusterRoleBinding "some" grants it to User "jane" everywhere; create the/,
      },
    ],
  },
  {
    name: 'bound in a namespace it is high',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["*"], resources: [secrets], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'whoever may patch the Secret that they may create by its name applies it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [secrets], resourceNames: [cache], verbs: [create] }
  - { apiGroups: [""], resources: [secrets], resourceNames: [cache, db], verbs: [get, patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical', observed: 'create secrets' }],
  },
  {
    name: 'the empty name is that of whatever is created',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [secrets], resourceNames: [""], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'changing Secrets is another matter, and so is creating one of a given name, which no request has but to apply it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [secrets], verbs: [get, update, delete] }
  - { apiGroups: [""], resources: [secrets], resourceNames: [cache], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'other groups, other words and what is below Secrets grant nothing',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [v1, apps], resources: [secrets], verbs: [create] }
  - { apiGroups: [""], resources: [secret, Secrets, "secrets/*"], verbs: [create] }
  - { apiGroups: [""], resources: [secrets], verbs: [CREATE] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
