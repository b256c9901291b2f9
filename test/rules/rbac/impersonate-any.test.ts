import { impersonateAny } from '../../../src/rules/rbac/impersonate-any.ts';
import { testRule } from '../rule-tester.ts';

const limitedImpersonator = `kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate], resourceNames: [developers] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: limited-impersonator }
subjects: [{ kind: User, name: jane }]`;

const developersAreAdmin = `kind: ClusterRoleBinding
metadata: { name: developers }
roleRef: { kind: ClusterRole, name: anything }
subjects: [{ kind: Group, name: developers }]
---
kind: ClusterRole
metadata: { name: anything }
rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]`;

const developersDestroy = `kind: ClusterRoleBinding
metadata: { name: developers }
roleRef: { kind: ClusterRole, name: destroyer }
subjects: [{ kind: Group, name: developers }]
---
kind: ClusterRole
metadata: { name: destroyer }
rules:
  - { apiGroups: [''], resources: [namespaces, persistentvolumes], verbs: [delete, deletecollection] }`;

const deployerIsAdmin = `kind: ServiceAccount
metadata: { name: deployer, namespace: ci }
---
kind: ClusterRoleBinding
metadata: { name: deployer }
roleRef: { kind: ClusterRole, name: anything }
subjects: [{ kind: ServiceAccount, namespace: ci, name: deployer }]
---
kind: ClusterRole
metadata: { name: anything }
rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]`;

/** Another role of jane's, in a namespace or in the whole cluster. */
function janesOther(place: string, rule: string): string {
  const isCluster = place === 'cluster';
  const metadata = isCluster ? '{ name: other }' : `{ name: other, namespace: ${place} }`;
  return `kind: ClusterRole
metadata: { name: other }
rules: [{ apiGroups: [''], ${rule} }]
---
kind: ${isCluster ? 'ClusterRoleBinding' : 'RoleBinding'}
metadata: ${metadata}
roleRef: { kind: ClusterRole, name: other }
subjects: [{ kind: User, name: jane }]`;
}

testRule(impersonateAny, [
  {
    name: 'a role that lets anybody impersonate any user and is granted cluster-wide is critical',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        observed: 'impersonate users',
        message:
          /impersonate any of users: ClusterRoleBinding "support" grants it to Group "support" everywhere; limit it with resourceNames/,
      },
    ],
  },
  {
    name: 'a role that names whom it lets impersonate passes',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [jane] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    passes: true,
  },
  {
    name: 'an empty list of names is every name',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [] }
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'null names are every name',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: null }
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'the name * is a user called *, not a pattern',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: ['*'] }
`,
    passes: true,
  },
  {
    name: 'the verb * includes impersonate',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: ['*'] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', observed: 'impersonate serviceaccounts' }],
  },
  {
    name: 'the resource * includes users, groups and service accounts',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: ['*'], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', observed: 'impersonate users, groups, serviceaccounts' }],
  },
  {
    name: 'the API group * includes the core group',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: ['*'], resources: [users], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'nothing but * is a pattern',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate*] }
  - { apiGroups: [''], resources: [users/*], verbs: [impersonate] }
  - { apiGroups: [''], resources: [user*], verbs: [impersonate] }
  - { apiGroups: [core], resources: [users], verbs: [impersonate] }
`,
    passes: true,
  },
  {
    name: 'verbs and resources are compared with their case',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [Impersonate] }
  - { apiGroups: [''], resources: [Users], verbs: [impersonate] }
