/** Objects of a control plane, as rows state them. */
import type {
  ControlPlaneNode,
  DeclaredObjects,
  MirrorPod,
} from '../../../src/evidence/declared/control-plane-objects.ts';
import { isRead } from '../../../src/evidence/reading.ts';
import type { Reading } from '../../../src/evidence/reading.ts';
import type { ServerFlags } from '../../../src/evidence/server-flags.ts';

export interface StatedPod {
  readonly name?: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly container?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly hostIP?: string;
  readonly podIP?: string;
  readonly isMirror?: boolean;
  /** UID of the node that owns it; none where it is empty. */
  readonly owner?: string;
}

/** By default as kubeadm makes it, of the node `a`. */
export function serverPod(stated: StatedPod = {}): MirrorPod {
  const { node = 'a', name = `kube-apiserver-${node}`, namespace = 'kube-system', isMirror = true } = stated;
  const { owner = `uid-of-${node}`, container = 'kube-apiserver', hostIP, podIP } = stated;
  return {
    metadata: {
      name,
      namespace,
      uid: `uid-of-${name}`,
      ...(isMirror ? { annotations: { 'kubernetes.io/config.mirror': 'a0b1' } } : {}),
      ...(owner === '' ? {} : { ownerReferences: [{ kind: 'Node', name: node, uid: owner }] }),
    },
    spec: {
      nodeName: node,
      containers: [
        {
          name: container,
          command: stated.command ?? ['kube-apiserver', ...kubeadmArguments],
          ...(stated.args === undefined ? {} : { args: stated.args }),
        },
      ],
    },
    status: { ...(hostIP === undefined ? {} : { hostIP }), ...(podIP === undefined ? {} : { podIP }) },
  };
}

/** Some of them. */
export const kubeadmArguments: readonly string[] = [
  '--advertise-address=10.0.0.5',
  '--allow-privileged=true',
  '--authorization-mode=Node,RBAC',
  '--client-ca-file=/etc/kubernetes/pki/ca.crt',
  '--enable-admission-plugins=NodeRestriction',
  '--etcd-servers=https://127.0.0.1:2379',
  '--secure-port=6443',
];

export interface StatedNode {
  readonly name?: string;
  readonly label?: string;
  readonly addresses?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** By default the node `a` of the control plane. */
export function serverNode(stated: StatedNode = {}): ControlPlaneNode {
  const { name = 'a', label = 'node-role.kubernetes.io/control-plane', addresses = [], annotations } = stated;
  return {
    metadata: {
      name,
      uid: `uid-of-${name}`,
      labels: { [label]: '' },
      ...(annotations === undefined ? {} : { annotations }),
    },
    status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
  };
}

/** Words of a node's annotation, by default that of k3s. */
export function argumentsOf(
  words: readonly string[],
  annotation = 'k3s.io/node-args',
): Readonly<Record<string, string>> {
  return { [annotation]: JSON.stringify(words) };
}

export function objectsOf(
  pods: readonly MirrorPod[],
  nodes: readonly ControlPlaneNode[] = [serverNode()],
  kubeadm?: Reading<ServerFlags>,
): DeclaredObjects {
  return { pods: { read: pods }, nodes: { read: nodes }, kubeadm, clientAuthorities: { missing: 'not asked' } };
}

/** `source, confidence, coverage` and the flags as `name=a|b`, hidden ones as `name=?`; or why there are none. */
export function written(reading: Reading<ServerFlags> | undefined): readonly string[] | string | undefined {
  if (reading === undefined) return undefined;
  if (!isRead(reading)) return reading.missing;
  const { source, confidence, coverage, values, hidden } = reading.read;
  const shown = [...values].map(([name, parts]) => `${name}=${parts.join('|')}`);
  return [`${source}, ${confidence}, ${coverage}`, ...[...shown, ...[...hidden].map((name) => `${name}=?`)].sort()];
}
