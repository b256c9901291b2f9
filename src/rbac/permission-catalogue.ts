/**
 * The permissions that lead further than they seem: what a rule of a Role must hold to have one, and how bad that is where
 * it is granted in the whole cluster and where it is granted in one namespace.
 *
 * A permission alone says nothing about who has it and what they reach with it: `escalation-graph.ts` asks that.
 *
 * Sources: Kubernetes "Role Based Access Control Good Practices" and "RBAC" (escalation and bind), CIS Kubernetes
 * Benchmark 5.1, k8s.io/kubernetes v1.37.2 (what each verb does).
 */
import type { Severity } from '../core/severity.ts';
import { constrainedSince } from './constrained-impersonation.ts';

/** What has to be granted: any of the verbs on any of the resources. */
export interface Target {
  readonly verbs: readonly string[];
  readonly group: string;
  /** Plural; a subresource behind a slash, or `*` for any. */
  readonly resources: readonly string[];
  /** Only objects of these names matter. */
  readonly names?: readonly string[];
  /** Only objects of these namespaces matter. */
  readonly namespaces?: readonly string[];
  /** The first minor version that it is of use in, and the last. */
  readonly since?: number;
  readonly until?: number;
  /** A RoleBinding grants nothing of it, where one grants the rest of the permission. */
  readonly isClusterOnly?: true;
}

export interface Permission {
  /** Behind `may`: `read Secrets`. */
  readonly what: string;
  /** Granted by a ClusterRoleBinding. */
  readonly inCluster: Severity;
  /** Granted by a RoleBinding; absent where that grants nothing. */
  readonly inNamespace?: Severity;
  /**
   * What a list of names is worth: `objects`, it limits the permission to what is meant; `identities`, it is as good as
   * those who bear them. Where it is absent, one is as bad as all: one webhook sees every object, each node runs pods that
   * matter, and whoever changes their own namespace leaves it.
   */
  readonly names?: 'objects' | 'identities';
  readonly targets: readonly Target[];
}

const read = ['get', 'list', 'watch'];
const write = ['create', 'update', 'patch'];
const change = ['update', 'patch'];
const remove = ['delete', 'deletecollection'];
/**
 * A patch is answered with the whole object, even where it changes nothing, and so is a deletion that waits (for what
 * depends on it, or for finalizers), and one of a collection; each of them can be tried without being done. Who creates or
 * updates is answered with what they sent.
 */
const see = [...read, 'patch', ...remove];
/** Those of HTTP, as a proxy asks for them. */
const any = ['get', 'create', 'update', 'patch', 'delete'];

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';
const DISCOVERY = 'discovery.k8s.io';

/** Whoever may write them decides what runs in the namespace, and as whom. */
const workloads: readonly Target[] = [
  { verbs: write, group: 'apps', resources: ['deployments', 'daemonsets', 'statefulsets', 'replicasets'] },
  { verbs: write, group: 'batch', resources: ['jobs', 'cronjobs'] },
  { verbs: write, group: '', resources: ['replicationcontrollers'] },
];

