/**
 * The image of a running pod may be exchanged: the next container runs with the same service account.
 *
 * Source: Kubernetes API reference, "Pod" (spec.containers[*].image may be updated).
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const podsChange = definePermissionRule({
  id: 'rbac-pods-change',
  title: 'Nobody must change pods that others run',
  permissions: ['pods-change'],
  severityReason: 'Another image makes a running pod do what its own service account may.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1610'],
  rationale:
    'A pod keeps its service account, its Secrets and its admission when its image is exchanged; labels decide which services and policies it belongs to.',
  remediation:
    'Change the workload that the pod belongs to instead; a controller that must mark pods needs no more than pods/status, or an admission policy that keeps the rest as it is.',
  advice: 'grant pods/status, or nothing of pods but reading',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: labeller }
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, patch]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: labeller }
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list, watch]
`,
  },
});
