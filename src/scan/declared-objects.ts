/** What objects of a live cluster declare of its API servers, with the caller's own rights: listed once. */
import { collectDeclared } from '../evidence/declared/collect-declared.ts';
import {
  controlPlaneNode,
  controlPlaneSelections,
  keepServer,
  kubeadmConfigMap,
  kubeadmSelection,
  mergeNodes,
  mirrorPod,
  mirrorPodSelection,
} from '../evidence/declared/control-plane-objects.ts';
import type { DeclaredObjects } from '../evidence/declared/control-plane-objects.ts';
import { readKubeadmConfigMap } from '../evidence/declared/kubeadm-configuration.ts';
import { isRead } from '../evidence/reading.ts';
import type { Get, Reading } from '../evidence/reading.ts';
import { mapCodec, shapeCodec } from '../kube/codec.ts';
import type { Codec, Identified } from '../kube/codec.ts';
import type { ObjectSelection } from '../kube/object-source.ts';
import { hasStatusCode, messageOf } from '../kube/request-error.ts';
import type { Transport } from '../kube/transport.ts';
import { listAll } from './cluster-objects.ts';

/**
 * Never throws: what fails is missing, with the reason.
 *
 * @param nowMs milliseconds since 1970
 */
export async function readDeclaredObjects(
  transport: Transport,
  get: Get,
  nowMs: () => number,
): Promise<DeclaredObjects> {
  const podCodec = mapCodec(shapeCodec(mirrorPod), keepServer);
  const nodeCodec = shapeCodec(controlPlaneNode);
  const [kubeadm, pods, ...nodes] = await Promise.all([
    read('ConfigMap kube-system/kubeadm-config', transport, kubeadmSelection, shapeCodec(kubeadmConfigMap)),
    read('pods in kube-system', transport, mirrorPodSelection, podCodec),
    ...controlPlaneSelections.map((selection) => read('nodes', transport, selection, nodeCodec)),
  ]);
  const followed = {
    pods,
    nodes: mergeNodes(nodes),
    kubeadm: isRead(kubeadm) ? readKubeadmConfigMap(kubeadm.read) : kubeadm,
    atMs: nowMs(),
  };
  return collectDeclared(followed, get);
}

async function read<T extends Identified>(
  what: string,
  transport: Transport,
  selection: ObjectSelection,
  codec: Codec<T>,
): Promise<Reading<readonly T[]>> {
  try {
    return { read: await listAll(transport, selection, codec) };
  } catch (error) {
    return hasStatusCode(error, 403)
      ? { missing: `listing ${what} is forbidden; grant list on it`, permission: `list on ${what}` }
      : { missing: `listing ${what} was not answered: ${messageOf(error)}` };
  }
}
