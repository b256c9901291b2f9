import { certificatesApprove } from '../../../src/rules/rbac/certificates-approve.ts';
import { testRule } from '../rule-tester.ts';

testRule(certificatesApprove, [
  {
    name: 'each of the two parts is medium',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [update] }
  - { apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve] }
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
        observed: 'update certificatesigningrequests/approval',
        message: /approve certificate requests: .*; limit "approve signers" by resourceNames to its own signer, /,
      },
      {
        path: 'rules[1]',
        severity: 'medium',
        observed: 'approve signers',
        message: /approve certificates of a signer/,
      },
    ],
  },
  {
    name: 'with the permission to request them in one role they are critical',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests], verbs: [get, create] }
  - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [patch] }
  - { apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: ["kubernetes.io/*"], verbs: [approve] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[1]',
        severity: 'critical',
        observed: 'patch certificatesigningrequests/approval',
        message: /make certificates of anybody but members of system:masters: ClusterRoleBinding/,
      },
      { path: 'rules[2]', severity: 'critical', observed: 'approve signers' },
    ],
  },
  {
    name: 'for the signer of nodes alone they make certificates of nodes',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests], verbs: [create] }
  - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests/approval], verbs: [patch] }
  - { apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: [kubernetes.io/kube-apiserver-client-kubelet], verbs: [approve] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[1]', severity: 'high', message: /may make certificates of any node: / },
      {
        path: 'rules[2]',
        severity: 'high',
        observed: 'approve signers',
        message: /may make certificates of any node: /,
      },
    ],
  },
  {
    name: 'the signer of nodes by itself is medium',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: [kubernetes.io/kube-apiserver-client-kubelet], verbs: [approve] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'medium', message: /may approve certificates of nodes: / }],
  },
  {
    name: 'no RoleBinding grants them',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests, certificatesigningrequests/approval, signers], verbs: [create, update, approve] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'other signers, requests alone and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: [example.org/serving, kubernetes.io/kubelet-serving, kubernetes.io], verbs: [approve] }
  - { apiGroups: [certificates.k8s.io], resources: [certificatesigningrequests], verbs: [create, update, approve] }
  - { apiGroups: [""], resources: [signers], verbs: [approve] }
  - { apiGroups: [certificates.k8s.io], resources: [signers], verbs: [sign, attest] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
