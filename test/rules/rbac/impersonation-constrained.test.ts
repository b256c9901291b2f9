import { impersonationConstrained } from '../../../src/rules/rbac/impersonation-constrained.ts';
import { testRule } from '../rule-tester.ts';

/** A ClusterRole, and whom it is bound to: in a namespace, or in the whole cluster. */
function held(name: string, rules: string, subject: string, namespace?: string): string {
  const isCluster = namespace === undefined;
  return `kind: ClusterRole
metadata: { name: ${name} }
rules: [${rules}]
---
kind: ${isCluster ? 'ClusterRoleBinding' : 'RoleBinding'}
metadata: { name: ${name}${isCluster ? '' : `, namespace: ${namespace}`} }
roleRef: { kind: ClusterRole, name: ${name} }
subjects: [${subject}]`;
}

const carla = '{ kind: User, name: carla }';
const anyUser = `{ apiGroups: [authentication.k8s.io], resources: [users], verbs: ['impersonate:user-info'] }`;
const asJane = `{ apiGroups: [authentication.k8s.io], resources: [users], resourceNames: [jane], verbs: ['impersonate:user-info'] }`;
const anyAccount = `{ apiGroups: [authentication.k8s.io], resources: [serviceaccounts], verbs: ['impersonate:serviceaccount'] }`;
const listPods = `{ apiGroups: [''], resources: [pods], verbs: ['impersonate-on:user-info:list'] }`;
const getSecrets = `{ apiGroups: [''], resources: [secrets], verbs: ['impersonate-on:user-info:get'] }`;
const listPodsAsAccounts = `{ apiGroups: [''], resources: [pods], verbs: ['impersonate-on:serviceaccount:list'] }`;
const getSecretsAsAccounts = `{ apiGroups: [''], resources: [secrets], verbs: ['impersonate-on:serviceaccount:get'] }`;
const everything = `{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }`;
const readSecrets = `{ apiGroups: [''], resources: [secrets], verbs: [get, list] }`;

function every(group: string): string {
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'].map(
    (verb) => `'impersonate-on:user-info:${verb}'`,
  );
  return `{ apiGroups: ['${group}'], resources: ['*'], verbs: [${verbs.join(', ')}] }`;
}

