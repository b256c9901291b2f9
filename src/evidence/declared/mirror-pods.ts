/**
 * How API servers were started that kubelets run from files (kubeadm, kind, minikube, kOps, Talos, RKE2), as the pods show
 * that the kubelets mirror into the API. Files that flags name are not shown.
 *
 * A pod counts only if it mirrors one of a node of the control plane and is owned by that node: kubelets cannot label their
 * own node so (NodeRestriction), nor make mirror pods for another. Whoever may create pods in kube-system still can forge
 * one, and so can a control-plane node's kubelet: medium confidence, and nothing against what an API server does.
 */
import { MIRROR_ANNOTATION } from '../../core/pod-shape.ts';
import { readOr } from '../../core/shape.ts';
import { parseServerCommand } from '../arguments.ts';
import type { ArgumentFlags } from '../arguments.ts';
import type { Reading } from '../reading.ts';
import { readFlag } from '../server-flags.ts';
import type { ServerFlags } from '../server-flags.ts';
import { CONTROL_PLANE_LABELS, SERVER_CONTAINER } from './control-plane-objects.ts';
import type { ControlPlaneNode, MirrorPod } from './control-plane-objects.ts';
import { DEFAULT_PORT } from './static-server.ts';
import type { StaticServer } from './static-server.ts';

/** Ten times what an API server is started with. */
const MAX_WORDS = 1000;
const MAX_CHARACTERS = 65_536;

/** @returns the servers that count, and why each other pod that looks like one does not */
export function readMirrorPods(
  pods: readonly MirrorPod[],
  nodes: readonly ControlPlaneNode[],
): readonly Reading<StaticServer>[] {
  return pods.flatMap(
    (pod) =>
      readOr(
        () => readMirrorPod(pod, nodes),
        () => undefined,
      ) ?? [],
  );
}

/** @returns undefined for what is no pod of an API server at all */
function readMirrorPod(pod: MirrorPod, nodes: readonly ControlPlaneNode[]): Reading<StaticServer> | undefined {
  const { metadata, spec, status } = pod;
  const [container, ...more] = spec.containers.filter(({ name }) => name === SERVER_CONTAINER);
  if (container === undefined || more.length > 0 || metadata.namespace !== 'kube-system') return undefined;
  if (metadata.annotations?.[MIRROR_ANNOTATION] === undefined) return undefined;
  const source = `Pod kube-system/${metadata.name}`;
  const node = nodes.find(({ metadata: { name } }) => name === spec.nodeName);
  if (node === undefined || !CONTROL_PLANE_LABELS.some((label) => node.metadata.labels?.[label] !== undefined)) {
    return { missing: `${source} does not count: its node has no label ${CONTROL_PLANE_LABELS[0]}` };
  }
  const isOwned = metadata.ownerReferences?.some(
    ({ kind, name, uid }) => kind === 'Node' && name === node.metadata.name && uid === node.metadata.uid,
  );
  if (isOwned !== true) return { missing: `${source} does not count: its node does not own it` };
  const command = [...(container.command ?? []), ...(container.args ?? [])];
  if (command.length > MAX_WORDS || command.join(' ').length > MAX_CHARACTERS) {
    return { missing: `${source} does not count: its command is longer than that of any API server` };
  }
  const given = parseServerCommand(command);
  if (given === undefined) return { missing: `${source} does not count: its command does not show a kube-apiserver` };
  const flags = readFlags(source, given);
  const told = [
    status?.hostIP,
    status?.podIP,
    ...[status?.hostIPs, status?.podIPs].flatMap((ips) => ips?.map(({ ip }) => ip)),
  ];
  const advertised = readFlag(flags, 'advertise-address');
  return {
    read: {
      flags,
      addresses: [...told, ...(advertised.state === 'set' ? advertised.values : [])].filter((ip) => ip !== undefined),
      port: readPort(flags),
    },
  };
}

function readFlags(source: string, { values, hidden, isComplete }: ArgumentFlags): ServerFlags {
  // No API server starts without it: where it is not seen, something else is not, either.
  const isWhole = isComplete && (values.has('etcd-servers') || hidden.has('etcd-servers'));
  return { source, confidence: 'medium', coverage: isWhole ? 'arguments' : 'partial', values, hidden };
}

function readPort(flags: ServerFlags): number | undefined {
  const port = readFlag(flags, 'secure-port');
  if (port.state === 'unset') return DEFAULT_PORT;
  return port.state === 'set' ? Number(port.values.at(-1)) : undefined;
}
