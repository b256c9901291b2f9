// GENERATED from config/ by "make generate".
/** Every object of "kubectl apply -k config/", and the roles that are shipped besides: what of a cluster is Merlon's. */
export interface ShippedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** In Merlon's own namespace, which people may have called otherwise. */
  readonly isNamespaced: boolean;
  /** Whether it carries Merlon's label. What does not is there with or without Merlon. */
  readonly isLabelled: boolean;
}

export const shippedObjects: readonly ShippedObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', name: 'merlon', isNamespaced: false, isLabelled: true },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'clusterhardeningexemptions.merlon.dev',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'clusterhardeningpolicies.merlon.dev',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'clustersecuritypostures.merlon.dev',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'hardeningexemptions.merlon.dev',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'hardeningpolicies.merlon.dev',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'hardeningremediations.merlon.dev',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'securitypostures.merlon.dev',
    isNamespaced: false,
    isLabelled: true,
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', name: 'merlon', isNamespaced: true, isLabelled: true },
  { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', isNamespaced: true, isLabelled: false },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', name: 'merlon', isNamespaced: true, isLabelled: true },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', name: 'merlon', isNamespaced: true, isLabelled: true },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-posture-viewer',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-cluster-posture-viewer',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-policy-editor',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-repair-default-accounts',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-remediation-approver',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    name: 'merlon',
    isNamespaced: true,
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    name: 'merlon',
    isNamespaced: true,
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    name: 'merlon',
    isNamespaced: false,
    isLabelled: true,
  },
  { apiVersion: 'apps/v1', kind: 'Deployment', name: 'merlon', isNamespaced: true, isLabelled: true },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    name: 'merlon-remediation-actions',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    name: 'merlon-remediation-actions',
    isNamespaced: false,
    isLabelled: true,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: 'merlon-repair-namespaces',
    isNamespaced: false,
    isLabelled: true,
  },
];