testRule(impersonationConstrained, [
  {
    name: 'one user, to do what is harmless, passes',
    yaml: held('support', `${asJane}, ${listPods}`, carla),
    passes: true,
  },
  {
    name: 'one user who may read Secrets, but not as somebody else, passes',
    yaml: `${held('support', `${asJane}, ${listPods}`, carla)}
---
${held('jane', readSecrets, '{ kind: User, name: jane }')}
`,
    passes: true,
  },
  {
    name: 'one user who may not read Secrets, however much that is allowed as somebody else, passes',
    yaml: `${held('support', `${asJane}, ${getSecrets}`, carla)}
---
${held('jane', '{ apiGroups: [""], resources: [pods], verbs: [list] }', '{ kind: User, name: jane }')}
`,
    passes: true,
  },
  {
    name: 'one user to read the Secrets that they may read is as bad as to read them',
    yaml: `${held('support', `${asJane}, ${getSecrets}`, carla)}
---
${held('jane', readSecrets, '{ kind: User, name: jane }')}
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        observed: 'impersonate:user-info users',
        message: /act as users "jane": User "carla" may read Secrets as them, by get secrets; name who is meant/,
      },
    ],
  },
  {
    name: 'an action in one namespace is as bad as it is there',
    yaml: `${held('support', asJane, carla)}
---
${held('action', getSecrets, carla, 'shop')}
---
${held('jane', readSecrets, '{ kind: User, name: jane }')}
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'an action in one namespace and permissions in another have nothing in common',
    yaml: `${held('support', asJane, carla)}
---
${held('action', getSecrets, carla, 'shop')}
---
${held('jane', readSecrets, '{ kind: User, name: jane }', 'ci')}
`,
    passes: true,
  },
  {
    name: 'an action in a namespace from where there is a way to cluster-admin is as bad as everywhere',
    yaml: `${held('support', asJane, carla)}
---
${held('action', getSecrets, carla, 'ci')}
---
${held('jane', readSecrets, '{ kind: User, name: jane }', 'ci')}
---
kind: ServiceAccount
metadata: { name: deployer, namespace: ci }
---
${held('deployer', everything, '{ kind: ServiceAccount, name: deployer, namespace: ci }')}
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'to write bindings as somebody who may bind every role is to become cluster-admin',
    yaml: `${held('support', `${asJane}, { apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: ['impersonate-on:user-info:create'] }`, carla)}
---
${held('jane', everything, '{ kind: User, name: jane }')}
`,
    fails: [
      { path: 'rules[0]', severity: 'critical', message: /what User "carla" may do as them leads to cluster-admin/ },
    ],
  },
  {
    name: 'to write bindings as somebody who may write them is to hand out what they hold',
    yaml: `${held('support', `${asJane}, { apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: ['impersonate-on:user-info:create'] }`, carla)}
---
${held('jane', '{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create] }', '{ kind: User, name: jane }')}
`,
    fails: [{ path: 'rules[0]', severity: 'medium', message: /may write ClusterRoleBindings/ }],
  },
  {
    name: 'without the ways to cluster-admin it is graded by permissions, and says so',
    yaml: `${held('support', `${asJane}, ${getSecrets}`, carla)}
---
${held('jane', readSecrets, '{ kind: User, name: jane }', 'shop')}
`,
    missing: [{ source: 'EscalationPaths', state: 'forbidden', message: 'listing namespaces is forbidden' }],
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        message: /as them, by get secrets, and it is not known whether that leads to cluster-admin; name who is meant/,
      },
    ],
  },
  {
    name: 'any user to do what is harmless is low',
    yaml: held('support', `${anyUser}, ${listPods}`, carla),
    fails: [
      {
        path: 'rules[0]',
        severity: 'low',
        message: /act as any of users: User "carla" may be any of them, if only to list pods/,
      },
    ],
  },
  {
    name: 'any user to read Secrets that nobody may read is low',
    yaml: held('support', `${anyUser}, ${getSecrets}`, carla),
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'any user to read Secrets that somebody may read is critical',
    yaml: `${held('support', `${anyUser}, ${getSecrets}`, carla)}
---
${held('root', everything, '{ kind: User, name: root }')}
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'system:masters cannot be impersonated, nor a group without a user',
    yaml: `${held('support', `${anyUser}, { apiGroups: [authentication.k8s.io], resources: [groups], verbs: ['impersonate:user-info'] }, ${getSecrets}`, carla)}
---
${held('root', everything, '{ kind: Group, name: "system:masters" }')}
`,
    fails: [
      { path: 'rules[0]', severity: 'low' },
      { path: 'rules[1]', severity: 'low' },
    ],
  },
  {
    name: 'a group is as bad as what it holds, beside a user',
    yaml: `${held('support', `${asJane}, { apiGroups: [authentication.k8s.io], resources: [groups], resourceNames: [admins], verbs: ['impersonate:user-info'] }, ${getSecrets}`, carla)}
---
${held('root', everything, '{ kind: Group, name: admins }')}
`,
    fails: [{ path: 'rules[1]', severity: 'critical', observed: 'impersonate:user-info groups' }],
  },
  {
    name: 'a group without a user is nobody',
    yaml: `${held('support', `{ apiGroups: [authentication.k8s.io], resources: [groups], resourceNames: [admins], verbs: ['impersonate:user-info'] }, ${getSecrets}`, carla)}
---
${held('root', everything, '{ kind: Group, name: admins }')}
`,
    fails: [
      { path: 'rules[0]', severity: 'info', message: /groups go with a user, and no role lets User "carla" be one/ },
    ],
  },
  {
    name: 'nobody in particular to do nothing is inert',
    yaml: held('support', anyUser, carla),
    fails: [{ path: 'rules[0]', severity: 'info', message: /no role lets User "carla" do anything as them/ }],
  },
  {
    name: 'a star behind the last colon is no action',
    yaml: held(
      'support',
      `${anyUser}, { apiGroups: ['*'], resources: ['*'], verbs: ['impersonate-on:user-info:*'] }`,
      carla,
    ),
    fails: [{ path: 'rules[0]', severity: 'info', message: /no role lets User "carla" do anything/ }],
  },
  {
    name: 'an action of another mode is none',
    yaml: held('support', `${asJane}, ${getSecretsAsAccounts}`, carla),
    fails: [{ path: 'rules[0]', severity: 'info' }],
  },
  {
    name: 'beside the verb impersonate by another role it is constrained in name only',
    yaml: `${held('support', `${asJane}, ${listPods}`, carla)}
---
${held('older', '{ apiGroups: [""], resources: [users], verbs: [impersonate] }', carla)}
---
${held('jane', everything, '{ kind: User, name: jane }')}
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        message: /constrained in name only, as the verb impersonate lets User "carla" do everything as them/,
      },
    ],
  },
  {
    name: 'in name only, of somebody harmless, it is low',
    yaml: held(
      'support',
      `${asJane}, ${listPods}, { apiGroups: [''], resources: [users], resourceNames: [jane], verbs: [impersonate] }`,
      carla,
    ),
    fails: [{ path: 'rules[0]', severity: 'low', message: /constrained in name only/ }],
  },
  {
    name: 'the verb impersonate for somebody else is another matter',
    yaml: held(
      'support',
      `${asJane}, ${listPods}, { apiGroups: [''], resources: [users], resourceNames: [joe], verbs: [impersonate] }`,
      carla,
    ),
    passes: true,
  },
  {
    name: 'the verb impersonate in a namespace is none for users',
    yaml: `${held('support', `${asJane}, ${listPods}`, carla)}
---
${held('older', '{ apiGroups: [""], resources: [users], verbs: [impersonate] }', carla, 'shop')}
`,
    passes: true,
  },
  {
    name: 'the verb * on everything is the verb impersonate as well',
    yaml: held('support', `${anyUser}, ${everything}`, '{ kind: Group, name: support }'),
    fails: [
      { path: 'rules[0]', severity: 'critical', message: /in name only, as the verb impersonate lets Group "support"/ },
    ],
  },
  {
    name: 'where every action is allowed on everything it is constrained in name only',
    yaml: `${held('support', `${asJane}, ${every('*')}`, carla)}
---
${held('jane', '{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, update] }', '{ kind: User, name: jane }')}
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        message: /in name only, as User "carla" may do everything as them/,
      },
    ],
  },
  {
    name: 'every action as somebody who can do nothing is in name only and low',
    yaml: held('support', `${asJane}, ${every('*')}`, carla),
    fails: [{ path: 'rules[0]', severity: 'low', message: /in name only/ }],
  },
  {
    name: 'every action as somebody who reads Secrets is as bad as that',
    yaml: `${held('support', `${asJane}, ${every('*')}`, carla)}
---
${held('jane', readSecrets, '{ kind: User, name: jane }', 'shop')}
`,
    fails: [{ path: 'rules[0]', severity: 'high', message: /in name only/ }],
  },
  {
    name: 'every action of one group is a limit',
    yaml: held('support', `${asJane}, ${every('apps')}`, carla),
    passes: true,
  },
  {
    name: 'the verb * on one resource is every action there, and not the verb impersonate',
    yaml: `${held('support', `${asJane}, { apiGroups: [''], resources: [secrets], verbs: ['*'] }`, carla)}
---
${held('jane', readSecrets, '{ kind: User, name: jane }')}
`,
    fails: [
      { path: 'rules[0]', severity: 'critical', message: /User "carla" may read Secrets as them, by get secrets/ },
    ],
  },
  {
    name: 'the worst of those who hold it counts',
    yaml: `kind: ClusterRole
metadata: { name: support }
rules: [${asJane}]
---
kind: ClusterRoleBinding
metadata: { name: support }
roleRef: { kind: ClusterRole, name: support }
subjects: [{ kind: User, name: ines }, ${carla}]
---
${held('action', getSecrets, carla)}
---
${held('jane', readSecrets, '{ kind: User, name: jane }')}
`,
    fails: [{ path: 'rules[0]', severity: 'critical', message: /User "carla" may read Secrets/ }],
  },
  {
    name: 'a role that nobody holds is low',
    yaml: `kind: ClusterRole
metadata: { name: support }
rules: [${anyUser}, ${getSecrets}]
---
${held('root', everything, '{ kind: User, name: root }')}
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /nobody holds it at present/ }],
  },
  {
    name: 'users by a RoleBinding are nobody',
    yaml: `${held('support', `${anyUser}, ${getSecrets}`, carla, 'shop')}
---
${held('root', everything, '{ kind: User, name: root }')}
`,
    fails: [{ path: 'rules[0]', severity: 'info', message: /it takes a ClusterRoleBinding/ }],
  },
  {
    name: 'service accounts of a namespace count with what they hold',
    yaml: `kind: Role
metadata: { name: support, namespace: shop }
rules: [${anyAccount}, ${getSecretsAsAccounts}]
---
kind: RoleBinding
metadata: { name: support, namespace: shop }
roleRef: { kind: Role, name: support }
subjects: [${carla}]
---
${held('web', readSecrets, '{ kind: ServiceAccount, name: web, namespace: shop }', 'shop')}
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        observed: 'impersonate:serviceaccount serviceaccounts',
        message: /act as any of serviceaccounts: User "carla" may read Secrets as them/,
      },
    ],
  },
  {
    name: 'service accounts of another namespace are not theirs',
    yaml: `kind: Role
metadata: { name: support, namespace: shop }
rules: [${anyAccount}, ${getSecretsAsAccounts}]
---
kind: RoleBinding
metadata: { name: support, namespace: shop }
roleRef: { kind: Role, name: support }
subjects: [${carla}]
---
${held('web', readSecrets, '{ kind: ServiceAccount, name: web, namespace: ci }')}
`,
    fails: [{ path: 'rules[0]', severity: 'low' }],
  },
  {
    name: 'a service account by its name counts in every namespace that it is in',
    yaml: `${held(
      'support',
      `{ apiGroups: [authentication.k8s.io], resources: [serviceaccounts], resourceNames: [web], verbs: ['impersonate:serviceaccount'] }, ${getSecretsAsAccounts}`,
      carla,
    )}
---
${held('web', readSecrets, '{ kind: ServiceAccount, name: web, namespace: ci }')}
`,
    fails: [{ path: 'rules[0]', severity: 'critical' }],
  },
  {
    name: 'service accounts that may be impersonated by the older verb as well are constrained in name only',
    yaml: `${held('support', `${anyAccount}, ${listPodsAsAccounts}`, carla, 'shop')}
---
${held('older', '{ apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate] }', carla, 'shop')}
`,
    fails: [{ path: 'rules[0]', severity: 'high', message: /constrained in name only/ }],
  },
  {
    name: 'the older verb for service accounts of another namespace is another matter',
    yaml: `${held('support', `${anyAccount}, ${listPodsAsAccounts}`, carla, 'shop')}
---
${held('older', '{ apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate] }', carla, 'ci')}
`,
    fails: [{ path: 'rules[0]', severity: 'low', message: /if only to list pods/ }],
  },
  {
    name: 'nodes read the Secrets of what runs there',
    yaml: held(
      'agent',
      `{ apiGroups: [authentication.k8s.io], resources: [nodes], resourceNames: [worker-1], verbs: ['impersonate:arbitrary-node'] },
       { apiGroups: [''], resources: [secrets], verbs: ['impersonate-on:arbitrary-node:get'] }`,
      carla,
    ),
    fails: [
      { path: 'rules[0]', severity: 'critical', message: /act as nodes "worker-1": User "carla" may read Secrets/ },
    ],
  },
  {
    name: 'the node of an agent itself is one node',
    yaml: held(
      'agent',
      `{ apiGroups: [authentication.k8s.io], resources: [nodes], verbs: ['impersonate:associated-node'] },
       { apiGroups: [''], resources: [secrets], verbs: ['impersonate-on:associated-node:get'] }`,
      '{ kind: ServiceAccount, name: agent, namespace: ops }',
    ),
    fails: [
      { path: 'rules[0]', severity: 'high', message: /act as the node that it runs on: ServiceAccount "ops\/agent"/ },
    ],
  },
  {
    name: 'the node of an agent itself, to list its pods, passes',
    yaml: held(
      'agent',
      `{ apiGroups: [authentication.k8s.io], resources: [nodes], verbs: ['impersonate:associated-node'] },
       { apiGroups: [''], resources: [pods], verbs: ['impersonate-on:associated-node:list'] }`,
      '{ kind: ServiceAccount, name: agent, namespace: ops }',
    ),
    passes: true,
  },
  {
    name: 'a node by the older verb, as a user of its name, is constrained in name only',
    yaml: held(
      'agent',
      `{ apiGroups: [authentication.k8s.io], resources: [nodes], resourceNames: [worker-1], verbs: ['impersonate:arbitrary-node'] },
       { apiGroups: [''], resources: [pods], verbs: ['impersonate-on:arbitrary-node:list'] },
       { apiGroups: [''], resources: [users], resourceNames: ['system:node:worker-1'], verbs: [impersonate] }`,
      carla,
    ),
    fails: [{ path: 'rules[0]', severity: 'critical', message: /constrained in name only/ }],
  },
  {
    name: 'one associated node by its name is never asked for',
    yaml: held(
      'agent',
      `{ apiGroups: [authentication.k8s.io], resources: [nodes], resourceNames: [worker-1], verbs: ['impersonate:associated-node'] },
       { apiGroups: [''], resources: [secrets], verbs: ['impersonate-on:associated-node:get'] }`,
      carla,
    ),
    passes: true,
  },
  {
    name: 'a service account by its name as a user is never asked for',
    yaml: `${held(
      'support',
      `{ apiGroups: [authentication.k8s.io], resources: [users], resourceNames: ['system:serviceaccount:ci:deployer'], verbs: ['impersonate:user-info'] }, ${getSecrets}`,
      carla,
    )}
---
${held('deployer', everything, '{ kind: ServiceAccount, name: deployer, namespace: ci }')}
`,
    passes: true,
  },
  {
    name: 'the verbs in the core group are none',
    yaml: held(
      'support',
      `{ apiGroups: [''], resources: [users], verbs: ['impersonate:user-info'] }, ${getSecrets}`,
      carla,
    ),
    passes: true,
  },
  {
    name: 'what grants everything of the group is told by rbac-wildcards',
    yaml: held(
      'support',
      `{ apiGroups: [authentication.k8s.io], resources: ['*'], verbs: ['*'] }, ${getSecrets}`,
      carla,
    ),
    passes: true,
  },
  {
    name: 'in files it is not known what the others hold',
    isFromFiles: true,
    yaml: held('support', `${asJane}, ${listPods}`, carla),
    unknown: /not known from these files/,
  },
  {
    name: 'in files in name only is in name only, whoever holds it',
    isFromFiles: true,
    yaml: `kind: ClusterRole
metadata: { name: support }
rules: [${anyUser}, ${listPods}, { apiGroups: [''], resources: [users], verbs: [impersonate] }]
`,
    fails: [
      { path: 'rules[0]', severity: 'critical', message: /in name only.*who holds it is not known from these files/ },
    ],
  },
  {
    name: 'in files an action may come by another role',
    isFromFiles: true,
    yaml: `kind: ClusterRole
metadata: { name: support }
rules: [${anyUser}]
`,
    unknown: /not known from these files/,
  },
  {
    name: 'before Kubernetes 1.35 the verbs mean nothing',
    podSecurityVersion: 34,
    yaml: held('support', `${anyUser}, ${getSecrets}`, carla),
    notApplicable: /came with Kubernetes 1\.35/,
  },
  {
    name: 'in Kubernetes 1.35 a feature gate decides',
    podSecurityVersion: 35,
    yaml: held('support', `${anyUser}, ${getSecrets}`, carla),
    unknown: /feature gate/,
  },
  {
    name: 'without ClusterRoleBindings it is unknown who holds it',
    yaml: `kind: ClusterRole
metadata: { name: support }
rules: [${anyUser}, ${getSecrets}]
`,
    missing: [
      { source: 'ClusterRoleBinding', state: 'forbidden', message: 'listing clusterrolebindings is forbidden' },
    ],
    unknown: /^listing clusterrolebindings is forbidden$/,
  },
  {
    name: 'verbs that are no list are unknown',
    yaml: `kind: ClusterRole
metadata: { name: support }
rules: [{ apiGroups: [authentication.k8s.io], resources: [users], verbs: 'impersonate:user-info' }]
`,
    unknown: /must be a list/,
  },
]);
