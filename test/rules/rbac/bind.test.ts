import { bind } from '../../../src/rules/rbac/bind.ts';
import { testRule } from '../rule-tester.ts';

testRule(bind, [
  {
    name: 'of either kind of role it is critical in the whole cluster',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [bind] }
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
        observed: 'bind clusterroles',
        message: /bind ClusterRoles that grant what they do not hold/,
      },
      { path: 'rules[1]', severity: 'critical', observed: 'bind roles', message: /bind Roles that/ },
    ],
  },
  {
    name: 'in a namespace it is high',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [roles, clusterroles], verbs: [bind] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', observed: 'bind clusterroles, bind roles' }],
  },
  {
    name: 'cluster-admin is known by its name',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view, cluster-admin], verbs: [bind] }
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
        message: /of which "cluster-admin" leads to cluster-admin: ClusterRoleBinding/,
      },
    ],
  },
  {
    name: 'so are others by what they grant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view, strong], verbs: [bind] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ClusterRole
metadata: { name: strong }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical', message: /of which "strong" leads to cluster-admin/ }],
  },
  {
    name: 'in a namespace counts what they grant there',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [deploy], verbs: [bind] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ClusterRole
metadata: { name: deploy }
rules: [{ apiGroups: [""], resources: [pods], verbs: [create] }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        message:
          /of which "deploy" leads to cluster-admin: RoleBinding "some" grants it to User "jane" in namespace "shop"/,
      },
    ],
  },
  {
    name: 'whoever cannot bind it does not count where somebody else can',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [deploy], verbs: [bind] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ClusterRole
metadata: { name: deploy }
rules: [{ apiGroups: [""], resources: [pods], verbs: [create] }]
---
kind: RoleBinding
metadata: { name: team, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: joe }]
---
kind: Role
metadata: { name: binder, namespace: shop }
rules: [{ apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create] }]
---
kind: RoleBinding
metadata: { name: binder, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: binder }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: joe }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        message:
          /"deploy" leads to cluster-admin: RoleBinding "team" grants it to User "joe" in namespace "shop", from where/,
      },
    ],
  },
  {
    name: 'where they lead nowhere, names are what the advice asks for',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view, deploy], verbs: [bind] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: ops }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ClusterRole
metadata: { name: deploy }
rules: [{ apiGroups: [""], resources: [pods], verbs: [create] }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    passes: true,
  },
  {
    name: 'other groups, bindings and other verbs are not meant',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["", apps], resources: [clusterroles, roles], verbs: [bind] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings, "roles/*"], verbs: [bind] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [create, escalate] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'accounts of other namespaces are not named in this one, however a binding writes them',
    yaml: `
kind: Role
metadata: { name: binder, namespace: shop }
rules: [{ apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [bind] }]
---
kind: RoleBinding
metadata: { name: binders, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: binder }
subjects: [{ kind: User, name: "system:serviceaccount:ci:secret-name" }, { kind: Group, name: "system:serviceaccounts:ci" }, { kind: User, name: "system:serviceaccount:shop:web" }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        message:
          /RoleBinding "binders" grants it to a service account of another namespace, the service accounts of another namespace and ServiceAccount "web" in namespace "shop"/,
      },
    ],
  },
  {
    name: 'in the cluster posture they are',
    yaml: `
kind: ClusterRole
metadata: { name: binder }
rules: [{ apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [bind] }]
---
kind: ClusterRoleBinding
metadata: { name: binders }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: binder }
subjects: [{ kind: User, name: "system:serviceaccount:ci:web" }, { kind: Group, name: "system:serviceaccounts:ci" }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        message: /to ServiceAccount "ci\/web" and Group "system:serviceaccounts:ci" everywhere/,
      },
    ],
  },
]);
