import { predefinedRoleBound } from '../../../src/rules/rbac/predefined-role-bound.ts';
import { testRule } from '../rule-tester.ts';

const clusterAdmin = `
kind: ClusterRole
metadata: { name: cluster-admin }
rules:
  - { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }
  - { nonResourceURLs: ["*"], verbs: ["*"] }
`;

/** A part of edit, as an API server fills it in. */
const edit = `
kind: ClusterRole
metadata: { name: edit }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { rbac.authorization.k8s.io/aggregate-to-edit: "true" } }] }
rules:
  - { apiGroups: [""], resources: [secrets], verbs: [get, list, watch] }
  - { apiGroups: [""], resources: [serviceaccounts/token], verbs: [create] }
`;

const discovery = `
kind: ClusterRole
metadata: { name: "system:discovery" }
rules: [{ nonResourceURLs: [/api], verbs: [get] }]
`;

function bind(kind: 'ClusterRoleBinding' | 'RoleBinding', role: string, subject: string): string {
  const place = kind === 'RoleBinding' ? ', namespace: shop' : '';
  return `
kind: ${kind}
metadata: { name: team${place} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "${role}" }
subjects: [${subject}]
`;
}

const jane = '{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }';
const root = `
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
`;

testRule(predefinedRoleBound, [
  {
    name: 'cluster-admin bound in the whole cluster is critical',
    yaml: `${clusterAdmin}---${bind('ClusterRoleBinding', 'cluster-admin', jane)}`,
    fails: [
      {
        path: 'metadata.name',
        severity: 'critical',
        message: /^it allows everything: ClusterRoleBinding "team" grants it to User "jane" everywhere; /,
      },
    ],
  },
  {
    name: 'cluster-admin bound in a namespace is everything there',
    yaml: `${clusterAdmin}---${bind('RoleBinding', 'cluster-admin', jane)}`,
    fails: [{ path: 'metadata.name', severity: 'high', message: /to User "jane" in namespace "shop"/ }],
  },
  {
    name: 'edit bound in the whole cluster is critical',
    yaml: `${edit}---${bind('ClusterRoleBinding', 'edit', jane)}`,
    fails: [{ path: 'metadata.name', severity: 'critical', message: /^it allows to read Secrets, to request tokens/ }],
  },
  {
    name: 'edit bound in a namespace is what it is for',
    yaml: `${edit}---${bind('RoleBinding', 'edit', jane)}`,
    fails: [{ path: 'metadata.name', severity: 'low' }],
  },
  {
    name: 'unless there is a way to cluster-admin from there',
    yaml: `${edit}---${bind('RoleBinding', 'edit', jane)}---${root}`,
    fails: [{ path: 'metadata.name', severity: 'critical', message: /a way to cluster-admin/ }],
  },
  {
    name: 'where it is not known whether there is one, it says so',
    yaml: `${edit}---${bind('RoleBinding', 'edit', jane)}---${root}`,
    missing: [{ source: 'ServiceAccount', state: 'forbidden', message: 'needs list on serviceaccounts' }],
    fails: [
      {
        path: 'metadata.name',
        severity: 'low',
        message:
          /in namespace "shop", and it is not known whether there is a way to cluster-admin from there; bind a role/,
      },
    ],
  },
  {
    name: 'a role that grants nothing dangerous may be bound to anybody',
    yaml: `${discovery}---${bind('ClusterRoleBinding', 'system:discovery', jane)}`,
    passes: true,
  },
  { name: 'a role that is bound to nobody else passes', yaml: clusterAdmin, passes: true },
  {
    name: 'system:masters gains nothing by it',
    yaml: `${clusterAdmin}---${bind('ClusterRoleBinding', 'cluster-admin', '{ kind: Group, name: "system:masters" }')}`,
    passes: true,
  },
  {
    name: 'a role of that name that grants more is no longer that of Kubernetes',
    yaml: `
kind: ClusterRole
metadata: { name: "system:discovery" }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [get] }]
`,
    notApplicable: /as Kubernetes made them/,
  },
]);