`,
    passes: true,
  },
  {
    name: 'a rule without API groups matches no resource',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { resources: [users], verbs: [impersonate] }
`,
    passes: true,
  },
  {
    name: 'a role with other permissions passes',
    yaml: `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [get, list, watch] }
`,
    passes: true,
  },
  {
    name: 'a role without rules passes',
    yaml: `
kind: ClusterRole
metadata: { name: empty }
rules: null
`,
    passes: true,
  },
  {
    name: 'each rule that is open is one violation',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
  - { apiGroups: [''], resources: [pods], verbs: [get] }
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'critical' },
      { path: 'rules[2]', severity: 'critical' },
    ],
  },
  {
    name: 'groups alone wait for a user from another role, where somebody holds the role cluster-wide',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', message: /needs but one user from another role/ }],
  },
  {
    name: 'groups alone cannot be impersonated, where nobody holds the role',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'info', message: /cannot be impersonated without a user/ }],
  },
  {
    name: 'groups alone in files are little, as another role may allow the user',
    isFromFiles: true,
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /whom another role may allow/ }],
  },
  {
    name: 'any group besides one named user is everything: the group may be system:masters',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate] }
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [jane] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical', observed: 'impersonate groups' }],
  },
  {
    name: 'any group besides one named service account is everything too',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate], resourceNames: [web] }
  - { apiGroups: [''], resources: [groups], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    fails: [{ path: 'rules[1]', severity: 'critical' }],
  },
  {
    name: 'nobody holds a role that is not bound',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /nobody holds it at present/ }],
  },
  {
    name: 'files do not tell who holds a role',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
`,
    isFromFiles: true,
    fails: [{ path: 'rules[0]', severity: 'high', message: /not known from these files/ }],
  },
  {
    name: 'a binding to system:masters alone grants nothing that they do not have',
    yaml: `
kind: ClusterRole
metadata: { name: anybody }
rules:
  - { apiGroups: ['*'], resources: ['*'], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: anybody }
roleRef: { kind: ClusterRole, name: anybody }
subjects: [{ kind: Group, name: 'system:masters' }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a binding to system:masters and somebody else grants it to that one',
    yaml: `
kind: ClusterRole
metadata: { name: anybody }
rules:
  - { apiGroups: ['*'], resources: ['*'], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: anybody }
roleRef: { kind: ClusterRole, name: anybody }
subjects: [{ kind: Group, name: 'system:masters' }, { kind: User, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'a user called system:masters is somebody else',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: 'system:masters' }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'a binding without subjects grants nothing',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a RoleBinding grants service accounts in its namespace',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users, serviceaccounts], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        message: /RoleBinding "deployers" grants it to User "jane" in namespace "ci"/,
      },
    ],
  },
  {
    name: 'a RoleBinding grants neither users nor groups',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users, groups], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /it takes a ClusterRoleBinding/ }],
  },
  {
    name: 'one ClusterRoleBinding among RoleBindings decides',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'a binding of a namesake is no binding of this role',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a Role is held through the RoleBindings of its namespace',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: ServiceAccount, name: runner, namespace: ci }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'a RoleBinding of another namespace does not grant a Role',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: shop }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: ServiceAccount, name: runner, namespace: ci }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a Role cannot grant users',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: ServiceAccount, name: runner, namespace: ci }]
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a Role cannot grant a user that is named, whatever that user may become',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [root] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: ServiceAccount, name: runner, namespace: ci }]
---
kind: ClusterRole
metadata: { name: cluster-admin }
rules:
  - { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
---
kind: ClusterRoleBinding
metadata: { name: roots }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: User, name: root }]
`,
    passes: true,
  },
  {
    name: 'without the ClusterRoleBindings it is unknown who holds a ClusterRole',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
`,
    missing: [
      { source: 'ClusterRoleBinding', state: 'forbidden', message: 'listing clusterrolebindings is forbidden' },
    ],
    unknown: /^listing clusterrolebindings is forbidden$/,
  },
  {
    name: 'without the RoleBindings it is unknown who holds a ClusterRole',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate] }
`,
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'listing rolebindings is forbidden' }],
    unknown: /^listing rolebindings is forbidden$/,
  },
  {
    name: 'a Role needs no ClusterRoleBindings',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
`,
    missing: [
      { source: 'ClusterRoleBinding', state: 'forbidden', message: 'listing clusterrolebindings is forbidden' },
    ],
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a role without impersonation needs no bindings',
    yaml: `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [''], resources: [pods], verbs: [get] }
