import { execIntoPrivileged } from '../../../src/rules/rbac/exec-into-privileged.ts';
import { testRule } from '../rule-tester.ts';

const jane = `
kind: User
name: jane
`;

function agentIn(...namespaces: readonly string[]): string {
  return namespaces
    .map(
      (namespace) => `
kind: Pod
metadata: { name: agent, namespace: ${namespace} }
spec: { hostPID: true, containers: [{ name: agent }] }
`,
    )
    .join('---');
}

/** To jane, in a namespace or, where it is empty, everywhere. */
function grant(rule: string, namespace = ''): string {
  const place = namespace === '' ? '' : `, namespace: ${namespace}`;
  const prefix = namespace === '' ? 'Cluster' : '';
  return `
kind: ${prefix}Role
metadata: { name: debugger${place} }
rules: [${rule}]
---
kind: ${prefix}RoleBinding
metadata: { name: debuggers${place} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${prefix}Role, name: debugger }
subjects: [{ kind: User, name: jane }]
`;
}

const exec = '{ apiGroups: [""], resources: [pods/exec], verbs: [create] }';
const execOne = '{ apiGroups: [""], resources: [pods/exec], verbs: [create], resourceNames: [web-0] }';
const proxyOne = '{ apiGroups: [""], resources: [nodes/proxy], verbs: [get], resourceNames: [n1, n2] }';

const dozen = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];

testRule(execIntoPrivileged, [
  {
    name: 'whoever may exec in a namespace with such pods fails, with the namespace and the grant',
    yaml: `${jane}---${agentIn('storage', 'other')}---${grant(exec, 'storage')}`,
    fails: [
      {
        path: 'name',
        observed: 'create pods/exec: pods of namespace "storage"',
        message:
          /^it may run commands in pods of namespace "storage" \(create pods\/exec\), and pods that are as good as their node run there; take away RoleBinding "debuggers\/storage" of Role "debugger" to User "jane", or narrow it$/,
      },
    ],
  },
  {
    name: 'whoever may everywhere is told once, with some of the namespaces',
    yaml: `${jane}---${agentIn('g', 'f', 'e', 'd', 'c', 'b', 'a')}---${grant(exec)}---${grant(exec, 'a')}`,
    fails: [
      {
        path: 'name',
        message:
          /^it may run commands in pods of every namespace .* run in "a", "b", "c", "d", "e" and 2 more; take away ClusterRoleBinding "debuggers" of/,
      },
    ],
  },
  {
    name: 'of many namespaces ten are told, and how many more',
    yaml: `${jane}---${agentIn(...dozen)}---${dozen.map((one) => grant(exec, one)).join('---')}`,
    fails: ['name', 'name', 'name', 'name', 'name', 'name', 'name', 'name', 'name']
      .map((path): { path: string; message?: RegExp } => ({ path }))
      .concat({
        path: 'name',
        message: /namespace "j" .* run there, and the same goes for 2 more namespaces; /,
      }),
  },
  {
    name: 'nodes/proxy of certain nodes is less certain',
    yaml: `${jane}---${agentIn('storage')}---${grant(proxyOne)}`,
    fails: [
      {
        path: 'name',
        severity: 'high',
        message:
          /^it may run commands in pods on "n1" and "n2" \(get nodes\/proxy\), .* in "storage", perhaps on these nodes; /,
      },
    ],
  },
  {
    name: 'pods of single names are for the posture of their namespace',
    yaml: `${jane}---${agentIn('storage')}---${grant(execOne, 'storage')}`,
    notApplicable: /pod-exec-reach tells/,
  },
  {
    name: 'pods of single names are nothing where no pod is as good as its node',
    yaml: `${jane}---${grant(execOne, 'storage')}`,
    passes: true,
  },
  {
    name: 'where no such pod runs it passes',
    yaml: `${jane}---${agentIn('storage')}---${grant(exec, 'shop')}`,
    passes: true,
  },
  {
    name: 'whoever may get in nowhere passes',
    yaml: `${jane}---${agentIn('storage')}---${grant('{ apiGroups: [""], resources: [pods/log], verbs: [get] }')}`,
    passes: true,
  },
  {
    name: 'get counts as long as the API server is older than 1.35',
    yaml: `${jane}---${agentIn('storage')}---${grant('{ apiGroups: [""], resources: [pods/attach], verbs: [get] }')}`,
    podSecurityVersion: 34,
    fails: ['name'],
  },
  {
    name: 'and no longer',
    yaml: `${jane}---${agentIn('storage')}---${grant('{ apiGroups: [""], resources: [pods/attach], verbs: [get] }')}`,
    podSecurityVersion: 37,
    passes: true,
  },
  {
    name: 'a cluster-admin is told elsewhere',
    yaml: `${jane}---${agentIn('storage')}---${grant('{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }')}`,
    notApplicable: /^it is cluster-admin/,
  },
  {
    name: 'what files do not hold may be such pods',
    isFromFiles: true,
    yaml: `${jane}---${grant(exec, 'storage')}`,
    notApplicable: /not known from these files/,
  },
  {
    name: 'a template in files is a pod that will run',
    isFromFiles: true,
    yaml: `${jane}---
kind: DaemonSet
metadata: { name: agent, namespace: storage }
spec: { template: { spec: { hostIPC: true, containers: [{ name: agent }] } } }
---${grant(exec, 'storage')}`,
    fails: ['name'],
  },
  {
    name: 'a pod of files that cannot be read may be such a pod',
    isFromFiles: true,
    yaml: `${jane}---
kind: Pod
metadata: { name: agent, namespace: storage }
spec: { hostPID: perhaps, containers: [{ name: agent }] }
---${grant(exec, 'storage')}`,
    unknown: /cannot be read may be privileged/,
  },
  {
    name: 'a binding that nobody can read may be anybody’s',
    isFromFiles: true,
    yaml: `${jane}---${agentIn('storage')}---
kind: ClusterRoleBinding
metadata: { name: broken }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: debugger }
subjects: nobody
`,
    unknown: /ClusterRoleBinding "broken" cannot be read/,
  },
  {
    name: 'a role that is not among the files may let in whom it is granted to, where such a pod is',
    isFromFiles: true,
    yaml: `${jane}---${agentIn('storage')}---
kind: RoleBinding
metadata: { name: edit, namespace: storage }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }
subjects: [{ kind: User, name: jane }]
`,
    unknown: /ClusterRole "edit" is not among the files/,
  },
  {
    name: 'and nobody else',
    isFromFiles: true,
    yaml: `${jane}---${agentIn('storage')}---
kind: RoleBinding
metadata: { name: edit, namespace: storage }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }
subjects: [{ kind: User, name: joe }]
`,
    passes: true,
  },
  {
    name: 'where no such pod is among the files, there may be one elsewhere',
    isFromFiles: true,
    yaml: `${jane}---
kind: RoleBinding
metadata: { name: edit, namespace: storage }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }
subjects: [{ kind: User, name: jane }]
`,
    notApplicable: /not known from these files/,
  },
  {
    name: 'an unknown kind of subject is nobody',
    yaml: `
kind: Robot
name: jane
---${agentIn('storage')}`,
    notApplicable: /nobody/,
  },
  {
    name: 'without the pods it is unknown',
    yaml: `${jane}---${grant(exec, 'storage')}`,
    missing: [{ source: 'Pod', state: 'forbidden', message: 'needs list on pods' }],
    unknown: /needs list on pods/,
  },
]);
