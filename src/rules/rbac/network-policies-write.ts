/**
 * Who may talk to whom is decided in these objects.
 *
 * Source: Kubernetes "Network Policies"; network-policy-api.sigs.k8s.io.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const networkPoliciesWrite = definePermissionRule({
  id: 'rbac-network-policies-write',
  title: 'Nobody must change network policies but who is responsible for the network',
  permissions: ['network-policies-write'],
  severityReason: 'Whom a policy keeps out must not be able to take it away.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1562.007'],
  rationale:
    'Policies add up to what they allow, so that one more opens a pod to everybody, and one less may do the same.',
  remediation:
    'Let a GitOps controller write network policies; set the rules that teams must not loosen by a ClusterNetworkPolicy, or the like of your network plugin, which they cannot write.',
  advice: 'let a controller write them from git, or name them in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: network }
rules:
  - apiGroups: [networking.k8s.io]
    resources: [networkpolicies]
    verbs: [create, delete]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: network }
rules:
  - apiGroups: [networking.k8s.io]
    resources: [networkpolicies]
    verbs: [get, list, watch]
`,
  },
});
