/** What the cluster's objects declare of one API server, its flags with the surest first. Pure. */
import { dated, isRead } from '../reading.ts';
import type { Reading } from '../reading.ts';
import type { ServerReadings } from '../server-readings.ts';
import type { ServerFlags } from '../server-flags.ts';
import type { DeclaredObjects } from './control-plane-objects.ts';
import { readMirrorPods } from './mirror-pods.ts';
import { readNodeArguments } from './node-arguments.ts';
import { matchServer } from './static-server.ts';
import type { StaticServer } from './static-server.ts';

/** What is read of one of the API servers, and what is declared of it. @param instances all that are asked */
export function withDeclared(
  readings: ServerReadings,
  instance: string,
  instances: readonly string[],
  objects: DeclaredObjects,
): ServerReadings {
  const declared = declareFlags(instance, instances, objects).map((one) => dated(one, objects.atMs));
  return {
    ...readings,
    flags: [...readings.flags, ...declared],
    clientAuthorities: dated(objects.clientAuthorities, objects.atMs),
  };
}

/**
 * Where nothing is declared nothing is said: that there is no such object is no news, and nobody can grant it.
 *
 * @param instance the one that is asked about, as `10.0.0.5:6443`
 * @param instances all that are asked, that one among them
 */
export function declareFlags(
  instance: string,
  instances: readonly string[],
  { pods, nodes, kubeadm, openShift }: Omit<DeclaredObjects, 'clientAuthorities'>,
): readonly Reading<ServerFlags>[] {
  const told: (Reading<ServerFlags> | undefined)[] = [];
  if (!isRead(pods)) told.push(pods);
  if (!isRead(nodes)) {
    told.push(nodes);
  } else {
    const among = { instances, nodes: nodes.read.length };
    const pick = (found: readonly Reading<StaticServer>[]): Reading<ServerFlags> | undefined => {
      const servers = found.flatMap((one) => (isRead(one) ? [one.read] : []));
      return matchServer(instance, servers, among) ?? found.find(isMissing);
    };
    if (isRead(pods)) told.push(pick(readMirrorPods(pods.read, nodes.read)));
    told.push(pick(readNodeArguments(nodes.read)));
  }
  told.push(openShift, kubeadm);
  return told.filter((one) => one !== undefined);
}

function isMissing<T>(reading: Reading<T>): reading is { readonly missing: string } {
  return !isRead(reading);
}
