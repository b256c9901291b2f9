/**
 * A few ConfigMaps of kube-system and kube-public are part of the control plane.
 *
 * Source: Amazon EKS "Grant IAM users access to Kubernetes with a ConfigMap"; Kubernetes "Customizing DNS Service";
 * Kubernetes "Configure the Aggregation Layer".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const systemConfigMapsWrite = definePermissionRule({
  id: 'rbac-system-config-maps-write',
  title: 'Nobody must write ConfigMaps of the control plane but administrators',
  permissions: ['system-config-maps-write'],
  severityReason: 'These ConfigMaps say who is who, which names lead where, and whom joining nodes trust.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1098.006', 'attack/T1557'],
  rationale:
    'Whoever writes aws-auth in kube-system maps themselves to an administrator of EKS, coredns answers every name, extension-apiserver-authentication says which front proxy is believed, and cluster-info in kube-public whom new nodes trust.',
  remediation:
    'Grant the writing of ConfigMaps in single namespaces by RoleBindings, never in kube-system or by a ClusterRoleBinding, or name the ConfigMaps in resourceNames. On EKS use access entries instead of aws-auth.',
  advice: 'grant it in single namespaces, or name other ConfigMaps in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: settings }
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [create, update, patch]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: settings }
rules:
  - apiGroups: [""]
    resources: [configmaps]
    resourceNames: [leader]
    verbs: [update, patch]
`,
  },
});
