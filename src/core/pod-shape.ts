/**
 * What Merlon reads of a pod: the fields of its spec, and the annotations that said the same before there were fields.
 *
 * A field that a rule needs is added here, with its number from `generated.proto`; nothing else has to change. Source:
 * k8s.io/api v0.37.2, core/v1.
 */
import { EXEMPT_ANNOTATION_PREFIX } from '../api/v1alpha1/group.ts';
import { classifyEnvironmentValue } from './environment-value.ts';
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
  value,
} from './shape.ts';
import type { Infer } from './shape.ts';

/** The annotations that say something about a pod's security; the others of a pod may be large and many. */
export function isReadPodAnnotation(key: string): boolean {
  return (
    key === MIRROR_ANNOTATION ||
    key === SECCOMP_POD_ANNOTATION ||
    key.startsWith(SECCOMP_CONTAINER_ANNOTATION_PREFIX) ||
    key.startsWith(APPARMOR_ANNOTATION_PREFIX) ||
    isExemptAnnotation(key)
  );
}

/** Whether it exempts its object from a rule. */
export function isExemptAnnotation(key: string): boolean {
  return key.startsWith(EXEMPT_ANNOTATION_PREFIX);
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
  secret: pointer(1, message({ localObjectReference: inline(1, message({ name: value(1, string) })) })),
  downwardAPI: pointer(2, present),
  configMap: pointer(3, present),
  serviceAccountToken: pointer(
    4,
    message({ audience: value(1, string), expirationSeconds: pointer(2, integer), path: value(3, string) }),
  ),
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
  secret: pointer(6, message({ secretName: value(1, string) })),
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

export const podSpec = message({
  volumes: value(1, list(volume)),
  containers: required(2, list(container)),
  serviceAccountName: value(8, string),
  // The name of serviceAccountName before v1, still accepted in files.
  serviceAccount: value(9, string),
  hostNetwork: value(11, boolean),
  hostPID: value(12, boolean),
  hostIPC: value(13, boolean),
  securityContext: pointer(14, podSecurityContext),
  imagePullSecrets: value(15, list(message({ name: value(1, string) }))),
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

export type SecurityContext = Infer<typeof securityContext>;
export type Container = Infer<typeof container>;
export type Volume = Infer<typeof volume>;
export type PodSecurityContext = Infer<typeof podSecurityContext>;
export type SeLinuxOptions = Infer<typeof seLinuxOptions>;
export type PodSpec = Infer<typeof podSpec>;
