import { execReach } from '../../../src/rules/pod/exec-reach.ts';
import { testRule } from '../rule-tester.ts';

function agent(spec: string): string {
  return `
kind: Pod
metadata: { name: agent, namespace: storage, uid: agent }
spec: ${spec}
`;
}

const privileged = agent('{ containers: [{ name: agent, securityContext: { privileged: true } }] }');

/** A rule of RBAC, granted in the namespace, or everywhere. */
function grant(
  rule: string,
  subject: string,
  scope: 'storage' | 'shop' | 'cluster' = 'storage',
  name = 'held',
): string {
  const place = scope === 'cluster' ? '' : `, namespace: ${scope}`;
  const prefix = scope === 'cluster' ? 'Cluster' : '';
  return `
kind: ${prefix}Role
metadata: { name: ${name}${place} }
rules: [${rule}]
---
kind: ${prefix}RoleBinding
metadata: { name: hidden-${name}${place} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${prefix}Role, name: ${name} }
subjects: [${subject}]
`;
}

const jane = '{ kind: User, name: jane }';
const exec = '{ apiGroups: [""], resources: [pods/exec], verbs: [create] }';
const execGet = '{ apiGroups: [""], resources: [pods/exec], verbs: [get] }';
const attach = '{ apiGroups: [""], resources: [pods/attach], verbs: ["*"] }';
const ephemeral = '{ apiGroups: [""], resources: [pods/ephemeralcontainers], verbs: [patch] }';
const proxy = '{ apiGroups: [""], resources: [nodes/proxy], verbs: [get] }';
const all = '{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }';

/** As kubeadm has it, but for whom it is bound to. */
const kubeletAdmin = `
kind: ClusterRole
metadata: { name: "system:kubelet-api-admin" }
rules:
  - { apiGroups: [""], resources: [nodes], verbs: [get, list, watch, proxy] }
  - { apiGroups: [""], resources: [nodes/log, nodes/metrics, nodes/proxy, nodes/stats], verbs: ["*"] }
---
kind: ClusterRoleBinding
metadata: { name: "kubeadm:apiserver-kubelet-client" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:kubelet-api-admin" }
`;

function named(name: string, of = exec): string {
  return of.replace('verbs', `resourceNames: [${name}], verbs`);
}

