/** Roles that an API server refuses, and such as it takes: test/rbac/invalid-objects.integration.test.ts asks a real one. */
import type { Row } from '../rule-tester.ts';

export const invalidRoleRows: readonly Row[] = [
  {
    name: 'rules about resources and about URLs pass in a ClusterRole',
    yaml: `
kind: ClusterRole
metadata: { name: fine }
rules:
  - { apiGroups: [''], resources: [pods], verbs: [get], resourceNames: [web] }
  - { nonResourceURLs: [/metrics], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'a role without rules passes',
    yaml: `
kind: Role
metadata: { name: fine, namespace: default }
`,
    passes: true,
  },
  {
    name: 'words that grant nothing are stored all the same',
    yaml: `
kind: Role
metadata: { name: fine, namespace: default }
rules:
  - { apiGroups: [core], resources: ['pods/*', ''], verbs: ['get,list', ''], resourceNames: [''] }
`,
    passes: true,
  },
  {
    name: 'nearly every name passes',
    yaml: `
kind: ClusterRole
metadata: { name: 'system:A role, with * and é' }
`,
    passes: true,
  },
  {
    name: 'a selector of everything passes',
    yaml: `
kind: ClusterRole
metadata: { name: fine }
aggregationRule: { clusterRoleSelectors: [{}] }
`,
    passes: true,
  },
  {
    name: 'a rule without verbs',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
rules:
  - { apiGroups: [''], resources: [pods] }
`,
    fails: [{ path: 'rules[0].verbs', message: /must be present/ }],
  },
  {
    name: 'a rule with an empty list of verbs',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
rules:
  - { apiGroups: [''], resources: [pods], verbs: [] }
`,
    fails: ['rules[0].verbs'],
  },
  {
    name: 'a rule with one verb that is no list, and rules beside it',
    yaml: `
kind: Role
metadata: { name: bad, namespace: default }
rules:
  - { apiGroups: [''], resources: [pods], verbs: get }
  - { apiGroups: [''], verbs: [get] }
`,
    fails: ['rules[0].verbs', 'rules[1].resources'],
  },
  {
    name: 'a rule without resources',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
rules:
  - { apiGroups: [''], verbs: [get] }
`,
    fails: ['rules[0].resources'],
  },
  {
    name: 'a rule without API groups',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
rules:
  - { resources: [pods], verbs: [get] }
`,
    fails: ['rules[0].apiGroups'],
  },
  {
    name: 'a rule of nothing',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
rules: [null]
`,
    fails: ['rules[0].verbs', 'rules[0].apiGroups', 'rules[0].resources'],
  },
  {
    name: 'URLs in a Role',
    yaml: `
kind: Role
metadata: { name: bad, namespace: default }
rules:
  - { nonResourceURLs: [/metrics], verbs: [get] }
`,
    fails: [{ path: 'rules[0].nonResourceURLs', message: /write a ClusterRole/ }],
  },
  {
    name: 'URLs beside resources',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
rules:
  - { apiGroups: [''], resources: [pods], nonResourceURLs: [/metrics], verbs: [get] }
`,
    fails: [{ path: 'rules[0].nonResourceURLs', message: /write two rules/ }],
  },
  {
    name: 'URLs beside an API group alone',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
rules:
  - { apiGroups: [''], nonResourceURLs: [/metrics], verbs: [get] }
`,
    fails: ['rules[0].nonResourceURLs'],
  },
  {
    name: 'URLs beside names',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
rules:
  - { resourceNames: [web], nonResourceURLs: [/metrics], verbs: [get] }
`,
    fails: ['rules[0].nonResourceURLs'],
  },
  {
    name: 'rules that are no list',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
rules: { verbs: [get] }
`,
    fails: ['rules'],
  },
  {
    name: 'a verb that is a number',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
rules:
  - { apiGroups: [''], resources: [pods], verbs: [1] }
`,
    fails: ['rules[0].verbs[0]'],
  },
  {
    name: 'a name that is no part of a path',
    yaml: `
kind: ClusterRole
metadata: { name: 'team/reader' }
`,
    fails: ['metadata.name'],
  },
  {
    name: 'a name with a percent sign',
    yaml: `
kind: Role
metadata: { name: '100%', namespace: default }
`,
    fails: ['metadata.name'],
  },
  {
    name: 'a name of two dots',
    yaml: `
kind: ClusterRole
metadata: { name: '..' }
`,
    fails: ['metadata.name'],
  },
  {
    name: 'an aggregation rule without selectors',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
aggregationRule: {}
`,
    fails: ['aggregationRule.clusterRoleSelectors'],
  },
  {
    name: 'a selector with an operator that there is not',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
aggregationRule:
  clusterRoleSelectors:
    - { matchLabels: { a: b } }
    - { matchExpressions: [{ key: a, operator: Equals, values: [b] }] }
`,
    fails: [{ path: 'aggregationRule.clusterRoleSelectors[1]', message: /^the selector has the operator "Equals"/ }],
  },
  {
    name: 'a selector that is a text',
    yaml: `
kind: ClusterRole
metadata: { name: bad }
aggregationRule: { clusterRoleSelectors: ['a=b'] }
`,
    fails: ['aggregationRule.clusterRoleSelectors[0]'],
  },
];
