/**
 * The kinds that Merlon reads: where the API server serves them and which of their fields are kept.
 *
 * A field that a rule needs is added here, with its number from `generated.proto`; nothing else has to change. Field
 * sources: k8s.io/api v0.37.2 (core/v1, apps/v1, batch/v1, rbac/v1, admissionregistration/v1), k8s.io/apimachinery
 * v0.37.2 (meta/v1).
 */
import { mutatingPolicyBindingSpec, mutatingPolicySpec, mutatingWebhook } from './admission-shape.ts';
import { classifyEnvironmentValue } from './environment-value.ts';
import { isReadPolicyAnnotation, podSecurityPolicySpec } from './pod-security-policy-shape.ts';
import {
  amounts,
  boolean,
  classified,
  inline,
  integer,
  integer32,
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
  labels: value(
    11,
    stringMapOf((key) => key === REVISION_LABEL),
  ),
  annotations: value(12, stringMapOf(isReadPodAnnotation)),
  ownerReferences: value(13, list(ownerReference)),
});

/** Which revision of a StatefulSet or DaemonSet a pod is of. */
export const REVISION_LABEL = 'controller-revision-hash';

/** Of a template's metadata only what would be a pod's. */
const templateMeta = message({ annotations: value(12, stringMapOf(isReadPodAnnotation)) });

/** Whoever changes pods on their way in may choose them by their labels. */
const labelledTemplateMeta = message({ ...templateMeta.fields, labels: value(11, stringMap) });

/** The annotations that say something about a pod's security; the others of a pod may be large and many. */
function isReadPodAnnotation(key: string): boolean {
  return (
    key === MIRROR_ANNOTATION ||
    key === SECCOMP_POD_ANNOTATION ||
    key.startsWith(SECCOMP_CONTAINER_ANNOTATION_PREFIX) ||
    key.startsWith(APPARMOR_ANNOTATION_PREFIX)
  );
}

/** Annotation of a pod that a kubelet runs from a file and only mirrors into the API server. */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
/** How seccomp profiles were chosen before v1.19; of one container with its name behind the prefix. */
export const SECCOMP_POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
export const SECCOMP_CONTAINER_ANNOTATION_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';
/** How AppArmor profiles were chosen before v1.30. */
export const APPARMOR_ANNOTATION_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

const seLinuxOptions = message({
  user: value(1, string),
  role: value(2, string),
  type: value(3, string),
  level: value(4, string),
});

const seccompProfile = message({ type: required(1, string), localhostProfile: pointer(2, string) });
const appArmorProfile = message({ type: required(1, string), localhostProfile: pointer(2, string) });
const windowsOptions = message({ runAsUserName: pointer(3, string), hostProcess: pointer(4, boolean) });

const securityContext = message({
  capabilities: pointer(1, message({ add: value(1, list(string)), drop: value(2, list(string)) })),
  privileged: pointer(2, boolean),
  seLinuxOptions: pointer(3, seLinuxOptions),
  runAsUser: pointer(4, integer),
  runAsNonRoot: pointer(5, boolean),
  readOnlyRootFilesystem: pointer(6, boolean),
  allowPrivilegeEscalation: pointer(7, boolean),
  runAsGroup: pointer(8, integer),
  procMount: pointer(9, string),
  windowsOptions: pointer(10, windowsOptions),
  seccompProfile: pointer(11, seccompProfile),
  appArmorProfile: pointer(12, appArmorProfile),
});

const podSecurityContext = message({
  seLinuxOptions: pointer(1, seLinuxOptions),
  runAsUser: pointer(2, integer),
  runAsNonRoot: pointer(3, boolean),
  supplementalGroups: value(4, list(integer)),
  fsGroup: pointer(5, integer),
  runAsGroup: pointer(6, integer),
  sysctls: value(7, list(message({ name: required(1, string) }))),
  windowsOptions: pointer(8, windowsOptions),
  seccompProfile: pointer(10, seccompProfile),
  appArmorProfile: pointer(11, appArmorProfile),
  supplementalGroupsPolicy: pointer(12, string),
});

const volumeMount = message({
  name: required(1, string),
  readOnly: value(2, boolean),
  mountPath: required(3, string),
});

const containerPort = message({ hostPort: value(2, integer32), containerPort: required(3, integer32) });

const environmentVariable = message({
  name: required(1, string),
  // May be a secret: what it is taken for is all that is kept.
  value: value(2, classified(classifyEnvironmentValue)),
  valueFrom: pointer(
    3,
    message({
      secretKeyRef: pointer(
        4,
        message({ localObjectReference: inline(1, message({ name: value(1, string) })), key: required(2, string) }),
      ),
    }),
  ),
});

