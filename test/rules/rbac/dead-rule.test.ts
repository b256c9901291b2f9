import { deadRule } from '../../../src/rules/rbac/dead-rule.ts';
import { testRule } from '../rule-tester.ts';

testRule(deadRule, [
  {
    name: 'each word that grants nothing is named with what would be right',
    yaml: `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [get] }
  - { apiGroups: [core, apps/v1], resources: [pods/*, Deployment], verbs: ['get,list', LIST] }
`,
    fails: [
      { path: 'rules[1].verbs[0]', severity: 'low', observed: 'get,list' },
      { path: 'rules[1].verbs[1]', severity: 'low', message: /^"LIST" grants nothing: .*write "list"/ },
      { path: 'rules[1].apiGroups[0]', severity: 'low', message: /the core group is the empty word/ },
      { path: 'rules[1].apiGroups[1]', severity: 'low', message: /write "apps"/ },
      { path: 'rules[1].resources[0]', severity: 'low', observed: 'pods/*' },
      { path: 'rules[1].resources[1]', severity: 'low', observed: 'Deployment' },
    ],
  },
  {
    name: 'names that are no patterns grant nothing',
    yaml: `
kind: Role
metadata: { name: reader, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [get], resourceNames: ['*', 'db-*', db] }
`,
    fails: [
      { path: 'rules[0].resourceNames[0]', severity: 'low', observed: '*' },
      { path: 'rules[0].resourceNames[1]', severity: 'low', observed: 'db-*' },
    ],
  },
  {
    name: 'names do not let anybody create',
    yaml: `
kind: Role
metadata: { name: writer, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [create, get], resourceNames: [settings] }
`,
    fails: [
      {
        path: 'rules[0].verbs[0]',
        severity: 'low',
        observed: 'create configmaps',
        message:
          /^"create configmaps" grants nothing by itself: .* server-side apply, which needs the verb patch as well$/,
      },
    ],
  },
  {
    name: 'names and create pass where somebody holds a patch of them by another role',
    yaml: `
kind: Role
metadata: { name: writer, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [create], resourceNames: [settings] }
---
kind: RoleBinding
metadata: { name: writers, namespace: shop }
roleRef: { kind: Role, name: writer }
subjects: [{ kind: User, name: joe }, { kind: ServiceAccount, name: web }]
---
kind: ClusterRole
metadata: { name: patcher }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: patchers, namespace: shop }
roleRef: { kind: ClusterRole, name: patcher }
subjects: [{ kind: Group, name: 'system:serviceaccounts:shop' }]
`,
    passes: true,
  },
  {
    name: 'and those of a ClusterRole where the patch is granted everywhere, or in a namespace',
    yaml: `
kind: ClusterRole
metadata: { name: writer }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [create], resourceNames: [settings] }
---
kind: ClusterRoleBinding
metadata: { name: writers }
roleRef: { kind: ClusterRole, name: writer }
subjects: [{ kind: User, name: joe }]
---
kind: Role
metadata: { name: patcher, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: patchers, namespace: shop }
roleRef: { kind: Role, name: patcher }
subjects: [{ kind: User, name: joe }]
`,
    passes: true,
  },
  {
    name: 'of a Role it is not told what is granted beyond its namespace',
    yaml: `
kind: Role
metadata: { name: writer, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [create], resourceNames: [settings] }
---
kind: RoleBinding
metadata: { name: writers, namespace: shop }
roleRef: { kind: Role, name: writer }
subjects: [{ kind: User, name: joe }]
---
kind: ClusterRole
metadata: { name: patcher }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: patchers }
roleRef: { kind: ClusterRole, name: patcher }
subjects: [{ kind: User, name: joe }]
`,
    fails: [{ path: 'rules[0].verbs[0]', severity: 'low', message: /grants nothing by itself/ }],
  },
  {
    name: 'and do not where whoever holds the patch holds it of other names, elsewhere, or does not hold both',
    yaml: `
kind: Role
metadata: { name: writer, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [create], resourceNames: [settings] }
---
kind: RoleBinding
metadata: { name: writers, namespace: shop }
roleRef: { kind: Role, name: writer }
subjects: [{ kind: User, name: joe }]
---
kind: ClusterRole
metadata: { name: patcher }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [patch] }
---
kind: RoleBinding
metadata: { name: patchers, namespace: bank }
roleRef: { kind: ClusterRole, name: patcher }
subjects: [{ kind: User, name: joe }]
---
kind: RoleBinding
metadata: { name: others, namespace: shop }
roleRef: { kind: ClusterRole, name: patcher }
subjects: [{ kind: User, name: max }]
`,
    fails: [{ path: 'rules[0].verbs[0]', severity: 'low', observed: 'create configmaps' }],
  },
  {
    name: 'names and create pass where another rule of the role lets them apply',
    yaml: `
kind: Role
metadata: { name: writer, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [create], resourceNames: [settings] }
  - { apiGroups: [''], resources: [configmaps], verbs: [patch], resourceNames: [settings] }
`,
    passes: true,
  },
  {
    name: 'names that a rule beside them does not keep to look like protection',
    yaml: `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [db] }
  - { apiGroups: ['*'], resources: ['*'], verbs: [get, list] }
`,
    fails: [
      {
        path: 'rules[0].resourceNames',
        observed: '["db"]',
        message: /^the names limit nothing: rules\[1\] grants the same for every name/,
      },
    ],
  },
  {
    name: 'names that limit one verb of several pass',
    yaml: `
kind: ClusterRole
metadata: { name: leader }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [get, list, watch] }
  - { apiGroups: [''], resources: [configmaps], verbs: [get, update], resourceNames: [leader] }
`,
    passes: true,
  },
  {
    name: 'names of one subresource are not those of another',
    yaml: `
kind: ClusterRole
metadata: { name: leader }
rules:
  - { apiGroups: [''], resources: [pods, '*/log'], verbs: [get] }
  - { apiGroups: [''], resources: [pods/exec], verbs: [get], resourceNames: [web] }
`,
    passes: true,
  },
  {
    name: 'names of a subresource limit nothing where all of that name are granted',
    yaml: `
kind: ClusterRole
metadata: { name: leader }
rules:
  - { apiGroups: [''], resources: ['*/log'], verbs: ['*'] }
  - { apiGroups: [''], resources: [pods/log], verbs: [get], resourceNames: [web] }
`,
    fails: ['rules[1].resourceNames'],
  },
  {
    name: 'a Role holds nothing that has no namespace',
    yaml: `
kind: Role
metadata: { name: reader, namespace: shop }
rules:
  - { apiGroups: [''], resources: [pods, nodes], verbs: [get] }
  - { apiGroups: [''], resources: [users, serviceaccounts], verbs: [impersonate] }
`,
    fails: [
      { path: 'rules[0].resources[1]', severity: 'low', observed: 'nodes' },
      { path: 'rules[1].resources[0]', severity: 'low', observed: 'users' },
    ],
  },
  {
    name: 'a Role holds its own namespace',
    yaml: `
kind: Role
metadata: { name: labeller, namespace: shop }
rules:
  - { apiGroups: [''], resources: [namespaces], verbs: [get, patch] }
`,
    passes: true,
  },
  {
    name: 'a ClusterRole may be bound either way',
    yaml: `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [''], resources: [nodes], verbs: [get] }
  - { nonResourceURLs: [/metrics, /logs/*, '*'], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'URLs have a star at their end only',
    yaml: `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { nonResourceURLs: [/apis/*/pods, metrics], verbs: [get] }
`,
    fails: [
      { path: 'rules[0].nonResourceURLs[0]', severity: 'low' },
      { path: 'rules[0].nonResourceURLs[1]', severity: 'low' },
    ],
  },
  {
    name: 'custom resources and verbs are taken as they are',
    yaml: `
kind: Role
metadata: { name: reader, namespace: shop }
rules:
  - { apiGroups: [example.com], resources: [nodes, gadgets/part], verbs: [Spin, stop-now] }
`,
    passes: true,
  },
  {
    name: 'a role without rules passes',
    yaml: `
kind: ClusterRole
metadata: { name: empty }
`,
    passes: true,
  },
  {
    name: 'of an aggregated role the others are judged',
    yaml: `
kind: ClusterRole
metadata: { name: all }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-all: x } }] }
rules:
  - { apiGroups: [core], resources: [pods], verbs: [get] }
`,
    notApplicable: /which are judged themselves/,
  },
  {
    name: 'a rule without verbs is unknown',
    isFromFiles: true,
    yaml: `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [core], resources: [pods] }
`,
    unknown: /verbs/,
  },
]);
