/**
 * Whoever has nodes/proxy talks to the kubelet as the API server does, also straight to its port.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.1.10; Kubernetes "RBAC Good Practices", "Access to proxy subresource of
 * Nodes"; KEP-2862, fine-grained kubelet API authorization.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const nodesProxy = definePermissionRule({
  id: 'rbac-nodes-proxy',
  title: 'Nobody must have nodes/proxy',
  permissions: ['nodes-proxy'],
  severityReason:
    'The kubelet runs commands in every pod of its node for whoever has it, and the API server sees none of them.',
  controls: ['cis-1.12/5.1.10', 'nsa/authentication-and-authorization', 'attack/T1609', 'attack/T1611'],
  rationale:
    'To read metrics and to run commands in every pod is the same permission here: a WebSocket begins with a GET. Neither audit nor admission hears of it.',
  remediation:
    'Grant the subresources that the kubelet asks for one by one instead: nodes/metrics, nodes/stats and nodes/healthz, and only where needed nodes/log, nodes/pods and nodes/configz. Kubelets ask for them by default since 1.33, and always since 1.36.',
  advice: 'grant nodes/metrics, nodes/stats or nodes/healthz instead',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: metrics }
rules:
  - apiGroups: [""]
    resources: [nodes/proxy]
    verbs: [get]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: metrics }
rules:
  - apiGroups: [""]
    resources: [nodes/metrics, nodes/stats]
    verbs: [get]
`,
  },
});
