/**
 * The kinds that Merlon reads: where the API server serves them and which of their fields are kept.
 *
 * A field that a rule needs is added here, with its number from `generated.proto`; nothing else has to change. Field
 * sources: k8s.io/api v0.37.2 (core/v1, apps/v1, batch/v1, rbac/v1), k8s.io/apimachinery v0.37.2 (meta/v1).
 */
import {
  boolean,
  inline,
  integer,
  list,
  message,
  pointer,
  required,
  string,
  stringMap,
  stringMapOf,
  time,
  value,
} from './shape.ts';
import type { Infer, MessageShape } from './shape.ts';

const ownerReference = message({
  kind: required(1, string),
  name: required(3, string),
  uid: required(4, string),
  apiVersion: required(5, string),
  controller: pointer(6, boolean),
});

const identity = {
  name: required(1, string),
  namespace: value(3, string),
  uid: value(5, string),
  resourceVersion: value(6, string),
} as const;

const objectMeta = message({
  ...identity,
  generation: value(7, integer),
  deletionTimestamp: pointer(9, time),
  labels: value(11, stringMap),
  ownerReferences: value(13, list(ownerReference)),
});

/** Pods come by the hundred thousand: only what names them and their owner is kept of their metadata. */
const podMeta = message({
  ...identity,
  annotations: value(12, stringMapOf(isReadPodAnnotation)),
  ownerReferences: value(13, list(ownerReference)),
});

/** Of a template's metadata only what would be a pod's. */
const templateMeta = message({ annotations: value(12, stringMapOf(isReadPodAnnotation)) });

/** The annotations that say something about a pod's security; the others of a pod may be large and many. */
function isReadPodAnnotation(key: string): boolean {
  return key === 'kubernetes.io/config.mirror';
}

const securityContext = message({
  privileged: pointer(2, boolean),
  runAsUser: pointer(4, integer),
  runAsNonRoot: pointer(5, boolean),
  allowPrivilegeEscalation: pointer(7, boolean),
});

const podSecurityContext = message({
  runAsUser: pointer(2, integer),
  runAsNonRoot: pointer(3, boolean),
});

const volumeMount = message({
  name: required(1, string),
  mountPath: required(3, string),
});

const container = message({
  name: required(1, string),
  image: value(2, string),
  volumeMounts: value(9, list(volumeMount)),
  securityContext: pointer(15, securityContext),
});

const ephemeralContainer = message({ ephemeralContainerCommon: inline(1, container) });

const volumeProjection = message({ serviceAccountToken: pointer(4, message({ path: value(3, string) })) });

const volume = message({
  name: required(1, string),
  volumeSource: inline(2, message({ projected: pointer(26, message({ sources: value(1, list(volumeProjection)) })) })),
});

const podSpec = message({
  volumes: value(1, list(volume)),
  containers: required(2, list(container)),
  serviceAccountName: value(8, string),
  // The name of serviceAccountName before v1, still accepted in files.
  serviceAccount: value(9, string),
  hostNetwork: value(11, boolean),
  hostPID: value(12, boolean),
  hostIPC: value(13, boolean),
  securityContext: pointer(14, podSecurityContext),
  initContainers: value(20, list(container)),
  automountServiceAccountToken: pointer(21, boolean),
  ephemeralContainers: value(34, list(ephemeralContainer)),
  os: pointer(36, message({ name: required(1, string) })),
  hostUsers: pointer(37, boolean),
});

const podTemplateSpec = message({ metadata: value(1, templateMeta), spec: required(2, podSpec) });

const policyRule = message({
  verbs: required(1, list(string)),
  apiGroups: value(2, list(string)),
  resources: value(3, list(string)),
  resourceNames: value(4, list(string)),
  nonResourceURLs: value(5, list(string)),
});

const rbacSubject = message({
  kind: required(1, string),
  apiGroup: value(2, string),
  name: required(3, string),
  namespace: value(4, string),
});

