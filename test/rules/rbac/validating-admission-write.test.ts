import { validatingAdmissionWrite } from '../../../src/rules/rbac/validating-admission-write.ts';
import { testRule } from '../rule-tester.ts';

testRule(validatingAdmissionWrite, [
  {
    name: 'to write and to delete each of them is found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], verbs: [patch] }
  - { apiGroups: [admissionregistration.k8s.io], resources: [validatingadmissionpolicies], verbs: [delete] }
  - { apiGroups: [admissionregistration.k8s.io], resources: [validatingadmissionpolicybindings], verbs: [deletecollection] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        observed: 'patch validatingwebhookconfigurations',
        message: /take guard rails away/,
      },
      { path: 'rules[1]', severity: 'high', observed: 'delete validatingadmissionpolicies' },
      { path: 'rules[2]', severity: 'high', observed: 'deletecollection validatingadmissionpolicybindings' },
    ],
  },
  {
    name: 'one named webhook can see everything too',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], resourceNames: [own], verbs: [update] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [admissionregistration.k8s.io], resources: [validatingadmissionpolicies], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'to read, the status, mutating ones and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations, validatingadmissionpolicies], verbs: [get, list] }
  - { apiGroups: [admissionregistration.k8s.io], resources: [validatingadmissionpolicies/status, mutatingwebhookconfigurations], verbs: [patch] }
  - { apiGroups: [""], resources: [validatingwebhookconfigurations], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
