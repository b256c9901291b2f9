/** One object of each kind that some policy is asked about, as nobody should write it, and a pod that breaks no rule. */
import type { Json } from '../pod-security/generator.ts';

export const RBAC = 'rbac.authorization.k8s.io/v1';
const labels = { app: 'web' };
const selector = { matchLabels: labels };

export const container = {
  name: 'main',
  image: 'registry.example/main:1',
  imagePullPolicy: 'Always',
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
};
/** Breaks no rule. */
export const hardened = {
  serviceAccountName: 'web',
  automountServiceAccountToken: false,
  securityContext: {
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
    appArmorProfile: { type: 'RuntimeDefault' },
    supplementalGroupsPolicy: 'Strict',
  },
  containers: [container],
};
/** Breaks most of them. */
export const careless = {
  hostPID: true,
  automountServiceAccountToken: true,
  containers: [{ name: 'main', image: 'main', imagePullPolicy: 'Never', securityContext: { privileged: true } }],
  volumes: [{ name: 'host', hostPath: { path: '/' } }],
};
export const impersonator = { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] };
const everybody = { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:unauthenticated' };
const admin = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };

const template = (spec: Json) => ({ metadata: { labels }, spec });
const untilDone = (spec: Json) => template({ ...spec, restartPolicy: 'Never' });

/** What is created, without its name. */
export type Written = readonly [apiVersion: string, plural: string, fields: Json];

export const tokenSecret: Written = [
  'v1',
  'secrets',
  {
    metadata: { annotations: { 'kubernetes.io/service-account.name': 'default' } },
    type: 'kubernetes.io/service-account-token',
  },
];
export const impersonatingRole: Written = [RBAC, 'roles', { rules: [impersonator] }];
export const impersonatingClusterRole: Written = [RBAC, 'clusterroles', { rules: [impersonator] }];

/** Each kind that some policy is asked about in a namespace, as nobody should write it. */
export const inNamespaces: readonly Written[] = [
  ['v1', 'pods', { spec: careless }],
  ['v1', 'replicationcontrollers', { spec: { replicas: 1, selector: labels, template: template(careless) } }],
  ['apps/v1', 'deployments', { spec: { replicas: 1, selector, template: template(careless) } }],
  ['apps/v1', 'replicasets', { spec: { replicas: 1, selector, template: template(careless) } }],
  ['apps/v1', 'statefulsets', { spec: { replicas: 1, selector, serviceName: 'web', template: template(careless) } }],
  ['apps/v1', 'daemonsets', { spec: { selector, template: template(careless) } }],
  ['batch/v1', 'jobs', { spec: { suspend: true, template: untilDone(careless) } }],
  [
    'batch/v1',
    'cronjobs',
    { spec: { suspend: true, schedule: '0 0 * * *', jobTemplate: { spec: { template: untilDone(careless) } } } },
  ],
  tokenSecret,
  ['v1', 'serviceaccounts', { automountServiceAccountToken: true }],
  impersonatingRole,
  [RBAC, 'rolebindings', { roleRef: admin, subjects: [everybody] }],
];
/** Accounts are changed as they are made, and never refused. */
export function canRefuse([, plural]: Written): boolean {
  return plural !== 'serviceaccounts';
}

/** And in none. */
export const inTheCluster: readonly Written[] = [
  impersonatingClusterRole,
  [RBAC, 'clusterrolebindings', { roleRef: admin, subjects: [everybody] }],
  ['v1', 'namespaces', {}],
  ['v1', 'nodes', {}],
  ['scheduling.k8s.io/v1', 'priorityclasses', { value: 1 }],
];