const roleRef = message({ apiGroup: value(1, string), kind: required(2, string), name: required(3, string) });

const role = message({ metadata: required(1, objectMeta), rules: value(2, list(policyRule)) });

/** An aggregated role has the rules of others, once the controller manager has filled them in: files do not hold them. */
const clusterRole = message({ ...role.fields, aggregationRule: pointer(3, message({})) });

const binding = message({
  metadata: required(1, objectMeta),
  subjects: value(2, list(rbacSubject)),
  roleRef: required(3, roleRef),
});

/** A kind whose spec holds a pod template in the field of that number. */
function templated(templateNumber: number) {
  return message({
    metadata: required(1, objectMeta),
    spec: required(2, message({ template: required(templateNumber, podTemplateSpec) })),
  });
}

export interface Kind<S extends MessageShape = MessageShape> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  readonly shape: S;
  /** Sent with every list and watch, so that the API server leaves out what no rule reads. */
  readonly fieldSelector?: string;
}

function core<S extends MessageShape>(plural: string, shape: S): Kind<S> {
  return { group: '', version: 'v1', plural, isNamespaced: true, shape };
}
function apps<S extends MessageShape>(plural: string, shape: S): Kind<S> {
  return { group: 'apps', version: 'v1', plural, isNamespaced: true, shape };
}
function batch<S extends MessageShape>(plural: string, shape: S): Kind<S> {
  return { group: 'batch', version: 'v1', plural, isNamespaced: true, shape };
}
function rbac<S extends MessageShape>(plural: string, isNamespaced: boolean, shape: S): Kind<S> {
  return { group: 'rbac.authorization.k8s.io', version: 'v1', plural, isNamespaced, shape };
}

/** Every built-in kind that Merlon reads, by its `kind`. */
export const kinds = {
  Namespace: {
    ...core(
      'namespaces',
      message({
        metadata: required(1, objectMeta),
        status: value(3, message({ phase: value(1, string) })),
      }),
    ),
    isNamespaced: false,
  },
  ServiceAccount: core(
    'serviceaccounts',
    message({ metadata: required(1, objectMeta), automountServiceAccountToken: pointer(4, boolean) }),
  ),
  Role: rbac('roles', true, role),
  ClusterRole: rbac('clusterroles', false, clusterRole),
  RoleBinding: rbac('rolebindings', true, binding),
  ClusterRoleBinding: rbac('clusterrolebindings', false, binding),
  Deployment: apps('deployments', templated(3)),
  ReplicaSet: apps('replicasets', templated(3)),
  StatefulSet: apps('statefulsets', templated(3)),
  DaemonSet: apps('daemonsets', templated(2)),
  Job: batch('jobs', templated(6)),
  CronJob: batch(
    'cronjobs',
    message({
      metadata: required(1, objectMeta),
      spec: required(
        2,
        message({
          jobTemplate: required(5, message({ spec: required(2, message({ template: required(6, podTemplateSpec) })) })),
        }),
      ),
    }),
  ),
  ReplicationController: core('replicationcontrollers', templated(3)),
  // A finished pod is no exposure; its owner's template is judged all the same.
  Pod: {
    ...core('pods', message({ metadata: required(1, podMeta), spec: required(2, podSpec) })),
    fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as readonly KindName[];

/** An object of a kind as its shape decodes it. */
export type ObjectOf<K extends KindName> = Infer<(typeof kinds)[K]['shape']>;

export type OwnerReference = Infer<typeof ownerReference>;
export type ObjectMeta = Infer<typeof objectMeta>;
export type SecurityContext = Infer<typeof securityContext>;
export type Container = Infer<typeof container>;
export type Volume = Infer<typeof volume>;
export type PodSpec = Infer<typeof podSpec>;
export type PolicyRule = Infer<typeof policyRule>;
export type RbacSubject = Infer<typeof rbacSubject>;
export type RoleRef = Infer<typeof roleRef>;

/** `v1` or `apps/v1`. */
export function apiVersionOf(kind: Pick<Kind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}
