/**
 * To be in a pod is to be its service account. Until 1.34 a WebSocket made do with get; since 1.35 create is asked for
 * as well.
 *
 * Source: Kubernetes "RBAC Good Practices", "Privilege escalation risks"; k8s.io/kubernetes v1.37.2, feature gate
 * AuthorizePodWebsocketUpgradeCreatePermission.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const podsExec = definePermissionRule({
  id: 'rbac-pods-exec',
  title: 'Nobody must run commands in pods that others run',
  permissions: ['pods-exec', 'ephemeral-containers'],
  severityReason: 'Whoever runs a command in a pod has its service account, its Secrets and its network.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1609'],
  rationale:
    'A command, an attached terminal or an added container act with the token that the pod carries, and leave no trace in its manifest.',
  remediation:
    'Grant it in single namespaces and for the time of an incident, by bindings that an access broker creates and deletes; for what people look up every day, logs and metrics will do.',
  advice: 'grant it in single namespaces, for as long as somebody debugs there',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: debugger }
rules:
  - apiGroups: [""]
    resources: [pods/exec]
    verbs: [create]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: debugger }
rules:
  - apiGroups: [""]
    resources: [pods/log]
    verbs: [get]
`,
  },
});