`,
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'listing rolebindings is forbidden' }],
    passes: true,
  },
  {
    name: 'what an aggregated ClusterRole grants does not stand in files',
    yaml: `
kind: ClusterRole
metadata: { name: admin }
aggregationRule:
  clusterRoleSelectors: [{ matchLabels: { rbac.example/aggregate-to-admin: 'true' } }]
rules: []
`,
    isFromFiles: true,
    unknown: /has the rules of others/,
  },
  {
    name: 'what an aggregated ClusterRole grants stands in a cluster',
    yaml: `
kind: ClusterRole
metadata: { name: admin }
aggregationRule:
  clusterRoleSelectors: [{ matchLabels: { rbac.example/aggregate-to-admin: 'true' } }]
rules:
  - { apiGroups: [''], resources: [pods], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'verbs that are no list are unknown',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: impersonate }
`,
    unknown: /"rules\[0\]\.verbs" must be a list, found the string "impersonate"/,
  },
  {
    name: 'a verb that is no string is unknown',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [get, 7] }
`,
    unknown: /"rules\[0\]\.verbs\[1\]" must be a string, found the number 7/,
  },
  {
    name: 'the impersonator of users, groups and service accounts is critical where it is bound cluster-wide',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users, groups, serviceaccounts], verbs: [impersonate] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: Group, name: support }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        observed: 'impersonate users, groups, serviceaccounts',
        message: /may impersonate any of users, groups, serviceaccounts: ClusterRoleBinding "support" grants it/,
      },
    ],
  },
  {
    name: 'the impersonator of users, groups and service accounts is low where nobody holds it',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [users, groups, serviceaccounts], verbs: [impersonate] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /nobody holds it at present/ }],
  },
  {
    name: 'the limited impersonator, of groups alone, can impersonate nobody',
    yaml: `
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate], resourceNames: [developers] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: limited-impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'info',
        observed: 'impersonate groups',
        message:
          /impersonate groups "developers", which is nothing for itself: groups cannot be impersonated without a user or a service account, and no role allows one to User "jane"/,
      },
    ],
  },
  {
    name: 'the limited impersonator can impersonate nobody where it is not bound',
    yaml: `
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate], resourceNames: [developers] }
`,
    fails: [{ path: 'rules[0]', severity: 'info', message: /nobody holds the role cluster-wide/ }],
  },
  {
    name: 'the limited impersonator in files may be of use by another role',
    isFromFiles: true,
    yaml: `
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate], resourceNames: [developers] }
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /whom another role may allow/ }],
  },
  {
    name: 'beside a user from another role the limited impersonator is as good as its harmless group',
    yaml: `
${limitedImpersonator}
---
${janesOther('cluster', 'resources: [users], verbs: [impersonate], resourceNames: [joe]')}
`,
    passes: true,
  },
  {
    name: 'beside a user from another role the limited impersonator of a group that becomes cluster-admin is critical',
    yaml: `
${limitedImpersonator}
---
${janesOther('cluster', 'resources: [users], verbs: [impersonate], resourceNames: [joe]')}
---
${developersAreAdmin}
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        message:
          /act as a member of groups, of which "developers" leads to cluster-admin: ClusterRoleBinding "support"/,
      },
    ],
  },
  {
    name: 'a service account of one namespace is somebody to be in a group as well',
    yaml: `
${limitedImpersonator}
---
${janesOther('shop', 'resources: [serviceaccounts], verbs: [impersonate], resourceNames: [web]')}
---
${developersAreAdmin}
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'users in one namespace are nobody to be in a group',
    yaml: `
${limitedImpersonator}
---
${janesOther('shop', 'resources: [users], verbs: [impersonate]')}
`,
    fails: [{ path: 'rules[0]', severity: 'info' }],
  },
  {
    name: 'a service account by its name as a user is nobody to be in a group',
    yaml: `
${limitedImpersonator}
---
${janesOther('cluster', "resources: [users], verbs: [impersonate], resourceNames: ['system:serviceaccount:shop:web']")}
`,
    fails: [{ path: 'rules[0]', severity: 'info' }],
  },
  {
    name: 'what everybody may impersonate goes with the groups of whoever holds it, members of a group as well',
    yaml: `
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate], resourceNames: [developers] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: limited-impersonator }
subjects: [{ kind: Group, name: support }]
---
kind: ClusterRole
metadata: { name: joe }
rules: [{ apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [joe] }]
---
kind: ClusterRoleBinding
metadata: { name: joe }
roleRef: { kind: ClusterRole, name: joe }
subjects: [{ kind: Group, name: 'system:authenticated' }]
---
${developersAreAdmin}
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'a group that becomes cluster-admin waits for one user',
    yaml: `
${limitedImpersonator}
---
${developersAreAdmin}
`,
    fails: [{ path: 'rules[0]', severity: 'high', message: /User "jane" needs but one user from another role/ }],
  },
  {
    name: 'system:masters among the groups beside a user is cluster-admin',
    yaml: `
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [groups], verbs: [impersonate], resourceNames: [developers, 'system:masters'] }
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [joe] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: limited-impersonator }
subjects: [{ kind: User, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical', message: /of which "system:masters" leads to cluster-admin/ }],
  },
  {
    name: 'a user who can become cluster-admin is as bad as anybody',
    yaml: `
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [joe, root] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: limited-impersonator }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRole
metadata: { name: role-manager }
rules: [{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, update] }]
---
kind: ClusterRoleBinding
metadata: { name: role-manager }
roleRef: { kind: ClusterRole, name: role-manager }
subjects: [{ kind: User, name: root }]
`,
    fails: [
      { path: 'rules[0]', severity: 'critical', message: /act as users, of which "root" leads to cluster-admin/ },
    ],
  },
  {
    name: 'what a named user leads to is not known from files',
    isFromFiles: true,
    yaml: `
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [jane] }
`,
    unknown: /what "jane" leads to is not known from these files/,
  },
  {
    name: 'service accounts of a namespace from where there is a way to cluster-admin are critical',
    yaml: `
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: ClusterRole, name: impersonator }
subjects: [{ kind: User, name: jane }]
---
${deployerIsAdmin}
`,
    fails: [{ path: 'rules[0]', severity: 'critical', message: /from where there is a way to cluster-admin/ }],
  },
  {
    name: 'a named service account of a namespace that becomes cluster-admin is critical, another is not',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate], resourceNames: [deployer] }
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate], resourceNames: [web] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: User, name: jane }]
---
${deployerIsAdmin}
`,
    fails: [{ path: 'rules[0]', severity: 'critical', message: /of which "deployer" leads to cluster-admin/ }],
  },
  {
    name: 'what grants everything is told by rbac-wildcards',
    yaml: `
