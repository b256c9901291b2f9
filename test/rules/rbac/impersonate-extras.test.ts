import { impersonateExtras } from '../../../src/rules/rbac/impersonate-extras.ts';
import { testRule } from '../rule-tester.ts';

testRule(impersonateExtras, [
  {
    name: 'uids and every kind of extra attribute are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [authentication.k8s.io], resources: [uids], verbs: [impersonate] }
  - { apiGroups: [authentication.k8s.io], resources: [userextras/authentication.kubernetes.io/node-name], verbs: [impersonate] }
  - { apiGroups: ["*"], resources: ["*/scopes"], verbs: [impersonate] }
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
        observed: 'impersonate uids',
        message: /claim uids and extra attributes/,
      },
      { path: 'rules[1]', severity: 'medium', observed: 'impersonate userextras/*' },
      { path: 'rules[2]', severity: 'medium', observed: 'impersonate userextras/*' },
    ],
  },
  {
    name: 'so are those that are claimed by the constrained verb, beside users',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [authentication.k8s.io], resources: [uids, userextras/scopes], verbs: ["impersonate:user-info"] }
  - { apiGroups: [authentication.k8s.io], resources: [userextras/scopes], resourceNames: [view], verbs: ["impersonate:user-info"] }
  - { apiGroups: [authentication.k8s.io], resources: [uids], verbs: ["impersonate:serviceaccount", "impersonate-on:user-info:get"] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    podSecurityVersion: 36,
    fails: [{ path: 'rules[0]', severity: 'medium', observed: 'impersonate:user-info uids' }],
  },
  {
    name: 'before Kubernetes 1.36 nobody is asked for that verb by default',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [authentication.k8s.io], resources: [uids], verbs: ["impersonate:user-info"] }
`,
    podSecurityVersion: 35,
    passes: true,
  },
  {
    name: 'no RoleBinding grants it',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [authentication.k8s.io], resources: [uids], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /takes a ClusterRoleBinding/ }],
  },
  {
    name: 'another group, no key and a star for a key grant nothing',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [uids, userextras/scopes], verbs: [impersonate] }
  - { apiGroups: [authentication.k8s.io], resources: [userextras, "userextras/*", "*/*", extras/scopes], verbs: [impersonate] }
  - { apiGroups: [authentication.k8s.io], resources: [uids], verbs: [get, Impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'values that are listed are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [authentication.k8s.io], resources: [userextras/scopes], resourceNames: [view], verbs: [impersonate] }
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
  - { apiGroups: [authentication.k8s.io], resources: [uids], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /nobody holds it at present/ }],
  },
]);
