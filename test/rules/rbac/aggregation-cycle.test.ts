import { aggregationCycle } from '../../../src/rules/rbac/aggregation-cycle.ts';
import { testRule } from '../rule-tester.ts';

testRule(aggregationCycle, [
  {
    name: 'roles that aggregate each other keep what they have',
    yaml: `
kind: ClusterRole
metadata: { name: a, labels: { to-b: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-a: x } }] }
---
kind: ClusterRole
metadata: { name: b, labels: { to-a: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-b: x } }] }
`,
    fails: [{ path: 'aggregationRule.clusterRoleSelectors', message: /back through "b", so that none/ }],
  },
  {
    name: 'a cycle that stands in files is one there too',
    isFromFiles: true,
    yaml: `
kind: ClusterRole
metadata: { name: a, labels: { to-b: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-a: x } }] }
---
kind: ClusterRole
metadata: { name: b, labels: { to-a: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-b: x } }] }
`,
    fails: ['aggregationRule.clusterRoleSelectors'],
  },
  {
    name: 'of many roles a few are named',
    yaml: `
kind: ClusterRole
metadata: { name: a }
aggregationRule: { clusterRoleSelectors: [{}] }
---
{ kind: ClusterRole, metadata: { name: b }, aggregationRule: { clusterRoleSelectors: [{}] } }
---
{ kind: ClusterRole, metadata: { name: c }, aggregationRule: { clusterRoleSelectors: [{}] } }
---
{ kind: ClusterRole, metadata: { name: d }, aggregationRule: { clusterRoleSelectors: [{}] } }
---
{ kind: ClusterRole, metadata: { name: e }, aggregationRule: { clusterRoleSelectors: [{}] } }
---
{ kind: ClusterRole, metadata: { name: f }, aggregationRule: { clusterRoleSelectors: [{}] } }
---
{ kind: ClusterRole, metadata: { name: g }, aggregationRule: { clusterRoleSelectors: [{}] } }
`,
    fails: [
      {
        path: 'aggregationRule.clusterRoleSelectors',
        message: /"b", "c", "d", "e", "f" and 1 more/,
      },
    ],
  },
  {
    name: 'a role that selects itself loses what nothing gives it',
    yaml: `
kind: ClusterRole
metadata: { name: a, labels: { to-a: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-a: x } }] }
`,
    passes: true,
  },
  {
    name: 'roles that aggregate in one direction pass',
    yaml: `
kind: ClusterRole
metadata: { name: admin }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-admin: x } }] }
---
kind: ClusterRole
metadata: { name: edit, labels: { to-admin: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-edit: x } }] }
`,
    passes: true,
  },
  {
    name: 'in files the rest of a cycle may be missing',
    isFromFiles: true,
    yaml: `
kind: ClusterRole
metadata: { name: a }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-a: x } }] }
`,
    unknown: /may not all be among the files/,
  },
  {
    name: 'a role without an aggregation rule has the rules that stand in it',
    yaml: `
kind: ClusterRole
metadata: { name: a, labels: { to-a: x } }
`,
    notApplicable: /no aggregation rule/,
  },
  {
    name: 'a Role aggregates nothing',
    yaml: `
kind: Role
metadata: { name: a, namespace: shop }
`,
    notApplicable: /no aggregation rule/,
  },
  {
    name: 'where ClusterRoles cannot be read nothing is known',
    yaml: `
kind: ClusterRole
metadata: { name: a }
aggregationRule: { clusterRoleSelectors: [{}] }
`,
    missing: [{ source: 'ClusterRole', state: 'forbidden', message: 'may not list clusterroles' }],
    unknown: /may not list/,
  },
]);