const environmentSource = message({
  secretRef: pointer(3, message({ localObjectReference: inline(1, message({ name: value(1, string) })) })),
});

const action = message({
  httpGet: pointer(2, message({ host: value(3, string) })),
  tcpSocket: pointer(3, message({ host: value(2, string) })),
});
const probe = message({ handler: inline(1, action) });

const resources = message({ limits: value(1, amounts) });

const container = message({
  name: required(1, string),
  image: value(2, string),
  ports: value(6, list(containerPort)),
  env: value(7, list(environmentVariable)),
  resources: value(8, resources),
  volumeMounts: value(9, list(volumeMount)),
  livenessProbe: pointer(10, probe),
  readinessProbe: pointer(11, probe),
  lifecycle: pointer(12, message({ postStart: pointer(1, action), preStop: pointer(2, action) })),
  imagePullPolicy: value(14, string),
  securityContext: pointer(15, securityContext),
  envFrom: value(19, list(environmentSource)),
  startupProbe: pointer(22, probe),
});

const ephemeralContainer = message({ ephemeralContainerCommon: inline(1, container) });

/** Of most sources it matters only that they are there. */
const present = message({});

const volumeProjection = message({
  secret: pointer(1, present),
  downwardAPI: pointer(2, present),
  configMap: pointer(3, present),
  serviceAccountToken: pointer(4, message({ path: value(3, string) })),
  clusterTrustBundle: pointer(5, present),
  podCertificate: pointer(6, present),
});

/** Every source that a volume can have: one that is none of them is of a release that is newer than this table. */
const volumeSource = message({
  hostPath: pointer(1, message({ path: required(1, string) })),
  emptyDir: pointer(2, present),
  gcePersistentDisk: pointer(3, present),
  awsElasticBlockStore: pointer(4, present),
  gitRepo: pointer(5, present),
  secret: pointer(6, present),
  nfs: pointer(7, present),
  iscsi: pointer(8, present),
  glusterfs: pointer(9, present),
  persistentVolumeClaim: pointer(10, present),
  rbd: pointer(11, present),
  flexVolume: pointer(12, message({ driver: required(1, string) })),
  cinder: pointer(13, present),
  cephfs: pointer(14, present),
  flocker: pointer(15, present),
  downwardAPI: pointer(16, present),
  fc: pointer(17, present),
  azureFile: pointer(18, present),
  configMap: pointer(19, present),
  vsphereVolume: pointer(20, present),
  quobyte: pointer(21, present),
  azureDisk: pointer(22, present),
  photonPersistentDisk: pointer(23, present),
  portworxVolume: pointer(24, present),
  scaleIO: pointer(25, present),
  projected: pointer(26, message({ sources: value(1, list(volumeProjection)) })),
  storageos: pointer(27, present),
  csi: pointer(28, message({ driver: required(1, string) })),
  ephemeral: pointer(29, present),
  image: pointer(30, message({ reference: value(1, string), pullPolicy: value(2, string) })),
});

const volume = message({ name: required(1, string), volumeSource: inline(2, volumeSource) });

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
  runtimeClassName: pointer(29, string),
  ephemeralContainers: value(34, list(ephemeralContainer)),
  os: pointer(36, message({ name: required(1, string) })),
  hostUsers: pointer(37, boolean),
  resources: pointer(40, resources),
});

/** Every field of a volume but its name. */
export const volumeSourceNames = Object.keys(volumeSource.fields) as readonly (keyof typeof volumeSource.fields)[];

const unlabelledTemplateSpec = message({ metadata: value(1, templateMeta), spec: required(2, podSpec) });
const podTemplateSpec = message({ metadata: value(1, labelledTemplateMeta), spec: required(2, podSpec) });

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

/** ReplicaSets come by the ten of each Deployment, and what chooses pods by labels is asked for the Deployment. */
const replicaSet = message({
  metadata: required(1, objectMeta),
  spec: required(2, message({ template: required(3, unlabelledTemplateSpec) })),
});

// How far a controller has come with the template that stands there now.
const deployment = message({
  ...templated(3).fields,
  status: value(3, message({ observedGeneration: value(1, integer), updatedReplicas: value(3, integer32) })),
});
const statefulSet = message({
  ...templated(3).fields,
  status: value(3, message({ observedGeneration: value(1, integer), updatedReplicas: value(5, integer32) })),
});
const daemonSet = message({
  ...templated(2).fields,
  status: value(3, message({ observedGeneration: value(5, integer), updatedNumberScheduled: value(6, integer32) })),
});

