/**
 * What is scheduled where, and at which address the API server reaches a kubelet, stands in the node.
 *
 * Source: Kubernetes "Assigning Pods to Nodes", "Node isolation/restriction".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const nodesWrite = definePermissionRule({
  id: 'rbac-nodes-write',
  title: 'Nobody must change nodes',
  permissions: ['nodes-write'],
  severityReason: 'Labels, taints and addresses of nodes decide where pods run and whom the API server talks to.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1562'],
  rationale:
    'Whoever changes a node draws pods with powerful tokens to one that is theirs, or has the API server send its requests to another address.',
  remediation:
    'Leave nodes to the cloud controller and the autoscaler that the platform brings; for maintenance cordon and drain by an account of its own, and name the nodes in resourceNames.',
  advice: 'name the nodes in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: drainer }
rules:
  - apiGroups: [""]
    resources: [nodes]
    verbs: [get, patch]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: drainer }
rules:
  - apiGroups: [""]
    resources: [nodes]
    verbs: [get, list, watch]
`,
  },
});
