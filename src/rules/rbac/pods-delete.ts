/**
 * Most who deploy may delete pods, so that a policy has to ask for this rule.
 *
 * Source: Kubernetes "API-initiated Eviction".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const podsDelete = definePermissionRule({
  id: 'rbac-pods-delete',
  title: 'Nobody must delete or evict pods that others run',
  permissions: ['pods-delete'],
  severityReason:
    'It stops applications, and with the permission to change nodes it moves pods to a node of their choice.',
  inForce: 'whereEnabled',
  controls: ['nsa/authentication-and-authorization', 'attack/T1489'],
  rationale:
    'Controllers start what was deleted again, elsewhere: whoever also decides where pods fit collects those with powerful tokens.',
  remediation:
    'Restart workloads by kubectl rollout restart; grant pods/eviction, which minds disruption budgets, to what drains nodes alone.',
  advice: 'let it restart the workload instead',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: restarter }
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [delete]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: restarter }
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list, watch]
`,
  },
});