export interface Kind<S extends MessageShape = MessageShape> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  readonly shape: S;
  /** Sent with every list and watch, so that the API server leaves out what no rule reads. */
  readonly fieldSelector?: string;
  /** API versions with the same fields, newest first, where the API server does not serve `version`. */
  readonly olderVersions?: readonly string[];
  /** Not every API server has it; one that does not serve it has no objects of it, which is all there is to know. */
  readonly isOptional?: true;
  /** No rule is about it: it is read for what it does to others. */
  readonly isContext?: true;
  /**
   * The last minor version whose API server serves it, older than those that the operator watches: it is judged in files
   * and where an old cluster is scanned.
   */
  readonly lastMinor?: number;
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
function admission<S extends MessageShape>(plural: string, shape: S): Kind<S> & { readonly isContext: true } {
  return { group: 'admissionregistration.k8s.io', version: 'v1', plural, isNamespaced: false, shape, isContext: true };
}
function rbac<S extends MessageShape>(plural: string, isNamespaced: boolean, shape: S): Kind<S> {
  return { group: 'rbac.authorization.k8s.io', version: 'v1', plural, isNamespaced, shape };
}

const sinceAlpha = { olderVersions: ['v1beta1', 'v1alpha1'], isOptional: true } as const;

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
  Deployment: apps('deployments', deployment),
  ReplicaSet: apps('replicasets', replicaSet),
  StatefulSet: apps('statefulsets', statefulSet),
  DaemonSet: apps('daemonsets', daemonSet),
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
  MutatingWebhookConfiguration: admission(
    'mutatingwebhookconfigurations',
    message({ metadata: required(1, objectMeta), webhooks: value(2, list(mutatingWebhook)) }),
  ),
  // Alpha in 1.32, v1 since 1.36.
  MutatingAdmissionPolicy: {
    ...admission(
      'mutatingadmissionpolicies',
      message({ metadata: required(1, objectMeta), spec: value(2, mutatingPolicySpec) }),
    ),
    ...sinceAlpha,
  },
  MutatingAdmissionPolicyBinding: {
    ...admission(
      'mutatingadmissionpolicybindings',
      message({ metadata: required(1, objectMeta), spec: value(2, mutatingPolicyBindingSpec) }),
    ),
    ...sinceAlpha,
  },
  PodSecurityPolicy: {
    group: 'policy',
    version: 'v1beta1',
    plural: 'podsecuritypolicies',
    isNamespaced: false,
    shape: message({
      metadata: required(
        1,
        message({ ...objectMeta.fields, annotations: value(12, stringMapOf(isReadPolicyAnnotation)) }),
      ),
      // The API required it; a fragment in a file that is only about annotations has none.
      spec: pointer(2, podSecurityPolicySpec),
    }),
    isOptional: true,
    lastMinor: 24,
  },
  // A finished pod is no exposure; its owner's template is judged all the same.
  Pod: {
    ...core('pods', message({ metadata: required(1, podMeta), spec: required(2, podSpec) })),
    fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;
/** Also those that only files and old clusters have. */
export const allKindNames = Object.keys(kinds) as readonly KindName[];
/** Those that the operator watches. */
export const kindNames = allKindNames.filter((kind) => !('lastMinor' in kinds[kind]));
/** Those that are judged, and not only read for what they do to others. */
export const judgedKindNames = allKindNames.filter((kind) => !('isContext' in kinds[kind]));

/** An object of a kind as its shape decodes it. */
export type ObjectOf<K extends KindName> = Infer<(typeof kinds)[K]['shape']>;

export type OwnerReference = Infer<typeof ownerReference>;
export type ObjectMeta = Infer<typeof objectMeta>;
export type SecurityContext = Infer<typeof securityContext>;
export type Container = Infer<typeof container>;
export type Volume = Infer<typeof volume>;
export type PodSecurityContext = Infer<typeof podSecurityContext>;
export type SeLinuxOptions = Infer<typeof seLinuxOptions>;
export type PodSpec = Infer<typeof podSpec>;
export type PolicyRule = Infer<typeof policyRule>;
export type RbacSubject = Infer<typeof rbacSubject>;
export type RoleRef = Infer<typeof roleRef>;

/** `v1` or `apps/v1`. */
export function apiVersionOf(kind: Pick<Kind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}
