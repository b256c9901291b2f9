/**
 * Whoever may create pods says by spec.nodeName where they run as well, so that a policy has to ask for this rule.
 *
 * Source: Kubernetes "Assigning Pods to Nodes"; Kubernetes API reference, "Binding".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const podsBind = definePermissionRule({
  id: 'rbac-pods-bind',
  title: 'Nobody must place pods on nodes but schedulers',
  permissions: ['pods-bind'],
  severityReason: 'It puts a pod beside a victim, or on a node that its taints keep others from.',
  inForce: 'whereEnabled',
  controls: ['nsa/authentication-and-authorization', 'attack/T1610'],
  rationale:
    'Whoever binds pods to nodes decides past the scheduler, its taints and its affinities, with which pods they share a kernel.',
  remediation:
    'Leave it to the scheduler; steer by node affinity, taints and topology spread in the pod template, and run a scheduler of your own under an account of its own.',
  advice: 'leave it to the scheduler',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: scheduler }
rules:
  - apiGroups: [""]
    resources: [pods/binding]
    verbs: [create]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: scheduler }
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list, watch]
`,
  },
});
