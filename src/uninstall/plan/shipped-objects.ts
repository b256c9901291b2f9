// GENERATED from config/ by "make generate".
/** Every object of "kubectl apply -k config/", and what is shipped besides: what of a cluster is Merlon's. */
export interface ShippedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As shipped: people may have called Merlon's own namespace otherwise. Absent from what is in none. */
  readonly namespace?: string;
  /** Whether it carries Merlon's label. What does not is there with or without Merlon. */
  readonly isLabelled: boolean;
}

export const shippedObjects: readonly ShippedObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', name: 'merlon', isLabelled: true },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'clusterhardeningexemptions.merlon.dev',
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'clusterhardeningpolicies.merlon.dev',
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'clustersecuritypostures.merlon.dev',
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'hardeningexemptions.merlon.dev',
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'hardeningpolicies.merlon.dev',
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'hardeningremediations.merlon.dev',
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'securitypostures.merlon.dev',
    isLabelled: true,
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', name: 'merlon', namespace: 'merlon', isLabelled: true },
  { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: 'merlon', isLabelled: false },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', name: 'merlon', namespace: 'merlon', isLabelled: true },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    name: 'merlon',
    namespace: 'kube-system',
    isLabelled: true,
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', name: 'merlon', namespace: 'default', isLabelled: true },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'merlon', isLabelled: true },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'merlon-posture-viewer', isLabelled: true },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-cluster-posture-viewer',
    isLabelled: true,
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'merlon-policy-editor', isLabelled: true },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-namespace-labeller',
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-repair-default-accounts',
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-remediation-approver',
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    name: 'merlon',
    namespace: 'merlon',
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    name: 'merlon',
    namespace: 'kube-system',
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    name: 'merlon',
    namespace: 'default',
    isLabelled: true,
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: 'merlon', isLabelled: true },
  { apiVersion: 'apps/v1', kind: 'Deployment', name: 'merlon', namespace: 'merlon', isLabelled: true },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    name: 'merlon-remediation-actions',
    isLabelled: true,
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    name: 'merlon-own-objects',
    isLabelled: true,
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    name: 'merlon-namespace-labels',
    isLabelled: true,
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    name: 'merlon-remediation-actions',
    isLabelled: true,
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    name: 'merlon-own-objects',
    isLabelled: true,
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    name: 'merlon-namespace-labels',
    isLabelled: true,
  },
  { apiVersion: 'v1', kind: 'Namespace', name: 'merlon-probes', isLabelled: true },
  { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: 'merlon-probes', isLabelled: false },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    name: 'merlon-probes',
    namespace: 'merlon-probes',
    isLabelled: true,
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'merlon-probes', isLabelled: true },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    name: 'merlon-probes',
    namespace: 'merlon-probes',
    isLabelled: true,
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: 'merlon-probes', isLabelled: true },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    name: 'merlon-probes',
    isLabelled: true,
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    name: 'merlon-probes',
    isLabelled: true,
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'merlon-enforcement', isLabelled: true },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    name: 'merlon-enforcement',
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-enforcement-mutating',
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    name: 'merlon-enforcement-mutating',
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-repair-namespaces',
    isLabelled: true,
  },
];
