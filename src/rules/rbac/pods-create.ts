/**
 * Whoever says what runs in a namespace says as which of its service accounts.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.1.4; Kubernetes "RBAC Good Practices", "Workload creation".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const podsCreate = definePermissionRule({
  id: 'rbac-pods-create',
  title: 'Nobody must create pods where service accounts and Secrets are that are not theirs',
  permissions: ['pods-create', 'workloads-write'],
  severityReason: 'A new pod runs as any service account of its namespace and mounts any Secret there.',
  controls: [
    'cis-1.12/5.1.4',
    'nsa/authentication-and-authorization',
    'attack/T1610',
    'attack/T1611',
    'attack/T1053.007',
  ],
  rationale:
    'Whoever creates pods, or workloads that create them, has every token, Secret and volume of the namespace, and its nodes where Pod Security admits privileged pods.',
  remediation:
    'Give each team namespaces of its own, enforce the Pod Security level restricted there, and let a GitOps controller with one service account for each namespace deploy instead of people and pipelines.',
  advice: 'grant it in single namespaces whose service accounts are all theirs',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: deployer }
rules:
  - apiGroups: [apps]
    resources: [deployments]
    verbs: [create, patch]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: deployer }
rules:
  - apiGroups: [apps]
    resources: [deployments]
    verbs: [get, list, watch]
  - apiGroups: [apps]
    resources: [deployments/scale]
    verbs: [patch]
`,
  },
});
