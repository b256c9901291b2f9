import { mutatingAdmissionWrite } from '../../../src/rules/rbac/mutating-admission-write.ts';
import { testRule } from '../rule-tester.ts';

testRule(mutatingAdmissionWrite, [
  {
    name: 'webhooks, policies and their bindings are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [update] }
  - { apiGroups: [admissionregistration.k8s.io], resources: [mutatingadmissionpolicies], verbs: [create] }
  - { apiGroups: [admissionregistration.k8s.io], resources: [mutatingadmissionpolicybindings], verbs: [patch] }
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
        observed: 'update mutatingwebhookconfigurations',
        message: /read and rewrite every object on its way in, by a webhook/,
      },
      {
        path: 'rules[1]',
        severity: 'critical',
        observed: 'create mutatingadmissionpolicies',
        message: /rewrite every object on its way in, by a policy/,
      },
      { path: 'rules[2]', severity: 'critical', observed: 'patch mutatingadmissionpolicybindings' },
    ],
  },
  {
    name: 'one named webhook can see everything too',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], resourceNames: [own], verbs: [patch] }
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
  - { apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'to read, to delete, validating ones and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations, mutatingadmissionpolicies], verbs: [get, list, delete] }
  - { apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], verbs: [create] }
  - { apiGroups: [""], resources: [mutatingwebhookconfigurations], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