kind: ClusterRole
metadata: { name: anything }
rules:
  - { apiGroups: [''], resources: ['*'], verbs: ['*'] }
`,
    passes: true,
  },
  {
    name: 'a role that is as Kubernetes made it is told by rbac-predefined-role-bound',
    yaml: `
kind: ClusterRole
metadata: { name: edit }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate] }
`,
    notApplicable: /as Kubernetes made it/,
  },
  {
    name: 'without the ways to cluster-admin it is unknown what a named user leads to',
    yaml: `
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [jane] }
`,
    missing: [{ source: 'EscalationPaths', state: 'forbidden', message: 'listing namespaces is forbidden' }],
    unknown: /listing namespaces is forbidden/,
  },
  {
    name: 'beside a user the limited impersonator is as bad as what its group may do',
    yaml: `
${limitedImpersonator}
---
${janesOther('cluster', 'resources: [users], verbs: [impersonate], resourceNames: [joe]')}
---
${developersDestroy}
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        message:
          /may act as a member of groups, of which "developers" may delete namespaces, or all workloads .*: ClusterRoleBinding "support" grants it to User "jane" everywhere; name in resourceNames who may do less$/,
      },
    ],
  },
  {
    name: 'without a user it is nothing, whatever its group may do',
    yaml: `
${limitedImpersonator}
---
${developersDestroy}
`,
    fails: [{ path: 'rules[0]', severity: 'info' }],
  },
  {
    name: 'what everybody may do is not gained by being somebody else',
    yaml: `
${limitedImpersonator}
---
${janesOther('cluster', 'resources: [users], verbs: [impersonate], resourceNames: [joe]')}
---
${developersDestroy.replaceAll('name: developers', "name: 'system:authenticated'")}
`,
    passes: true,
  },
  {
    name: 'one user who may do harm is enough, and what names limit is none',
    yaml: `
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [joe, bob, 'system:serviceaccount:ci:x'] }
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [ann] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: limited-impersonator }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRole
metadata: { name: destroyer }
rules: [{ apiGroups: [''], resources: [namespaces], verbs: [delete] }]
---
kind: ClusterRoleBinding
metadata: { name: destroyer }
roleRef: { kind: ClusterRole, name: destroyer }
subjects: [{ kind: User, name: bob }, { kind: ServiceAccount, namespace: ci, name: x }]
---
kind: ClusterRole
metadata: { name: janitor }
rules: [{ apiGroups: [''], resources: [namespaces], verbs: [delete], resourceNames: [sandbox] }]
---
kind: ClusterRoleBinding
metadata: { name: janitor }
roleRef: { kind: ClusterRole, name: janitor }
subjects: [{ kind: User, name: ann }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', message: /act as users, of which "bob" may delete namespaces/ }],
  },
  {
    name: 'a named service account is as bad as what it may do, in a namespace as there',
    yaml: `
kind: Role
metadata: { name: impersonator, namespace: ci }
rules:
  - { apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate], resourceNames: [web, builder] }
