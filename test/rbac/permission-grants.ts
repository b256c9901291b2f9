/** Of each permission of the catalogue what grants it, and what is like it: written as `get secrets`, `create deployments.apps`. */
import type { PolicyRule } from '../../src/core/rbac-shape.ts';
import type { PermissionId } from '../../src/rbac/permission-catalogue.ts';

/** `get secrets`, `create deployments.apps`, `approve signers.certificates.k8s.io named a,b`; `*` is a group as well. */
export function ruleOf(text: string): PolicyRule {
  const [verb = '', what = '', , names = ''] = text.split(' ');
  const [resource = '', ...group] = what.split('.');
  return {
    verbs: [verb],
    apiGroups: [group.join('.')],
    resources: [resource],
    ...(names !== '' && { resourceNames: names.split(',') }),
  };
}

interface Row {
  readonly grants: readonly string[];
  /** As like as can be, and nothing to have. */
  readonly misses: readonly string[];
}

export const permissionGrants: Readonly<Record<PermissionId, Row>> = {
  'secrets-read': {
    grants: [
      'get secrets',
      'list secrets',
      'watch secrets',
      'get secrets named db',
      'list secrets named db',
      'patch secrets',
      'patch secrets named db',
      'delete secrets named db',
      'deletecollection secrets',
      'get secrets.*',
    ],
    misses: [
      'create secrets',
      'update secrets',
      'deletecollection secrets named db',
      'get secrets.v1',
      'get Secrets',
      'GET secrets',
      'get secrets/status',
      'get secrets/*',
    ],
  },
  'secrets-create': {
    grants: ['create secrets', '* secrets'],
    misses: ['create secrets named db', 'update secrets', 'create secrets.core', 'create secret'],
  },
  'pods-create': {
    grants: ['create pods', 'create *', '* pods'],
    misses: [
      'create pods named web',
      'update pods',
      'create pods.apps',
      'create pods/*',
      'create */*',
      'create pods/exec',
    ],
  },
  'workloads-write': {
    grants: [
      'create deployments.apps',
      'patch daemonsets.apps',
      'update statefulsets.apps',
      'create replicasets.apps',
      'create jobs.batch',
      'patch cronjobs.batch',
      'update replicationcontrollers',
      'patch deployments.apps named web',
    ],
    misses: [
      'create deployments',
      'create deployments.extensions',
      'create jobs.apps',
      'patch deployments.apps/v1',
      'patch deployments/scale.apps',
      'create deployments.apps named web',
      'delete deployments.apps',
    ],
  },
  'pods-change': {
    grants: ['update pods', 'patch pods', 'patch pods named web'],
    misses: ['create pods', 'delete pods', 'patch pods/status', 'patch pods/ephemeralcontainers', 'patch pods.apps'],
  },
  'pods-exec': {
    grants: ['create pods/exec', 'create pods/attach', 'create */exec', 'create pods/exec named web', 'create *'],
    misses: [
      'create pods',
      'create pods/*',
      'create */*',
      'create exec',
      'create pods/exec.apps',
      'get pods/exec',
      'get */attach',
    ],
  },
  'ephemeral-containers': {
    grants: ['update pods/ephemeralcontainers', 'patch */ephemeralcontainers'],
    misses: ['create pods/ephemeralcontainers', 'patch pods', 'patch pods/*', 'patch pods/EphemeralContainers'],
  },
  'pods-proxy': {
    grants: [
      'create pods/portforward',
      'get pods/proxy',
      'delete services/proxy',
      'patch */proxy',
      'get services/proxy named web',
    ],
    misses: ['get pods/portforward', 'get services', 'get nodes/proxy', 'list pods/proxy', 'get services/proxy.v1'],
  },
  'nodes-proxy': {
    grants: ['get nodes/proxy', 'create nodes/proxy', 'get */proxy', 'get *.*', 'get nodes/proxy named node-1'],
    misses: [
      'get nodes',
      'get nodes/*',
      'get nodes/metrics',
      'update nodes/proxy',
      'list nodes/proxy',
      'get pods/proxy',
    ],
  },
  'nodes-checkpoint': {
    grants: ['create nodes/checkpoint', 'create */checkpoint'],
    misses: ['get nodes/checkpoint', 'create nodes', 'create pods/checkpoint'],
  },
  'nodes-read': {
    grants: ['get nodes/log', 'get nodes/configz', 'get nodes/pods', 'get */log'],
    misses: ['get nodes', 'get nodes/metrics', 'list nodes/pods', 'get pods/log'],
  },
  'nodes-write': {
    grants: [
      'update nodes',
      'patch nodes',
      'delete nodes',
      'deletecollection nodes',
      'patch nodes/status',
      'patch nodes named node-1',
    ],
    misses: [
      'create nodes',
      'get nodes',
      'delete nodes/status',
      'patch nodes/*',
      'deletecollection nodes named node-1',
    ],
  },
  'tokens-create': {
    grants: ['create serviceaccounts/token', 'create */token', 'create serviceaccounts/token named web'],
    misses: [
      'create serviceaccounts',
      'get serviceaccounts/token',
      'create serviceaccounts/token.authentication.k8s.io',
    ],
  },
  'impersonate-service-accounts': {
    grants: ['impersonate serviceaccounts', 'impersonate serviceaccounts named web', '* serviceaccounts'],
    misses: [
      'impersonate serviceaccounts.authentication.k8s.io',
      'impersonate:serviceaccount serviceaccounts',
      'impersonate* serviceaccounts',
    ],
  },
  'impersonate-users': {
    grants: ['impersonate users', 'impersonate users named jane'],
    misses: ['impersonate users.authentication.k8s.io', 'impersonate user', 'get users'],
  },
  'impersonate-groups': {
    grants: ['impersonate groups', 'impersonate groups named devs'],
    misses: ['impersonate groups.rbac.authorization.k8s.io', 'impersonate users', 'Impersonate groups'],
  },
  'impersonate-extras': {
    grants: [
      'impersonate uids.authentication.k8s.io',
      'impersonate userextras/scopes.authentication.k8s.io',
      'impersonate */scopes.authentication.k8s.io',
      'impersonate userextras/scopes.authentication.k8s.io named view',
    ],
    misses: [
      'impersonate uids',
      'impersonate userextras.authentication.k8s.io',
      'impersonate userextras/*.authentication.k8s.io',
      'impersonate */*.authentication.k8s.io',
      'impersonate userextras/.authentication.k8s.io',
      'impersonate extras/scopes.authentication.k8s.io',
    ],
  },
  'escalate-cluster-roles': {
    grants: [
      'escalate clusterroles.rbac.authorization.k8s.io',
      'escalate *.rbac.authorization.k8s.io',
      'escalate clusterroles.rbac.authorization.k8s.io named own',
    ],
    misses: [
      'escalate clusterroles',
      'update clusterroles.rbac.authorization.k8s.io',
      'escalate clusterrolebindings.rbac.authorization.k8s.io',
    ],
  },
  'escalate-roles': {
    grants: ['escalate roles.rbac.authorization.k8s.io'],
    misses: [
      'escalate roles',
      'bind roles.rbac.authorization.k8s.io',
      'escalate clusterroles.rbac.authorization.k8s.io',
    ],
  },
  'bind-cluster-roles': {
    grants: ['bind clusterroles.rbac.authorization.k8s.io', 'bind clusterroles.rbac.authorization.k8s.io named view'],
    misses: [
      'bind clusterroles',
      'bind clusterrolebindings.rbac.authorization.k8s.io',
      'create clusterroles.rbac.authorization.k8s.io',
    ],
  },
  'bind-roles': {
    grants: ['bind roles.rbac.authorization.k8s.io', '* roles.rbac.authorization.k8s.io'],
    misses: ['bind roles', 'bind rolebindings.rbac.authorization.k8s.io', 'bind Roles.rbac.authorization.k8s.io'],
  },
  'cluster-roles-write': {
    grants: ['create clusterroles.rbac.authorization.k8s.io', 'patch clusterroles.rbac.authorization.k8s.io named own'],
    misses: [
      'delete clusterroles.rbac.authorization.k8s.io',
      'create clusterroles.rbac.authorization.k8s.io named own',
      'update clusterroles',
    ],
  },
  'roles-write': {
    grants: ['update roles.rbac.authorization.k8s.io'],
    misses: ['get roles.rbac.authorization.k8s.io', 'update roles.authorization.openshift.io'],
  },
  'cluster-role-bindings-write': {
    grants: ['create clusterrolebindings.rbac.authorization.k8s.io'],
    misses: ['delete clusterrolebindings.rbac.authorization.k8s.io', 'create rolebindings.rbac.authorization.k8s.io'],
  },
  'role-bindings-write': {
    grants: ['patch rolebindings.rbac.authorization.k8s.io'],
    misses: ['patch rolebindings', 'list rolebindings.rbac.authorization.k8s.io'],
  },
  'certificates-request': {
    grants: ['create certificatesigningrequests.certificates.k8s.io'],
    misses: ['create certificatesigningrequests', 'update certificatesigningrequests.certificates.k8s.io'],
  },
  'certificates-approve': {
    grants: ['update certificatesigningrequests/approval.certificates.k8s.io', 'patch */approval.certificates.k8s.io'],
    misses: [
      'update certificatesigningrequests.certificates.k8s.io',
      'create certificatesigningrequests/approval.certificates.k8s.io',
    ],
  },
  'signers-approve': {
    grants: [
      'approve signers.certificates.k8s.io',
      'approve signers.certificates.k8s.io named kubernetes.io/kube-apiserver-client',
      'approve signers.certificates.k8s.io named example.org/own,kubernetes.io/*',
    ],
    misses: [
      'approve signers.certificates.k8s.io named example.org/own',
      'approve signers.certificates.k8s.io named *',
      'approve signers',
      'sign signers.certificates.k8s.io',
    ],
  },
  'node-signers-approve': {
    grants: [
      'approve signers.certificates.k8s.io named kubernetes.io/kube-apiserver-client-kubelet',
      'approve signers.certificates.k8s.io named example.org/own,kubernetes.io/*',
      'approve signers.certificates.k8s.io',
    ],
    misses: [
      'approve signers.certificates.k8s.io named kubernetes.io/kubelet-serving',
      'approve signers.certificates.k8s.io named kubernetes.io/kube-apiserver-client',
      'sign signers.certificates.k8s.io named kubernetes.io/kube-apiserver-client-kubelet',
    ],
  },
  'node-certificates': {
    grants: ['create certificatesigningrequests/nodeclient.certificates.k8s.io'],
    misses: [
      'create certificatesigningrequests/selfnodeclient.certificates.k8s.io',
      'create certificatesigningrequests/*.certificates.k8s.io',
    ],
  },
  'trust-bundles-write': {
    grants: ['create clustertrustbundles.certificates.k8s.io', 'delete clustertrustbundles.certificates.k8s.io'],
    misses: ['list clustertrustbundles.certificates.k8s.io', 'create clustertrustbundles'],
  },
  'signers-attest': {
    grants: ['attest signers.certificates.k8s.io', 'attest signers.certificates.k8s.io named example.org/own'],
    misses: ['approve signers.certificates.k8s.io', 'attest signers'],
  },
  'persistent-volumes-create': {
    grants: ['create persistentvolumes'],
    misses: ['create persistentvolumes named data', 'create persistentvolumeclaims', 'update persistentvolumes'],
  },
  'storage-write': {
    grants: [
      'create storageclasses.storage.k8s.io',
      'update csidrivers.storage.k8s.io',
      'patch volumeattachments.storage.k8s.io',
    ],
    misses: ['create storageclasses', 'create csinodes.storage.k8s.io', 'delete storageclasses.storage.k8s.io'],
  },
  'mutating-webhooks-write': {
    grants: ['patch mutatingwebhookconfigurations.admissionregistration.k8s.io named own'],
    misses: [
      'create validatingwebhookconfigurations.admissionregistration.k8s.io',
      'create mutatingwebhookconfigurations',
      'delete mutatingwebhookconfigurations.admissionregistration.k8s.io',
    ],
  },
  'mutating-policies-write': {
    grants: [
      'create mutatingadmissionpolicies.admissionregistration.k8s.io',
      'update mutatingadmissionpolicybindings.admissionregistration.k8s.io',
    ],
    misses: [
      'create validatingadmissionpolicies.admissionregistration.k8s.io',
      'create mutatingadmissionpolicies.admissionregistration.k8s.io named own',
    ],
  },
  'validating-admission-write': {
    grants: [
      'delete validatingwebhookconfigurations.admissionregistration.k8s.io',
      'create validatingadmissionpolicies.admissionregistration.k8s.io',
      'deletecollection validatingadmissionpolicybindings.admissionregistration.k8s.io',
    ],
    misses: [
      'get validatingadmissionpolicies.admissionregistration.k8s.io',
      'delete validatingadmissionpolicies',
      'patch validatingadmissionpolicies/status.admissionregistration.k8s.io',
    ],
  },
  'api-services-write': {
    grants: ['create apiservices.apiregistration.k8s.io', 'patch apiservices.apiregistration.k8s.io named v1.apps'],
    misses: [
      'create apiservices',
      'update apiservices/status.apiregistration.k8s.io',
      'delete apiservices.apiregistration.k8s.io',
    ],
  },
  'custom-resources-define': {
    grants: [
      'create customresourcedefinitions.apiextensions.k8s.io',
      'delete customresourcedefinitions.apiextensions.k8s.io',
    ],
    misses: ['create customresourcedefinitions', 'update customresourcedefinitions/status.apiextensions.k8s.io'],
  },
  'namespaces-change': {
    grants: ['patch namespaces', 'update namespaces named shop'],
    misses: ['create namespaces', 'delete namespaces', 'update namespaces/finalize', 'patch namespaces.v1'],
  },
  'system-config-maps-write': {
    grants: ['create configmaps', 'update configmaps named aws-auth', 'delete configmaps named cluster-info,other'],
    misses: [
      'get configmaps',
      'update configmaps named other',
      'update configmaps named *',
      'create configmaps named aws-auth',
    ],
  },
  'service-accounts-change': {
    grants: ['update serviceaccounts', 'patch serviceaccounts named web'],
    misses: ['create serviceaccounts', 'update serviceaccounts/token', 'patch serviceaccounts.iam'],
  },
  'pods-delete': {
    grants: [
      'delete pods',
      'deletecollection pods',
      'create pods/eviction',
      'create pods/eviction named web',
      'create */eviction',
    ],
    misses: ['deletecollection pods named web', 'delete pods/eviction', 'delete pods.apps', 'create pods'],
  },
  'pods-bind': {
    grants: ['create pods/binding', 'create bindings', 'create pods/binding named web'],
    misses: ['create bindings named web', 'update pods/binding', 'create bindings.rbac.authorization.k8s.io'],
  },
  'traffic-redirect': {
    grants: [
      'create services',
      'update endpoints',
      'patch endpointslices.discovery.k8s.io',
      'patch pods/status',
      'update services/status',
    ],
    misses: [
      'delete services',
      'create services.serving.knative.dev',
      'create endpointslices',
      'create pods/status',
      'patch deployments/status.apps',
    ],
  },
  'network-policies-write': {
    grants: ['create networkpolicies.networking.k8s.io', 'delete networkpolicies.networking.k8s.io'],
    misses: ['create networkpolicies', 'create networkpolicies.extensions', 'get networkpolicies.networking.k8s.io'],
  },
  'events-forge': {
    grants: ['delete events', 'deletecollection events.events.k8s.io'],
    misses: ['create events', 'delete events.example.org', 'deletecollection events named one'],
  },
  destroy: {
    grants: [
      'delete namespaces',
      'delete persistentvolumes',
      'deletecollection persistentvolumeclaims',
      'deletecollection deployments.apps',
      'deletecollection jobs.batch',
    ],
    misses: [
      'delete persistentvolumeclaims',
      'delete deployments.apps',
      'deletecollection deployments',
      'deletecollection jobs.batch named one',
      'deletecollection namespaces',
    ],
  },
  'control-plane-disturb': {
    grants: [
      'update leases.coordination.k8s.io',
      'patch leases.coordination.k8s.io named kube-scheduler',
      'create flowschemas.flowcontrol.apiserver.k8s.io',
    ],
    misses: [
      'create leases.coordination.k8s.io',
      'update leases.coordination.k8s.io named own',
      'update leases',
      'get flowschemas.flowcontrol.apiserver.k8s.io',
    ],
  },
  'permissions-ask': {
    grants: [
      'create subjectaccessreviews.authorization.k8s.io',
      'create localsubjectaccessreviews.authorization.k8s.io',
      'create tokenreviews.authentication.k8s.io',
    ],
    misses: [
      'create selfsubjectaccessreviews.authorization.k8s.io',
      'create tokenreviews.authorization.k8s.io',
      'get subjectaccessreviews.authorization.k8s.io',
    ],
  },
  'configuration-read': {
    grants: ['get pods/log', 'get configmaps', 'list configmaps', 'get */log'],
    misses: ['get pods', 'get nodes/log', 'get pods/*', 'create configmaps'],
  },
  'devices-forge': {
    grants: ['arbitrary-node:update resourceclaims/driver.resource.k8s.io', '* resourceclaims/driver.resource.k8s.io'],
    misses: [
      'associated-node:update resourceclaims/driver.resource.k8s.io',
      'arbitrary-node:* resourceclaims/driver.resource.k8s.io',
      'arbitrary-node:update resourceclaims.resource.k8s.io',
    ],
  },
  'security-context-constraints-use': {
    grants: [
      'use securitycontextconstraints.security.openshift.io',
      'use securitycontextconstraints.security.openshift.io named own,privileged',
    ],
    misses: [
      'use securitycontextconstraints.security.openshift.io named restricted-v2',
      'use podsecuritypolicies.policy',
      'get securitycontextconstraints.security.openshift.io',
    ],
  },
};