export const permissions = {
  'secrets-read': {
    what: 'read Secrets',
    inCluster: 'critical',
    inNamespace: 'high',
    names: 'objects',
    targets: [{ verbs: see, group: '', resources: ['secrets'] }],
  },
  'secrets-create': {
    what: 'create Secrets, and so tokens of any service account',
    inCluster: 'critical',
    inNamespace: 'high',
    targets: [{ verbs: ['create'], group: '', resources: ['secrets'] }],
  },
  'pods-create': {
    what: 'create pods, as any service account',
    inCluster: 'critical',
    inNamespace: 'high',
    targets: [{ verbs: ['create'], group: '', resources: ['pods'] }],
  },
  'workloads-write': {
    what: 'write workloads, which create pods as any service account',
    inCluster: 'critical',
    inNamespace: 'high',
    targets: workloads,
  },
  'pods-change': {
    what: 'change what pods run',
    inCluster: 'high',
    inNamespace: 'high',
    targets: [{ verbs: change, group: '', resources: ['pods'] }],
  },
  'pods-exec': {
    what: 'run commands in pods',
    inCluster: 'high',
    inNamespace: 'high',
    targets: [
      { verbs: ['create'], group: '', resources: ['pods/exec', 'pods/attach'] },
      // A WebSocket begins with a GET; since 1.35 create is asked for as well.
      { verbs: ['get'], group: '', resources: ['pods/exec', 'pods/attach'], until: 34 },
    ],
  },
  'ephemeral-containers': {
    what: 'put containers into running pods',
    inCluster: 'high',
    inNamespace: 'high',
    targets: [{ verbs: change, group: '', resources: ['pods/ephemeralcontainers'] }],
  },
  'pods-proxy': {
    what: 'reach the ports of pods and services through the API server',
    inCluster: 'medium',
    inNamespace: 'medium',
    names: 'objects',
    targets: [
      { verbs: ['create'], group: '', resources: ['pods/portforward'] },
      { verbs: ['get'], group: '', resources: ['pods/portforward'], until: 34 },
      { verbs: any, group: '', resources: ['pods/proxy', 'services/proxy'] },
    ],
  },
  'nodes-proxy': {
    what: 'ask kubelets to run commands in any pod of a node, unseen by audit and admission',
    inCluster: 'critical',
    targets: [{ verbs: ['get', 'create'], group: '', resources: ['nodes/proxy'] }],
  },
  'nodes-checkpoint': {
    what: 'write the memory of containers to disk',
    inCluster: 'high',
    names: 'objects',
    targets: [{ verbs: ['create'], group: '', resources: ['nodes/checkpoint'] }],
  },
  'nodes-read': {
    what: 'read logs and configuration of nodes from kubelets',
    inCluster: 'medium',
    names: 'objects',
    targets: [{ verbs: ['get'], group: '', resources: ['nodes/log', 'nodes/configz', 'nodes/pods'] }],
  },
  'nodes-write': {
    what: 'change nodes, and so what is scheduled there and where the API server reaches them',
    inCluster: 'high',
    names: 'objects',
    targets: [
      { verbs: [...change, ...remove], group: '', resources: ['nodes'] },
      { verbs: change, group: '', resources: ['nodes/status'] },
    ],
  },
  'tokens-create': {
    what: 'request tokens of service accounts',
    inCluster: 'critical',
    inNamespace: 'high',
    names: 'identities',
    targets: [{ verbs: ['create'], group: '', resources: ['serviceaccounts/token'] }],
  },
  'impersonate-service-accounts': {
    what: 'act as service accounts',
    inCluster: 'critical',
    inNamespace: 'high',
    names: 'identities',
    targets: [{ verbs: ['impersonate'], group: '', resources: ['serviceaccounts'] }],
  },
  'impersonate-users': {
    what: 'act as users',
    inCluster: 'critical',
    names: 'identities',
    targets: [{ verbs: ['impersonate'], group: '', resources: ['users'] }],
  },
  'impersonate-groups': {
    what: 'act as a member of groups',
    inCluster: 'critical',
    names: 'identities',
    targets: [{ verbs: ['impersonate'], group: '', resources: ['groups'] }],
  },
  'impersonate-extras': {
    what: 'claim uids and extra attributes while acting as somebody',
    inCluster: 'medium',
    names: 'objects',
    targets: [
      {
        verbs: ['impersonate'],
        group: AUTHENTICATION,
        resources: ['uids', 'userextras/*'],
      },
      // As users and groups are: service accounts and nodes are impersonated without any.
      {
        verbs: ['impersonate:user-info'],
        group: AUTHENTICATION,
        resources: ['uids', 'userextras/*'],
        since: constrainedSince,
      },
    ],
  },
  'escalate-cluster-roles': {
    what: 'write ClusterRoles that grant what they do not hold themselves',
    inCluster: 'critical',
    targets: [{ verbs: ['escalate'], group: RBAC, resources: ['clusterroles'] }],
  },
  'escalate-roles': {
    what: 'write Roles that grant what they do not hold themselves',
    inCluster: 'critical',
    inNamespace: 'high',
    targets: [{ verbs: ['escalate'], group: RBAC, resources: ['roles'] }],
  },
  'bind-cluster-roles': {
    what: 'bind ClusterRoles that grant what they do not hold themselves',
    inCluster: 'critical',
    inNamespace: 'high',
    names: 'identities',
    targets: [{ verbs: ['bind'], group: RBAC, resources: ['clusterroles'] }],
  },
  'bind-roles': {
    what: 'bind Roles that grant what they do not hold themselves',
    inCluster: 'critical',
    inNamespace: 'high',
    names: 'identities',
    targets: [{ verbs: ['bind'], group: RBAC, resources: ['roles'] }],
  },
  'cluster-roles-write': {
    what: 'write ClusterRoles, as far as they hold what they grant',
    inCluster: 'medium',
    targets: [{ verbs: write, group: RBAC, resources: ['clusterroles'] }],
  },
  'roles-write': {
    what: 'write Roles, as far as they hold what they grant',
    inCluster: 'medium',
    inNamespace: 'low',
    targets: [{ verbs: write, group: RBAC, resources: ['roles'] }],
  },
  'cluster-role-bindings-write': {
    what: 'write ClusterRoleBindings, as far as they hold what they grant',
    inCluster: 'medium',
    targets: [{ verbs: write, group: RBAC, resources: ['clusterrolebindings'] }],
  },
  'role-bindings-write': {
    what: 'write RoleBindings, as far as they hold what they grant',
    inCluster: 'medium',
    inNamespace: 'low',
    targets: [{ verbs: write, group: RBAC, resources: ['rolebindings'] }],
  },
  'certificates-request': {
    what: 'request certificates',
    inCluster: 'low',
    targets: [{ verbs: ['create'], group: CERTIFICATES, resources: ['certificatesigningrequests'] }],
  },
  'certificates-approve': {
    what: 'approve certificate requests',
    inCluster: 'medium',
    targets: [{ verbs: change, group: CERTIFICATES, resources: ['certificatesigningrequests/approval'] }],
  },
  'signers-approve': {
    what: 'approve certificates of a signer',
    inCluster: 'medium',
    targets: [
      {
        verbs: ['approve'],
        group: CERTIFICATES,
        resources: ['signers'],
        names: ['kubernetes.io/kube-apiserver-client', 'kubernetes.io/*'],
      },
    ],
  },
  'node-signers-approve': {
    what: 'approve certificates of nodes',
    inCluster: 'medium',
    targets: [
      {
        verbs: ['approve'],
        group: CERTIFICATES,
        resources: ['signers'],
        names: ['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/*'],
      },
    ],
  },
  'node-certificates': {
    what: 'have the certificate of any node approved',
    inCluster: 'high',
    targets: [{ verbs: ['create'], group: CERTIFICATES, resources: ['certificatesigningrequests/nodeclient'] }],
  },
  'trust-bundles-write': {
    what: 'write ClusterTrustBundles',
    inCluster: 'medium',
    names: 'objects',
    targets: [{ verbs: [...write, ...remove], group: CERTIFICATES, resources: ['clustertrustbundles'] }],
  },
  'signers-attest': {
    what: 'vouch for the trust anchors of a signer',
    inCluster: 'high',
    targets: [{ verbs: ['attest'], group: CERTIFICATES, resources: ['signers'] }],
  },
  'persistent-volumes-create': {
    what: 'create PersistentVolumes, and so mount any path of a node',
    inCluster: 'high',
    targets: [{ verbs: ['create'], group: '', resources: ['persistentvolumes'] }],
  },
  'storage-write': {
    what: 'decide where volumes come from',
    inCluster: 'medium',
    targets: [
      { verbs: write, group: 'storage.k8s.io', resources: ['storageclasses', 'csidrivers', 'volumeattachments'] },
    ],
  },
  'mutating-webhooks-write': {
    what: 'read and rewrite every object on its way in, by a webhook',
    inCluster: 'critical',
    targets: [{ verbs: write, group: ADMISSION, resources: ['mutatingwebhookconfigurations'] }],
  },
  'mutating-policies-write': {
    what: 'rewrite every object on its way in, by a policy',
    inCluster: 'critical',
    targets: [
      {
        verbs: write,
        group: ADMISSION,
        resources: ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'],
      },
    ],
  },
  'validating-admission-write': {
    what: 'read every object on its way in, and take guard rails away',
    inCluster: 'high',
    targets: [
      {
        verbs: [...write, ...remove],
        group: ADMISSION,
        resources: [
          'validatingwebhookconfigurations',
          'validatingadmissionpolicies',
          'validatingadmissionpolicybindings',
        ],
      },
    ],
  },
  'api-services-write': {
    what: 'take over the traffic of an API group',
    inCluster: 'critical',
    targets: [{ verbs: write, group: 'apiregistration.k8s.io', resources: ['apiservices'] }],
  },
  'custom-resources-define': {
    what: 'redefine or delete kinds, with every object of them',
    inCluster: 'high',
    names: 'objects',
    targets: [
      { verbs: [...write, ...remove], group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'] },
    ],
  },
  'namespaces-change': {
    what: 'change the labels of namespaces, which Pod Security and network policies go by',
    inCluster: 'high',
    inNamespace: 'high',
    targets: [{ verbs: change, group: '', resources: ['namespaces'] }],
  },
  'system-config-maps-write': {
    what: 'write ConfigMaps that identities, name resolution or joining nodes depend on',
    inCluster: 'critical',
    inNamespace: 'high',
    targets: [
      {
        verbs: [...write, ...remove],
        group: '',
        resources: ['configmaps'],
        names: ['aws-auth', 'coredns', 'extension-apiserver-authentication'],
        namespaces: ['kube-system'],
      },
      {
        verbs: [...write, ...remove],
        group: '',
        resources: ['configmaps'],
        names: ['cluster-info'],
        namespaces: ['kube-public'],
      },
    ],
  },
  'service-accounts-change': {
    what: 'change service accounts: their cloud identity, and whether pods get their token',
    inCluster: 'medium',
    inNamespace: 'medium',
    names: 'objects',
    targets: [{ verbs: change, group: '', resources: ['serviceaccounts'] }],
  },
  'pods-delete': {
    what: 'delete and evict pods',
    inCluster: 'medium',
    inNamespace: 'low',
    names: 'objects',
    targets: [
      { verbs: remove, group: '', resources: ['pods'] },
      { verbs: ['create'], group: '', resources: ['pods/eviction'] },
    ],
  },
  'pods-bind': {
    what: 'place pods on a node of their choice',
    inCluster: 'medium',
    inNamespace: 'low',
    targets: [{ verbs: ['create'], group: '', resources: ['pods/binding', 'bindings'] }],
  },
  'traffic-redirect': {
    what: 'redirect the traffic of services',
    inCluster: 'medium',
    inNamespace: 'low',
    names: 'objects',
    targets: [
      { verbs: change, group: '', resources: ['pods/status', 'services/status'] },
      { verbs: write, group: '', resources: ['endpoints', 'services'] },
      { verbs: write, group: DISCOVERY, resources: ['endpointslices'] },
    ],
  },
  'network-policies-write': {
    what: 'open the network between pods',
    inCluster: 'medium',
    inNamespace: 'medium',
    names: 'objects',
    targets: [{ verbs: [...write, ...remove], group: 'networking.k8s.io', resources: ['networkpolicies'] }],
  },
  'events-forge': {
    what: 'delete events',
    inCluster: 'low',
    inNamespace: 'low',
    targets: [
      { verbs: remove, group: '', resources: ['events'] },
      { verbs: remove, group: 'events.k8s.io', resources: ['events'] },
    ],
  },
  destroy: {
    what: 'delete namespaces, or all workloads and volumes at once',
    inCluster: 'high',
    inNamespace: 'medium',
    names: 'objects',
    targets: [
      { verbs: ['delete'], group: '', resources: ['namespaces'] },
      { verbs: remove, group: '', resources: ['persistentvolumes'], isClusterOnly: true },
      { verbs: ['deletecollection'], group: '', resources: ['persistentvolumeclaims', 'replicationcontrollers'] },
      {
        verbs: ['deletecollection'],
        group: 'apps',
        resources: ['deployments', 'daemonsets', 'statefulsets', 'replicasets'],
      },
      { verbs: ['deletecollection'], group: 'batch', resources: ['jobs', 'cronjobs'] },
    ],
  },
  'control-plane-disturb': {
    what: 'take the leases of the control plane, or starve requests to the API server',
    inCluster: 'medium',
    inNamespace: 'low',
    targets: [
      // Who creates a lease that is there gets nothing.
      {
        verbs: [...change, ...remove],
        group: 'coordination.k8s.io',
        resources: ['leases'],
        names: ['kube-controller-manager', 'kube-scheduler', 'cloud-controller-manager'],
        namespaces: ['kube-system'],
      },
      {
        verbs: [...write, ...remove],
        group: 'flowcontrol.apiserver.k8s.io',
        resources: ['flowschemas', 'prioritylevelconfigurations'],
        isClusterOnly: true,
      },
    ],
  },
  'permissions-ask': {
    what: 'ask whose a token is, and what anybody may do',
    inCluster: 'low',
    inNamespace: 'low',
    targets: [
      { verbs: ['create'], group: 'authorization.k8s.io', resources: ['localsubjectaccessreviews'] },
      {
        verbs: ['create'],
        group: 'authorization.k8s.io',
        resources: ['subjectaccessreviews'],
        isClusterOnly: true,
      },
      { verbs: ['create'], group: AUTHENTICATION, resources: ['tokenreviews'], isClusterOnly: true },
    ],
  },
  'configuration-read': {
    what: 'read logs of pods, and ConfigMaps',
    inCluster: 'low',
    inNamespace: 'low',
    names: 'objects',
    targets: [
      { verbs: ['get'], group: '', resources: ['pods/log'] },
      { verbs: ['get', 'list'], group: '', resources: ['configmaps'] },
    ],
  },
  'devices-forge': {
    what: 'report the state of devices of other nodes',
    inCluster: 'medium',
    inNamespace: 'medium',
    targets: [
      {
        verbs: ['arbitrary-node:update', 'arbitrary-node:patch'],
        group: 'resource.k8s.io',
        resources: ['resourceclaims/driver'],
      },
    ],
  },
  'security-context-constraints-use': {
    what: 'run pods under a privileged SecurityContextConstraints of OpenShift',
    inCluster: 'high',
    inNamespace: 'high',
    targets: [
      {
        verbs: ['use'],
        group: 'security.openshift.io',
        resources: ['securitycontextconstraints'],
        names: ['privileged', 'anyuid', 'hostaccess', 'hostmount-anyuid', 'hostnetwork', 'hostnetwork-v2'],
      },
    ],
  },
} as const satisfies Readonly<Record<string, Permission>>;

export type PermissionId = keyof typeof permissions;

/** What is no danger by itself, and leads further together with others. */
export const enablers = {
  'accounts-create': [{ verbs: ['create'], group: '', resources: ['serviceaccounts'] }],
  'namespaces-create': [{ verbs: ['create'], group: '', resources: ['namespaces'], isClusterOnly: true }],
  'nodes-impersonate': [
    {
      verbs: ['impersonate:arbitrary-node'],
      group: AUTHENTICATION,
      resources: ['nodes'],
      isClusterOnly: true,
      since: constrainedSince,
    },
  ],
  'tokens-create-as-nodes': [
    {
      verbs: ['impersonate-on:arbitrary-node:create'],
      group: '',
      resources: ['serviceaccounts/token'],
      since: constrainedSince,
    },
  ],
} as const satisfies Readonly<Record<string, readonly Target[]>>;

export type EnablerId = keyof typeof enablers;
