/**
 * What of the cluster's own objects tells how API servers were started: the pods that kubelets show for what they run
 * from files, the nodes of the control plane, and what kubeadm was told.
 *
 * Who may write them may lie: an administrator of kube-system, and a kubelet of a control-plane node. Nothing that is
 * read here is more than what somebody declares.
 */
import { MIRROR_ANNOTATION } from '../../core/pod-shape.ts';
import { list, message, readOr, required, string, stringMapOf, value } from '../../core/shape.ts';
import type { Infer } from '../../core/shape.ts';
import { isRead } from '../reading.ts';
import type { ClientAuthorities, Reading } from '../reading.ts';
import type { ServerFlags } from '../server-flags.ts';

export const SERVER_CONTAINER = 'kube-apiserver';
/** The second is that of before Kubernetes 1.20. */
export const CONTROL_PLANE_LABELS = [
  'node-role.kubernetes.io/control-plane',
  'node-role.kubernetes.io/master',
] as const;
/** Which nodes of OpenShift have. */
export const OPENSHIFT_LABEL = 'node.openshift.io/os_id';
/** What k3s and RKE2 were started with, as they write it on their nodes. */
export const NODE_ARGUMENT_ANNOTATIONS = ['k3s.io/node-args', 'rke2.io/node-args'] as const;

/** Under which kubeadm keeps what it was told. */
export const KUBEADM_KEY = 'ClusterConfiguration';

const pods = { group: '', version: 'v1', plural: 'pods' } as const;
const nodes = { group: '', version: 'v1', plural: 'nodes' } as const;
const configMaps = { group: '', version: 'v1', plural: 'configmaps' } as const;

/**
 * Only what a kubelet runs from a file has no service account, so that a cluster of any size has a handful of these.
 * Source: the admission plugin ServiceAccount, which refuses one for mirror pods and gives one to every other pod.
 */
export const mirrorPodSelection = {
  resource: pods,
  namespace: 'kube-system',
  fieldSelector: 'spec.serviceAccountName=',
} as const;

/** One for each label, as no selector says "or". */
export const controlPlaneSelections = CONTROL_PLANE_LABELS.map((labelSelector) => ({ resource: nodes, labelSelector }));

/** A right to one object by its name is enough for it. */
export const kubeadmSelection = {
  resource: configMaps,
  namespace: 'kube-system',
  fieldSelector: 'metadata.name=kubeadm-config',
} as const;

const identity = {
  name: required(1, string),
  namespace: value(3, string),
  uid: value(5, string),
  resourceVersion: value(6, string),
} as const;

const address = message({ ip: value(1, string) });

/** Source of the numbers: k8s.io/api v0.37.2, core/v1. */
export const mirrorPod = message({
  metadata: required(
    1,
    message({
      ...identity,
      annotations: value(
        12,
        stringMapOf((key) => key === MIRROR_ANNOTATION),
      ),
      ownerReferences: value(
        13,
        list(message({ kind: required(1, string), name: required(3, string), uid: required(4, string) })),
      ),
    }),
  ),
  spec: required(
    2,
    message({
      containers: required(
        2,
        list(message({ name: required(1, string), command: value(3, list(string)), args: value(4, list(string)) })),
      ),
      nodeName: value(10, string),
    }),
  ),
  status: value(
    3,
    message({
      hostIP: value(5, string),
      podIP: value(6, string),
      podIPs: value(12, list(address)),
      hostIPs: value(16, list(address)),
    }),
  ),
});

export const controlPlaneNode = message({
  metadata: required(
    1,
    message({
      ...identity,
      labels: value(
        11,
        stringMapOf((key) => isOneOf(CONTROL_PLANE_LABELS, key) || key === OPENSHIFT_LABEL),
      ),
      annotations: value(
        12,
        stringMapOf((key) => isOneOf(NODE_ARGUMENT_ANNOTATIONS, key)),
      ),
    }),
  ),
  status: value(
    3,
    message({ addresses: value(5, list(message({ type: required(1, string), address: required(2, string) }))) }),
  ),
});

export const kubeadmConfigMap = message({
  metadata: required(1, message(identity)),
  data: value(
    2,
    stringMapOf((key) => key === KUBEADM_KEY),
  ),
});

export type KubeadmConfigMap = Infer<typeof kubeadmConfigMap>;
export type MirrorPod = Infer<typeof mirrorPod>;
export type ControlPlaneNode = Infer<typeof controlPlaneNode>;

/** What a watch keeps, or one list. */
export interface FollowedObjects {
  readonly pods: Reading<readonly MirrorPod[]>;
  readonly nodes: Reading<readonly ControlPlaneNode[]>;
  /** What kubeadm was told; undefined where there was no kubeadm. */
  readonly kubeadm: Reading<ServerFlags> | undefined;
  /** When they were read, in milliseconds since 1970: what is followed is as it is then. */
  readonly atMs?: number;
}

export interface DeclaredObjects extends FollowedObjects {
  readonly clientAuthorities: Reading<ClientAuthorities>;
  /** What OpenShift starts API servers with; undefined elsewhere. */
  readonly openShift?: Reading<ServerFlags> | undefined;
}

/** Of each label's, all of them; one that has both comes twice. */
export function mergeNodes(readings: readonly DeclaredObjects['nodes'][]): DeclaredObjects['nodes'] {
  const missing = readings.find((one) => !isRead(one));
  if (missing !== undefined) return missing;
  const nodes = readings.flatMap((one) => (isRead(one) ? one.read : []));
  return { read: [...new Map(nodes.map((node) => [node.metadata.name, node])).values()] };
}

/** Of other programs' command lines nothing is kept. */
export function keepServer(pod: MirrorPod): MirrorPod {
  return readOr(
    () => ({
      ...pod,
      spec: { ...pod.spec, containers: pod.spec.containers.filter(({ name }) => name === SERVER_CONTAINER) },
    }),
    () => pod,
  );
}

/** Whether an API server is among what it runs; also where that cannot be read. */
export function tellsOfServer(pod: MirrorPod): boolean {
  return readOr(
    () => pod.spec.containers.some(({ name }) => name === SERVER_CONTAINER),
    () => true,
  );
}

function isOneOf(keys: readonly string[], key: string): boolean {
  return keys.includes(key);
}
