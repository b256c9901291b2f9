import { securityContextConstraintsUse } from '../../../src/rules/rbac/security-context-constraints-use.ts';
import { testRule } from '../rule-tester.ts';

testRule(securityContextConstraintsUse, [
  {
    name: 'those that lead to the node are found by name',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [security.openshift.io], resources: [securitycontextconstraints], resourceNames: [restricted-v2, anyuid], verbs: [use] }
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
        observed: 'use securitycontextconstraints',
        message: /run pods under a privileged SecurityContextConstraints/,
      },
    ],
  },
  {
    name: 'all of them are those too',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [security.openshift.io], resources: [securitycontextconstraints], verbs: [use] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'harmless and own ones are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [security.openshift.io], resources: [securitycontextconstraints], resourceNames: [restricted-v2, nonroot-v2, own], verbs: [use] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'to read them, and policies that went the same way, are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [security.openshift.io], resources: [securitycontextconstraints], verbs: [get, list] }
  - { apiGroups: [policy, ""], resources: [podsecuritypolicies, securitycontextconstraints], verbs: [use] }
  - { apiGroups: [security.openshift.io], resources: [securitycontextconstraints/use], verbs: [use] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
