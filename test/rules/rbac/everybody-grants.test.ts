import { everybodyGrants } from '../../../src/rules/rbac/everybody-grants.ts';
import { testRule } from '../rule-tester.ts';

const reader = `
kind: ClusterRole
metadata: { name: reader }
rules: [{ apiGroups: [""], resources: [configmaps], verbs: [get] }]
`;
const root = `
kind: ClusterRole
metadata: { name: reader }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
`;

function bind(kind: 'ClusterRoleBinding' | 'RoleBinding', subject: string): string {
  return `
kind: ${kind}
metadata: { name: open${kind === 'RoleBinding' ? ', namespace: shop' : ''} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }
  - ${subject}
`;
}

const authenticated = '{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:authenticated" }';

testRule(everybodyGrants, [
  {
    name: 'what everybody may read in the whole cluster is high',
    yaml: `${bind('ClusterRoleBinding', authenticated)}---${reader}`,
    fails: [
      {
        path: 'subjects[1]',
        severity: 'high',
        observed: 'Group system:authenticated',
        message: /^ClusterRole "reader" is granted to everybody who has a credential, every pod included: /,
      },
    ],
  },
  {
    name: 'in one namespace it is medium',
    yaml: `${bind('RoleBinding', authenticated)}---${reader}`,
    fails: [{ path: 'subjects[1]', severity: 'medium' }],
  },
  {
    name: 'what takes over the cluster is critical',
    yaml: `${bind('ClusterRoleBinding', '{ kind: Group, name: "system:serviceaccounts" }')}---${root}`,
    fails: [{ path: 'subjects[1]', severity: 'critical', message: /to every service account: with what it allows/ }],
  },
  {
    name: 'the service accounts of one namespace are everybody there',
    yaml: `${bind('RoleBinding', '{ kind: Group, name: "system:serviceaccounts:shop" }')}---${root}`,
    fails: [{ path: 'subjects[1]', severity: 'high', message: /every service account of namespace "shop"/ }],
  },
  {
    name: 'the service accounts of another namespace are not named in this one',
    yaml: `${bind('RoleBinding', '{ kind: Group, name: "system:serviceaccounts:ci" }')}---${root}`,
    fails: [
      {
        path: 'subjects[1]',
        severity: 'high',
        observed: 'the service accounts of another namespace',
        message: /is granted to every service account of another namespace: with/,
      },
    ],
  },
  {
    name: 'and are in the cluster posture',
    yaml: `${bind('ClusterRoleBinding', '{ kind: Group, name: "system:serviceaccounts:ci" }')}---${root}`,
    fails: [
      {
        path: 'subjects[1]',
        severity: 'critical',
        observed: 'Group system:serviceaccounts:ci',
        message: /every service account of namespace "ci"/,
      },
    ],
  },
  {
    name: 'a role that does not exist may be anything tomorrow',
    yaml: bind('ClusterRoleBinding', authenticated),
    fails: [{ path: 'subjects[1]', severity: 'high', message: /does not exist/ }],
  },
  {
    name: 'a user of that name is nobody',
    yaml: `${bind('ClusterRoleBinding', '{ kind: User, name: "system:authenticated" }')}---${reader}`,
    passes: true,
  },
  {
    name: 'what everybody has anyway passes',
    yaml: `${bind('ClusterRoleBinding', authenticated)}---
kind: ClusterRole
metadata: { name: reader }
rules: [{ nonResourceURLs: [/version], verbs: [get] }]
`,
    passes: true,
  },
  {
    name: 'what Kubernetes itself binds passes',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: "system:basic-user" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:basic-user" }
subjects: [${authenticated}]
`,
    passes: true,
  },
  {
    name: 'what Kubernetes itself binds passes with the role as Kubernetes made it',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: "system:basic-user" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:basic-user" }
subjects: [${authenticated}]
---
kind: ClusterRole
metadata: { name: "system:basic-user" }
rules: [{ apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews], verbs: [create] }]
`,
    passes: true,
  },
  {
    name: 'a role that was changed behind a binding that was not is granted by whoever changed it',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: "system:basic-user" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:basic-user" }
subjects: [${authenticated}]
---
kind: ClusterRole
metadata: { name: "system:basic-user" }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [get] }]
`,
    fails: [{ path: 'subjects[0]', severity: 'critical', message: /^ClusterRole "system:basic-user" is granted to/ }],
  },
  {
    name: 'without the roles it is unknown',
    yaml: bind('ClusterRoleBinding', authenticated),
    missing: [{ source: 'ClusterRole', state: 'forbidden', message: 'needs list on clusterroles' }],
    unknown: /needs list on clusterroles/,
  },
]);
