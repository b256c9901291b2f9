import { trustBundles } from '../../../src/rules/rbac/trust-bundles.ts';
import { testRule } from '../rule-tester.ts';

testRule(trustBundles, [
  {
    name: 'writing bundles is medium, vouching for signers high',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [clustertrustbundles], verbs: [create] }
  - { apiGroups: [certificates.k8s.io], resources: [signers], verbs: [attest] }
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
        observed: 'create clustertrustbundles',
        message: /write ClusterTrustBundles/,
      },
      {
        path: 'rules[1]',
        severity: 'high',
        observed: 'attest signers',
        message: /vouch for the trust anchors of a signer/,
      },
    ],
  },
  {
    name: 'the name of a signer limits nothing that its users would feel',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [signers], resourceNames: [example.org/mesh], verbs: [attest] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'named bundles are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [clustertrustbundles], resourceNames: [internal], verbs: [update, delete] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [clustertrustbundles], verbs: [delete] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'low',
        observed: 'delete clustertrustbundles',
        message: /takes a ClusterRoleBinding/,
      },
    ],
  },
  {
    name: 'to read, other verbs on signers and other groups are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [certificates.k8s.io], resources: [clustertrustbundles], verbs: [get, list] }
  - { apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve, sign] }
  - { apiGroups: [""], resources: [clustertrustbundles], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
