/**
 * Whoever runs commands in a pod that is as good as its node has the node. The admission plugin DenyEscalatingExec kept
 * everybody out of such pods until Kubernetes 1.21; since then only RBAC does.
 *
 * Source: Kubernetes "RBAC Good Practices"; k8s.io/kubernetes v1.20, plugin/pkg/admission/exec (which pods it meant).
 */
import { workloadKinds } from '../../core/owners.ts';
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { describeEntrants, findEntrants } from '../lib/entrants.ts';
import { findEscalations, findFurtherEscalations, furtherEscalations } from '../lib/escalating-pod.ts';
import { isOneOfPods } from '../lib/pod-names.ts';

export const execReach = defineRule({
  id: 'pod-exec-reach',
  title: 'Nobody but cluster-admins must be able to run commands in pods that are as good as their node',
  severity: 'critical',
  severityReason: 'One request away from the node, and from every other pod that runs there.',
  subject: 'Workload',
  reads: ['EscalationPaths', ...workloadKinds],
  params: {
    type: 'object',
    properties: {
      also: {
        type: 'array',
        description:
          'What counts beside privileged containers, hostPID and hostIPC, at severity high: pods in the network of their node, with a folder of it, or with the capability SYS_ADMIN.',
        maxItems: 3,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', enum: furtherEscalations },
        default: [],
      },
    },
  },
  controls: ['cis-1.12/5.1.10', 'nsa/authentication-and-authorization', 'attack/T1609', 'attack/T1611'],
  rationale:
    'A privileged container, or one among the processes of its node, is the node for whoever gets a shell in it. Who may create pods/exec or pods/attach (before 1.35 also get), put an ephemeral container into the pod, or use nodes/proxy gets one.',
  remediation:
    'Take these grants away where the pod runs: move it into a namespace of its own that nobody edits, or name in resourceNames the pods that people may get into. Or take from the pod what makes it as good as its node. The posture of the cluster, in rbac-exec-into-privileged, names whom cluster-wide grants let in.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: storage }
spec:
  containers:
    - name: agent
      image: registry.example/agent:1
      securityContext: { privileged: true }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: debugger, namespace: storage }
rules:
  - apiGroups: [""]
    resources: [pods/exec]
    verbs: [create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: debuggers, namespace: storage }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: debugger }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: storage }
spec:
  containers:
    - name: agent
      image: registry.example/agent:1
      securityContext: { privileged: true }
`,
  },

  check(pod, { subject, snapshot, params: { also } }) {
    const grave = findEscalations(pod);
    const further = findFurtherEscalations(pod, also);
    if (grave.length + further.length === 0) return [];
    const [worst, ...others] = [...grave, ...further];
    if (worst === undefined) return [];
    const { namespace = '' } = subject;
    const isEscalating = (one: typeof pod): boolean =>
      findEscalations(one).length + findFurtherEscalations(one, also).length > 0;
    const entrants = findEntrants(snapshot, namespace, (names) => isOneOfPods(names, subject, snapshot, isEscalating));
    if (entrants.count === 0) {
      const [doubt] = entrants.doubts;
      if (doubt !== undefined) return unknown(doubt);
      if (entrants.isByUnknownNames) {
        return unknown('grants name the pods that they let into, and which names these will have is not known');
      }
      return snapshot.isWholeCluster ? [] : notApplicable('who may get into it is not known from these files');
    }
    const isMild = grave.length === 0 || entrants.count === entrants.ofSomeNodes;
    const what = others.length === 0 ? worst.what : `${worst.what} (and ${others.length} more)`;
    const where = grave.length === 0 ? 'a step from its node' : 'and so on its node';
    return [
      violation(
        worst.path,
        worst.observed,
        `${what}, and ${describeEntrants(entrants, namespace)} may run commands in it, ${where}; take these grants away, or what makes the pod so`,
        isMild ? 'high' : undefined,
      ),
    ];
  },
});
