import { nodeCertificates } from '../../../src/rules/rbac/node-certificates.ts';
import { testRule } from '../rule-tester.ts';

testRule(nodeCertificates, [
  {
    name: 'bound in the whole cluster it is high',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/nodeclient], verbs: [create] }
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
        observed: 'create certificatesigningrequests/nodeclient',
        message: /have the certificate of any node approved/,
      },
    ],
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: ["*/nodeclient"], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'renewing the own certificate, requests and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/selfnodeclient, certificatesigningrequests, "certificatesigningrequests/*"], verbs: [create] }
  - { apiGroups: [certificates], resources: [certificatesigningrequests/nodeclient], verbs: [create] }
  - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/nodeclient], verbs: [get] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'held by nobody it is low',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["*"], resources: [certificatesigningrequests/nodeclient], verbs: [create] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /nobody holds it at present/ }],
  },
]);
