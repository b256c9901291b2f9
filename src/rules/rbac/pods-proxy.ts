/**
 * The API server forwards to ports of pods and services. The proxies ask for the verb of the HTTP method, portforward
 * for create.
 *
 * Source: Kubernetes API reference, "connect" operations of Pod and Service; k8s.io/kubernetes v1.37.2, feature gate
 * AuthorizePodWebsocketUpgradeCreatePermission.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const podsProxy = definePermissionRule({
  id: 'rbac-pods-proxy',
  title: 'Nobody must reach the ports of all pods and services through the API server',
  permissions: ['pods-proxy'],
  severityReason: 'It goes around network policies, to ports that were meant for neighbours alone.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1090'],
  rationale:
    'Requests that the API server forwards come from the control plane, which network policies seldom keep out, and debug and admin ports trust whoever reaches them.',
  remediation:
    'Publish what people need by a Gateway or Ingress with a login of its own; for debugging grant pods/portforward in single namespaces, and for one service name it in resourceNames.',
  advice: 'name the services or pods in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: viewer }
rules:
  - apiGroups: [""]
    resources: [services/proxy]
    verbs: [get]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: viewer }
rules:
  - apiGroups: [""]
    resources: [services/proxy]
    resourceNames: [dashboard]
    verbs: [get]
`,
  },
});