testRule(execReach, [
  {
    name: 'a privileged pod that somebody may exec into by a RoleBinding fails, with the name',
    yaml: `${privileged}---${grant(exec, jane)}`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.privileged',
        observed: 'true',
        message:
          /^container "agent" is privileged, and somebody who is not cluster-admin \(User "jane" by RoleBindings of this namespace\) may run commands in it, and so on its node; take these grants away, or what makes the pod so$/,
      },
    ],
  },
  {
    name: 'whom cluster-wide grants let in is counted and not named',
    yaml: `${privileged}---${grant(exec, `${jane}, { kind: Group, name: devs }`, 'cluster')}---${grant(attach, '{ kind: User, name: joe }')}`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.privileged',
        message:
          /and 3 who are not cluster-admin \(User "joe" by RoleBindings of this namespace, 2 by cluster-wide grants\) may/,
      },
    ],
  },
  {
    name: 'whoever is let in twice counts once',
    yaml: `${privileged}---${grant(exec, jane, 'cluster')}---${grant(attach, jane)}`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.privileged',
        message: /somebody who is not cluster-admin \(User "jane" by RoleBindings of this namespace\)/,
      },
    ],
  },
  {
    name: 'a service account of another namespace is not named',
    yaml: `${privileged}---${grant(exec, '{ kind: ServiceAccount, namespace: ci, name: hidden }')}`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.privileged',
        message: /\(a service account of another namespace by RoleBindings of this namespace\)/,
      },
    ],
  },
  {
    name: 'a privileged init container is one',
    yaml: `${agent('{ containers: [{ name: web }], initContainers: [{ name: init, securityContext: { privileged: true } }] }')}---${grant(exec, jane)}`,
    fails: ['spec.initContainers[0].securityContext.privileged'],
  },
  {
    name: 'a privileged ephemeral container is one',
    yaml: `${agent('{ containers: [{ name: web }], ephemeralContainers: [{ name: debug, securityContext: { privileged: true } }] }')}---${grant(exec, jane)}`,
    fails: ['spec.ephemeralContainers[0].securityContext.privileged'],
  },
  {
    name: 'so are the process and the IPC namespace of the node, by ephemeral containers as well',
    yaml: `${agent('{ hostPID: true, hostIPC: true, containers: [{ name: web }] }')}---${grant(ephemeral, jane)}`,
    fails: [{ path: 'spec.hostPID', message: /^it sees the processes of its node \(and 1 more\), and somebody/ }],
  },
  {
    name: 'the IPC namespace alone is enough',
    yaml: `${agent('{ hostIPC: true, containers: [{ name: web }] }')}---${grant(attach, jane)}`,
    fails: ['spec.hostIPC'],
  },
  {
    name: 'nodes/proxy reaches the pods of every namespace',
    yaml: `${privileged}---${grant(proxy, jane, 'cluster')}`,
    fails: [{ path: 'spec.containers[0].securityContext.privileged', message: /\(1 by cluster-wide grants\)/ }],
  },
  {
    name: 'nodes/proxy of certain nodes is less certain',
    yaml: `${privileged}---${grant(named('n1', proxy), jane, 'cluster')}`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.privileged',
        severity: 'high',
        message: /\(1 by nodes\/proxy, where it runs on certain nodes\)/,
      },
    ],
  },
  {
    name: 'nodes/proxy by a RoleBinding is of no use',
    yaml: `${privileged}---${grant(proxy, jane)}`,
    passes: true,
  },
  {
    name: 'get of pods/exec was enough before 1.35',
    yaml: `${privileged}---${grant(execGet, jane)}`,
    podSecurityVersion: 34,
    fails: ['spec.containers[0].securityContext.privileged'],
  },
  {
    name: 'and is not since',
    yaml: `${privileged}---${grant(execGet, jane)}`,
    podSecurityVersion: 35,
    passes: true,
  },
  {
    name: 'a grant in another namespace does not count',
    yaml: `${privileged}---${grant(exec, jane, 'shop')}`,
    passes: true,
  },
  {
    name: 'cluster-admins are in the node anyway',
    yaml: `${privileged}---${grant(all, `${jane}, { kind: Group, name: "system:masters" }`, 'cluster')}`,
    passes: true,
  },
  {
    name: 'whoever may do everything in the namespace is not cluster-admin',
    yaml: `${privileged}---${grant(all, jane)}`,
    fails: ['spec.containers[0].securityContext.privileged'],
  },
  {
    name: 'what Kubernetes grants is its own affair',
    yaml: `${privileged}---${kubeletAdmin}subjects: [{ kind: User, name: kube-apiserver-kubelet-client }]`,
    passes: true,
  },
  {
    name: 'whoever else is bound there is not',
    yaml: `${privileged}---${kubeletAdmin}subjects: [{ kind: User, name: kube-apiserver-kubelet-client }, ${jane}]`,
    fails: [{ path: 'spec.containers[0].securityContext.privileged', message: /\(1 by cluster-wide grants\)/ }],
  },
  {
    name: 'a pod like any other passes',
    yaml: `${agent('{ hostNetwork: true, containers: [{ name: web, securityContext: { privileged: false } }] }')}---${grant(exec, jane)}`,
    passes: true,
  },
  {
    name: 'the network, folders and SYS_ADMIN count where a policy says so, and less',
    yaml: `${agent('{ hostNetwork: true, containers: [{ name: web, securityContext: { capabilities: { add: [CAP_SYS_ADMIN] } } }], volumes: [{ name: logs, hostPath: { path: /var/log } }] }')}---${grant(exec, jane)}`,
    params: { also: ['SYS_ADMIN', 'hostPath', 'hostNetwork'] },
    fails: [
      {
        path: 'spec.containers[0].securityContext.capabilities.add[0]',
        severity: 'high',
        observed: 'CAP_SYS_ADMIN',
        message:
          /^container "web" has capability SYS_ADMIN \(and 2 more\), .* may run commands in it, a step from its node; /,
      },
    ],
  },
  {
    name: 'only what the policy names counts',
    yaml: `${agent('{ hostNetwork: true, containers: [{ name: web }] }')}---${grant(exec, jane)}`,
    params: { also: ['hostPath'] },
    passes: true,
  },
  {
    name: 'a grant that names the pod counts',
    yaml: `${privileged}---${grant(named('agent'), jane)}`,
    fails: ['spec.containers[0].securityContext.privileged'],
  },
  {
    name: 'a grant that names another pod does not',
    yaml: `${privileged}---${grant(named('web'), jane)}`,
    passes: true,
  },
  {
    name: 'the names of the pods of a StatefulSet are known before they run',
    yaml: `
kind: StatefulSet
metadata: { name: db, namespace: storage }
spec: { template: { spec: { hostPID: true, containers: [{ name: db }] } } }
---${grant(named('db-0'), jane, 'cluster')}`,
    fails: ['spec.hostPID'],
  },
  {
    name: 'a name that no pod of a StatefulSet has does not count',
    yaml: `
kind: StatefulSet
metadata: { name: db, namespace: storage }
spec: { template: { spec: { hostPID: true, containers: [{ name: db }] } } }
---${grant(named('db-x, dba-0, db-'), jane)}`,
    passes: true,
  },
  {
    name: 'a pod of a DaemonSet is found by its owner',
    yaml: `
kind: DaemonSet
metadata: { name: agent, namespace: storage, uid: d }
spec: { template: { spec: { hostPID: true, containers: [{ name: agent }] } } }
---
kind: Pod
metadata: { name: agent-x7k2p, namespace: storage, uid: p, ownerReferences: [{ apiVersion: apps/v1, kind: DaemonSet, name: agent, uid: d, controller: true }] }
spec: { hostPID: true, containers: [{ name: agent }] }
---${grant(named('agent-x7k2p'), jane)}`,
    fails: ['spec.hostPID'],
  },
  {
    name: 'a pod of such a name that is not its own does not count',
    yaml: `
kind: DaemonSet
metadata: { name: agent, namespace: storage, uid: d }
spec: { template: { spec: { hostPID: true, containers: [{ name: agent }] } } }
---
kind: Pod
metadata: { name: agent-x7k2p, namespace: storage, uid: p }
spec: { hostPID: true, containers: [{ name: agent }] }
---${grant(named('agent-x7k2p'), jane)}`,
    passes: true,
  },
  {
    name: 'in files the names of a DaemonSet’s pods are not known',
    isFromFiles: true,
    yaml: `
kind: DaemonSet
metadata: { name: agent, namespace: storage }
spec: { template: { spec: { hostPID: true, containers: [{ name: agent }] } } }
---${grant(named('agent-x7k2p'), jane)}`,
    unknown: /which names these will have is not known/,
  },
  {
    name: 'files do not say who else may get in',
    isFromFiles: true,
    yaml: privileged,
    notApplicable: /not known from these files/,
  },
  {
    name: 'in files grants count as in a cluster',
    isFromFiles: true,
    yaml: `${privileged}---${grant(exec, jane)}`,
    fails: ['spec.containers[0].securityContext.privileged'],
  },
  {
    name: 'without the bindings it is unknown of a privileged pod',
    yaml: privileged,
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'needs list on rolebindings' }],
    unknown: /needs list on rolebindings/,
  },
  {
    name: 'and passes of any other',
    yaml: agent('{ containers: [{ name: web }] }'),
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'needs list on rolebindings' }],
    passes: true,
  },
]);
