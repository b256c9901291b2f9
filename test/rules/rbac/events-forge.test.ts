import { eventsForge } from '../../../src/rules/rbac/events-forge.ts';
import { testRule } from '../rule-tester.ts';

testRule(eventsForge, [
  {
    name: 'events of either group are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [events], verbs: [delete] }
  - { apiGroups: [events.k8s.io], resources: [events], verbs: [deletecollection] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'low', observed: 'delete events', message: /delete events/ },
      { path: 'rules[1]', severity: 'low', observed: 'deletecollection events' },
    ],
  },
  {
    name: 'it is as low in a namespace',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [events.k8s.io], resources: [events], verbs: [delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'to write them, and other groups, are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["", events.k8s.io], resources: [events], verbs: [get, create, patch, update] }
  - { apiGroups: [eventing.knative.dev], resources: [events], verbs: [delete] }
  - { apiGroups: [""], resources: ["events/*", event], verbs: [delete] }
  - { apiGroups: [""], resources: [events], resourceNames: [one], verbs: [deletecollection] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'where nobody holds it, it is low as well',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [events], resourceNames: [one], verbs: [delete] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /nobody holds it at present/ }],
  },
]);