---
kind: RoleBinding
metadata: { name: deployers, namespace: ci }
roleRef: { kind: Role, name: impersonator }
subjects: [{ kind: User, name: jane }]
---
kind: ServiceAccount
metadata: { name: builder, namespace: ci }
---
kind: Role
metadata: { name: debugger, namespace: ci }
rules: [{ apiGroups: [''], resources: [pods/exec], verbs: [create] }]
---
kind: RoleBinding
metadata: { name: debugger, namespace: ci }
roleRef: { kind: Role, name: debugger }
subjects: [{ kind: ServiceAccount, name: builder }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', message: /act as service accounts, of which "builder" may run/ }],
  },
  {
    name: 'what a user and a group may do together is graded by what each may alone',
    yaml: `
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - { apiGroups: [''], resources: [users], verbs: [impersonate], resourceNames: [bob] }
  - { apiGroups: [''], resources: [groups], verbs: [impersonate], resourceNames: [devs] }
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: limited-impersonator }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRole
metadata: { name: escalator }
rules: [{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate] }]
---
kind: ClusterRoleBinding
metadata: { name: escalator }
roleRef: { kind: ClusterRole, name: escalator }
subjects: [{ kind: User, name: bob }]
---
kind: ClusterRole
metadata: { name: writer }
rules: [{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [update] }]
---
kind: ClusterRoleBinding
metadata: { name: writer }
roleRef: { kind: ClusterRole, name: writer }
subjects: [{ kind: Group, name: devs }]
`,
    fails: [
      { path: 'rules[0]', severity: 'critical', message: /of which "bob" may write ClusterRoles that grant what they/ },
      { path: 'rules[1]', severity: 'medium', message: /of which "devs" may write ClusterRoles, as far as they hold/ },
    ],
  },
]);
