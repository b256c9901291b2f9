import { impersonateAny } from '../../../src/rules/rbac/impersonate-any.ts';
import { testRule } from '../rule-tester.ts';

testRule(impersonateAny, [
  {
    name: 'a role that lets anybody impersonate any user and is granted cluster-wide is critical',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        observed: 'impersonate users',
        message: /granted cluster-wide by ClusterRoleBinding "support"/,
      },
    ],
  },
  {
    name: 'a role that names whom it lets impersonate passes',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [jane] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    passes: true,
  },
  {
    name: 'an empty list of names is every name',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [] }
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'null names are every name',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: null }
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'the name * is a user called *, not a pattern',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: ['*'] }
`,
    passes: true,
  },
  {
    name: 'the verb * includes impersonate',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: ['*'] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', observed: 'impersonate serviceaccounts' }],
  },
  {
    name: 'the resource * includes users, groups and service accounts',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: ['*'], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', observed: 'impersonate users, groups, serviceaccounts' }],
  },
  {
    name: 'the API group * includes the core group',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: ['*'], resources: [users], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'nothing but * is a pattern',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate*] }
  - { apiGroups: [''], resources: [users/*], verbs: [impersonate] }
  - { apiGroups: [''], resources: [user*], verbs: [impersonate] }
  - { apiGroups: [core], resources: [users], verbs: [impersonate] }
`,
    passes: true,
  },
  {
    name: 'verbs and resources are compared with their case',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [Impersonate] }
  - { apiGroups: [''], resources: [Users], verbs: [impersonate] }
`,
    passes: true,
  },
  {
    name: 'a rule without API groups matches no resource',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { resources: [users], verbs: [impersonate] }
`,
    passes: true,
  },
  {
    name: 'a role with other permissions passes',
    yaml: `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [get, list, watch] }
`,
    passes: true,
  },
  {
    name: 'a role without rules passes',
    yaml: `
kind: ClusterRole
metadata: { name: empty }
rules: null
`,
    passes: true,
  },
  {
    name: 'each rule that is open is one violation',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
  - { apiGroups: [''], resources: [pods], verbs: [get] }
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'critical' },
      { path: 'rules[2]', severity: 'critical' },
    ],
  },
  {
    name: 'groups alone wait for a user from another role, where somebody holds the role cluster-wide',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', message: /needs but one user from another role/ }],
  },
  {
    name: 'groups alone cannot be impersonated, where nobody holds the role',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'info', message: /cannot be impersonated without a user/ }],
  },
  {
    name: 'groups alone in files are little, as another role may allow the user',
    isFromFiles: true,
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /which another role may allow|whom another role may allow/ }],
  },
  {
    name: 'any group besides one named user is everything: the group may be system:masters',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate] }
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [jane] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical', observed: 'impersonate groups' }],
  },
  {
    name: 'any group besides one named service account is everything too',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate], resourceNames: [web] }
  - { apiGroups: [''], resources: [groups], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    fails: [{ path: 'rules[1]', severity: 'critical' }],
  },
  {
    name: 'nobody holds a role that is not bound',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /nobody holds the role at present/ }],
  },
  {
    name: 'files do not tell who holds a role',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
`,
    isFromFiles: true,
    fails: [{ path: 'rules[0]', severity: 'high', message: /not known from these files/ }],
  },
  {
    name: 'a binding to system:masters alone grants nothing that they do not have',
    yaml: `
kind: ClusterRole
metadata: { name: cluster-admin }
rules:
  - { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
---
kind: ClusterRoleBinding
metadata: { name: cluster-admin }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: Group, name: 'system:masters' }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a binding to system:masters and somebody else grants it to that one',
    yaml: `
kind: ClusterRole
metadata: { name: cluster-admin }
rules:
  - { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
---
kind: ClusterRoleBinding
metadata: { name: cluster-admin }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: Group, name: 'system:masters' }, { kind: User, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'a user called system:masters is somebody else',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: 'system:masters' }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'a binding without subjects grants nothing',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a RoleBinding grants service accounts in its namespace',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users, serviceaccounts], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', message: /in namespace "ci" by RoleBinding "deployers"/ }],
  },
  {
    name: 'a RoleBinding grants neither users nor groups',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users, groups], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /need a ClusterRoleBinding/ }],
  },
  {
    name: 'one ClusterRoleBinding among RoleBindings decides',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'a binding of a namesake is no binding of this role',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a Role is held through the RoleBindings of its namespace',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: ServiceAccount, name: runner, namespace: ci }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'a RoleBinding of another namespace does not grant a Role',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: shop }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: ServiceAccount, name: runner, namespace: ci }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a Role cannot grant users',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: ServiceAccount, name: runner, namespace: ci }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'without the ClusterRoleBindings it is unknown who holds a ClusterRole',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
`,
    missing: [
      { source: 'ClusterRoleBinding', state: 'forbidden', message: 'listing clusterrolebindings is forbidden' },
    ],
    unknown: /^listing clusterrolebindings is forbidden$/,
  },
  {
    name: 'without the RoleBindings it is unknown who holds a ClusterRole',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
`,
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'listing rolebindings is forbidden' }],
    unknown: /^listing rolebindings is forbidden$/,
  },
  {
    name: 'a Role needs no ClusterRoleBindings',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
`,
    missing: [
      { source: 'ClusterRoleBinding', state: 'forbidden', message: 'listing clusterrolebindings is forbidden' },
    ],
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a role without impersonation needs no bindings',
    yaml: `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [''], resources: [pods], verbs: [get] }
`,
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'listing rolebindings is forbidden' }],
    passes: true,
  },
  {
    name: 'what an aggregated ClusterRole grants does not stand in files',
    yaml: `
kind: ClusterRole
metadata: { name: admin }
aggregationRule:
  clusterRoleSelectors: [{ matchLabels: { rbac.example/aggregate-to-admin: 'true' } }]
rules: []
`,
    isFromFiles: true,
    unknown: /aggregat/,
  },
  {
    name: 'what an aggregated ClusterRole grants stands in a cluster',
    yaml: `
kind: ClusterRole
metadata: { name: admin }
aggregationRule:
  clusterRoleSelectors: [{ matchLabels: { rbac.example/aggregate-to-admin: 'true' } }]
rules:
  - { apiGroups: [''], resources: [pods], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'verbs that are no list are unknown',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: impersonate }
`,
    unknown: /"rules\[0\]\.verbs" must be a list, found the string "impersonate"/,
  },
  {
    name: 'a verb that is no string is unknown',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [get, 7] }
`,
    unknown: /"rules\[0\]\.verbs\[1\]" must be a string, found the number 7/,
  },
]);
