import { apiServicesWrite } from '../../../src/rules/rbac/api-services-write.ts';
import { testRule } from '../rule-tester.ts';

testRule(apiServicesWrite, [
  {
    name: 'bound in the whole cluster it is critical',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [apiregistration.k8s.io], resources: [apiservices], verbs: [patch] }
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
        observed: 'patch apiservices',
        message: /take over the traffic of an API group/,
      },
    ],
  },
  {
    name: 'one named group can be taken over too',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [apiregistration.k8s.io], resources: [apiservices], resourceNames: [v1.apps], verbs: [update] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["*"], resources: [apiservices], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'to read, to delete, the status and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [apiregistration.k8s.io], resources: [apiservices], verbs: [get, delete] }
  - { apiGroups: [apiregistration.k8s.io], resources: [apiservices/status], verbs: [update] }
  - { apiGroups: [apiregistration], resources: [apiservices], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
