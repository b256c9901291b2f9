/** Bindings that an API server refuses, and such as it takes: test/rbac/invalid-objects.integration.test.ts asks a real one. */
import type { Row } from '../rule-tester.ts';

export const invalidBindingRows: readonly Row[] = [
  {
    name: 'every kind of subject passes, with its API group filled in',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: fine }
roleRef: { kind: ClusterRole, name: view }
subjects:
  - { kind: User, name: jane }
  - { kind: Group, name: 'Team A/%' }
  - { kind: ServiceAccount, name: web.v1, namespace: default }
`,
    passes: true,
  },
  {
    name: 'every kind of subject passes with its API group',
    yaml: `
kind: RoleBinding
metadata: { name: fine, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: team }
  - { kind: ServiceAccount, apiGroup: '', name: web }
`,
    passes: true,
  },
  {
    name: 'a binding without subjects passes',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: fine }
roleRef: { kind: ClusterRole, name: view }
`,
    passes: true,
  },
  {
    name: 'a binding to a role that does not exist passes',
    yaml: `
kind: RoleBinding
metadata: { name: fine, namespace: default }
roleRef: { kind: Role, name: 'gone for good' }
`,
    passes: true,
  },
  {
    name: 'a user with a namespace passes, where it means nothing',
    yaml: `
kind: RoleBinding
metadata: { name: fine, namespace: default }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: User, name: jane, namespace: shop }]
`,
    passes: true,
  },
  {
    name: 'a ClusterRoleBinding to a Role',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: bad }
roleRef: { kind: Role, name: reader }
`,
    fails: [{ path: 'roleRef.kind', message: /must refer to a ClusterRole, not to a "Role"/ }],
  },
  {
    name: 'a RoleBinding to something else',
    yaml: `
kind: RoleBinding
metadata: { name: bad, namespace: default }
roleRef: { kind: clusterrole, name: view }
`,
    fails: [{ path: 'roleRef.kind', message: /must refer to a Role or a ClusterRole, not to a "clusterrole"/ }],
  },
  {
    name: 'a role of another API group, without a name',
    yaml: `
kind: RoleBinding
metadata: { name: bad, namespace: default }
roleRef: { apiGroup: authorization.openshift.io, kind: Role, name: '' }
`,
    fails: ['roleRef.apiGroup', 'roleRef.name'],
  },
  {
    name: 'a role whose name is a path',
    yaml: `
kind: RoleBinding
metadata: { name: bad, namespace: default }
roleRef: { kind: Role, name: shop/reader }
`,
    fails: ['roleRef.name'],
  },
  {
    name: 'a binding that refers to no role',
    yaml: `
kind: RoleBinding
metadata: { name: bad, namespace: default }
subjects: [{ kind: User, name: jane }]
`,
    fails: ['roleRef'],
  },
  {
    name: 'a reference without a kind, and a subject beside it',
    yaml: `
kind: RoleBinding
metadata: { name: bad, namespace: default }
roleRef: { name: reader }
subjects: [{ kind: Everybody, name: all }]
`,
    fails: ['roleRef.kind', 'subjects[0].kind'],
  },
  {
    name: 'a subject of an unknown kind',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: bad }
roleRef: { kind: ClusterRole, name: view }
subjects:
  - { kind: User, name: jane }
  - { kind: user, name: jane }
`,
    fails: [{ path: 'subjects[1].kind', message: /^"user" is no kind of subject/ }],
  },
  {
    name: 'a subject without a kind, and one without a name',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: bad }
roleRef: { kind: ClusterRole, name: view }
subjects:
  - { name: jane }
  - { kind: Group }
  - { kind: User, name: '' }
`,
    fails: ['subjects[0].kind', 'subjects[1].name', 'subjects[2].name'],
  },
  {
    name: 'a service account without a namespace in a ClusterRoleBinding',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: bad }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: web }]
`,
    fails: ['subjects[0].namespace'],
  },
  {
    name: 'a service account with an API group',
    yaml: `
kind: RoleBinding
metadata: { name: bad, namespace: default }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, apiGroup: rbac.authorization.k8s.io, name: web }]
`,
    fails: ['subjects[0].apiGroup'],
  },
  {
    name: 'a service account by the name that it has as a user',
    yaml: `
kind: RoleBinding
metadata: { name: bad, namespace: default }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: 'system:serviceaccount:default:web' }]
`,
    fails: ['subjects[0].name'],
  },
  {
    name: 'a user and a group of the core group, by its version',
    yaml: `
kind: RoleBinding
metadata: { name: bad, namespace: default }
roleRef: { kind: Role, name: reader }
subjects:
  - { kind: User, apiGroup: v1, name: jane }
  - { kind: Group, apiGroup: rbac.authorization.k8s.io/v1, name: team }
`,
    fails: ['subjects[0].apiGroup', 'subjects[1].apiGroup'],
  },
  {
    name: 'subjects that are no list',
    yaml: `
kind: RoleBinding
metadata: { name: bad, namespace: default }
roleRef: { kind: Role, name: reader }
subjects: { kind: User, name: jane }
`,
    fails: ['subjects'],
  },
  {
    name: 'a subject that is a text',
    yaml: `
kind: RoleBinding
metadata: { name: bad, namespace: default }
roleRef: { kind: Role, name: reader }
subjects: [jane]
`,
    fails: ['subjects[0]'],
  },
  {
    name: 'a name that is no part of a path',
    yaml: `
kind: RoleBinding
metadata: { name: 'a/b', namespace: default }
roleRef: { kind: Role, name: reader }
`,
    fails: ['metadata.name'],
  },
];
