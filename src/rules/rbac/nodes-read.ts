/**
 * What the kubelet tells of its node, to whoever has the subresource that it asks for.
 *
 * Source: Kubernetes "Kubelet authentication/authorization"; k8s.io/kubernetes v1.37.2, pkg/kubelet/server/auth.go.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const nodesRead = definePermissionRule({
  id: 'rbac-nodes-read',
  title: 'Nobody must read the memory, the logs or the configuration of nodes',
  permissions: ['nodes-checkpoint', 'nodes-read'],
  severityReason: 'A checkpoint holds the memory of a container, with every key and password in it.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1005'],
  rationale:
    'Logs of nodes and the specs of their pods tell what runs where and hold what was logged by accident; a checkpoint is a copy of all that a container knows.',
  remediation:
    'Collect logs by an agent on the node instead of by the kubelet; grant nodes/metrics and nodes/stats to what measures, and nodes/log, nodes/pods and nodes/configz by resourceNames where somebody debugs.',
  advice: 'grant nodes/metrics or nodes/stats, or name the nodes in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: monitor }
rules:
  - apiGroups: [""]
    resources: [nodes/log]
    verbs: [get]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: monitor }
rules:
  - apiGroups: [""]
    resources: [nodes/metrics]
    verbs: [get]
`,
  },
});
