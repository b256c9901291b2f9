import { trafficRedirect } from '../../../src/rules/rbac/traffic-redirect.ts';
import { testRule } from '../rule-tester.ts';

testRule(trafficRedirect, [
  {
    name: 'services, endpoints and what is reported of them are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [services], verbs: [create] }
  - { apiGroups: [""], resources: [endpoints], verbs: [update] }
  - { apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [patch] }
  - { apiGroups: [""], resources: [services/status], verbs: [patch] }
  - { apiGroups: [""], resources: [pods/status], verbs: [update] }
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
        observed: 'create services',
        message: /redirect the traffic of services/,
      },
      { path: 'rules[1]', severity: 'medium', observed: 'update endpoints' },
      { path: 'rules[2]', severity: 'medium', observed: 'patch endpointslices' },
      { path: 'rules[3]', severity: 'medium', observed: 'patch services/status' },
      { path: 'rules[4]', severity: 'medium', observed: 'update pods/status' },
    ],
  },
  {
    name: 'in a namespace it is low',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [""], resources: [services], verbs: [update] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'named ones are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [services, endpoints], resourceNames: [web], verbs: [update, patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'to read, to delete and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [services, endpoints], verbs: [get, list, delete] }
  - { apiGroups: [serving.knative.dev], resources: [services], verbs: [create] }
  - { apiGroups: [""], resources: [endpointslices, "services/*"], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
