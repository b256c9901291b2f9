import { deadBinding } from '../../../src/rules/rbac/dead-binding.ts';
import { testRule } from '../rule-tester.ts';

testRule(deadBinding, [
  {
    name: 'a binding without subjects is left over',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: nobody }
roleRef: { kind: ClusterRole, name: view }
`,
    fails: [{ path: 'subjects', severity: 'info' }],
  },
  {
    name: 'an empty list of subjects is none',
    yaml: `
kind: RoleBinding
metadata: { name: nobody, namespace: shop }
roleRef: { kind: Role, name: reader }
subjects: []
`,
    fails: [{ path: 'subjects', severity: 'info' }],
  },
  {
    name: 'Kubernetes itself binds system:node to nobody',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:node' }
roleRef: { kind: ClusterRole, name: 'system:node' }
`,
    passes: true,
  },
  {
    name: 'the name alone does not make it that binding',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:node' }
roleRef: { kind: ClusterRole, name: cluster-admin }
`,
    fails: [{ path: 'subjects', severity: 'info' }],
  },
  {
    name: 'names of users are no groups, and the other way round',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: mixed }
roleRef: { kind: ClusterRole, name: reader }
subjects:
  - { kind: Group, name: 'system:anonymous' }
  - { kind: User, name: 'system:unauthenticated' }
  - { kind: User, name: jane }
  - { kind: Group, name: 'system:serviceaccount:shop:web' }
  - { kind: User, name: 'system:serviceaccounts:shop' }
  - { kind: User, name: 'system:masters' }
`,
    fails: [
      {
        path: 'subjects[0]',
        observed: 'Group system:anonymous',
        message: /^"system:anonymous" is the name of a user, so that Group "system:anonymous" is nobody/,
      },
      { path: 'subjects[1]', observed: 'User system:unauthenticated', message: /is the name of a group/ },
      'subjects[3]',
      'subjects[4]',
      'subjects[5]',
    ],
  },
  {
    name: 'the same names pass as what they are',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: right }
roleRef: { kind: ClusterRole, name: reader }
subjects:
  - { kind: User, name: 'system:anonymous' }
  - { kind: Group, name: 'system:unauthenticated' }
  - { kind: User, name: 'system:serviceaccount:shop:web' }
  - { kind: Group, name: 'system:serviceaccounts:shop' }
  - { kind: Group, name: 'system:masters' }
`,
    passes: true,
  },
  {
    name: 'a RoleBinding grants no URLs and nothing without a namespace',
    yaml: `
kind: RoleBinding
metadata: { name: metrics, namespace: shop }
roleRef: { kind: ClusterRole, name: metrics }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRole
metadata: { name: metrics }
rules:
  - { nonResourceURLs: [/metrics], verbs: [get] }
  - { apiGroups: [''], resources: [nodes/metrics], verbs: [get] }
`,
    fails: [
      {
        path: 'roleRef.name',
        observed: 'metrics',
        message: /^nothing that ClusterRole "metrics" grants lies in a namespace/,
      },
    ],
  },
  {
    name: 'a RoleBinding grants no impersonation of users and groups',
    yaml: `
kind: RoleBinding
metadata: { name: limited, namespace: shop }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users, groups], verbs: [impersonate] }
`,
    fails: ['roleRef.name'],
  },
  {
    name: 'a role that also holds something of a namespace is bound for that',
    yaml: `
kind: RoleBinding
metadata: { name: metrics, namespace: shop }
roleRef: { kind: ClusterRole, name: metrics }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRole
metadata: { name: metrics }
rules:
  - { nonResourceURLs: [/metrics], verbs: [get] }
  - { apiGroups: [''], resources: [nodes, pods], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'resources that nobody knows here may lie in a namespace',
    yaml: `
kind: RoleBinding
metadata: { name: gadgets, namespace: shop }
roleRef: { kind: ClusterRole, name: gadgets }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRole
metadata: { name: gadgets }
rules:
  - { apiGroups: [example.com], resources: [gadgets], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'bound cluster-wide the same role grants something',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: metrics }
roleRef: { kind: ClusterRole, name: metrics }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRole
metadata: { name: metrics }
rules:
  - { nonResourceURLs: [/metrics], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'a role that is not there is the subject of another rule',
    yaml: `
kind: RoleBinding
metadata: { name: metrics, namespace: shop }
roleRef: { kind: ClusterRole, name: gone }
subjects: [{ kind: User, name: jane }]
`,
    passes: true,
  },
  {
    name: 'files may lack the role',
    isFromFiles: true,
    yaml: `
kind: RoleBinding
metadata: { name: metrics, namespace: shop }
roleRef: { kind: ClusterRole, name: elsewhere }
subjects: [{ kind: User, name: jane }]
`,
    unknown: /^ClusterRole "elsewhere" is not among the files$/,
  },
  {
    name: 'files may hold a role that only a cluster fills in',
    isFromFiles: true,
    yaml: `
kind: RoleBinding
metadata: { name: all, namespace: shop }
roleRef: { kind: ClusterRole, name: all }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRole
metadata: { name: all }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-all: x } }] }
rules: []
`,
    unknown: /which only a cluster fills in/,
  },
  {
    name: 'files need not hold what every cluster has: the role of tokens lies in no namespace',
    isFromFiles: true,
    yaml: `
kind: RoleBinding
metadata: { name: delegator, namespace: shop }
roleRef: { kind: ClusterRole, name: 'system:auth-delegator' }
subjects: [{ kind: ServiceAccount, name: metrics }]
`,
    fails: ['roleRef.name'],
  },
  {
    name: 'and that of viewers does',
    isFromFiles: true,
    yaml: `
kind: RoleBinding
metadata: { name: viewers, namespace: shop }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: metrics }]
`,
    passes: true,
  },
  {
    name: 'what is known is said even where the role is not among the files',
    isFromFiles: true,
    yaml: `
kind: RoleBinding
metadata: { name: metrics, namespace: shop }
roleRef: { kind: ClusterRole, name: elsewhere }
subjects: [{ kind: Group, name: 'system:anonymous' }]
`,
    fails: ['subjects[0]'],
  },
  {
    name: 'subjects that cannot be read are unknown',
    isFromFiles: true,
    yaml: `
kind: ClusterRoleBinding
metadata: { name: broken }
roleRef: { kind: ClusterRole, name: view }
subjects: jane
`,
    unknown: /subjects/,
  },
  {
    name: 'a create by name is of use to whoever may patch it by another role',
    yaml: `
kind: RoleBinding
metadata: { name: writers, namespace: shop }
roleRef: { kind: ClusterRole, name: writer }
subjects: [{ kind: User, name: joe }]
---
kind: ClusterRole
metadata: { name: writer }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [create], resourceNames: [settings] }
`,
    passes: true,
  },
]);
