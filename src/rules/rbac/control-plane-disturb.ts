/**
 * To create a lease that exists already does nothing; to change or delete it does.
 *
 * Source: Kubernetes "Leases"; Kubernetes "API Priority and Fairness"; Kubernetes "RBAC Good Practices", "Denial of
 * service".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const controlPlaneDisturb = definePermissionRule({
  id: 'rbac-control-plane-disturb',
  title: 'Nobody must change the leases and the request priorities of the control plane',
  permissions: ['control-plane-disturb'],
  severityReason:
    'Without its lease the controller manager or the scheduler stops; with other priorities everybody else waits.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1499'],
  rationale:
    'Leases of kube-system elect who runs the control plane, and flow schemas decide whose requests the API server serves first.',
  remediation:
    'Name the leases of an application in resourceNames and keep them in its own namespace; let administrators write flow schemas from git.',
  advice: 'name other leases in resourceNames, and leave flow schemas to administrators',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: elector }
rules:
  - apiGroups: [coordination.k8s.io]
    resources: [leases]
    verbs: [get, update, patch]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: elector }
rules:
  - apiGroups: [coordination.k8s.io]
    resources: [leases]
    resourceNames: [own]
    verbs: [get, update, patch]
`,
  },
});
