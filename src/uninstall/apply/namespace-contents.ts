/** All that is in a namespace of Merlon's, of every kind that the API server serves; of each object its metadata alone. */
import { discoverNamespacedKinds } from '../../kube/discovery.ts';
import { hasStatusCode, StatusError } from '../../kube/request-error.ts';
import { nameResource } from '../../kube/resource-path.ts';
import type { Transport } from '../../kube/transport.ts';
import type { NamespaceContents } from '../plan/namespace-plan.ts';
import type { ObjectReader, ReadKind } from './object-reader.ts';

/** Kubernetes writes and forgets them by itself. */
const fleeting = new Set(['events', 'events.events.k8s.io']);

/** What cannot be read is a doubt and no error: the namespace stays then. @throws {RequestError} where no answer came */
export async function readContents(
  transport: Transport,
  namespace: string,
  reader: ObjectReader,
): Promise<NamespaceContents> {
  const discovered = await discoverNamespacedKinds(transport);
  if (discovered === undefined) {
    return {
      objects: [],
      doubts: ['the API server does not tell which kinds it serves; remove the namespace by hand'],
    };
  }
  const kinds = discovered.kinds.filter((kind) => !fleeting.has(nameResource(kind)));
  const read = await Promise.all(kinds.map((kind) => readKind(kind, reader, namespace)));
  return {
    objects: read.flatMap(({ objects }) => objects),
    doubts: [
      ...discovered.staleGroups.map((group) => `the API server does not reach the one that serves ${group}`),
      ...read.flatMap(({ doubts }) => doubts),
    ],
  };
}

async function readKind(kind: ReadKind, reader: ObjectReader, namespace: string): Promise<NamespaceContents> {
  try {
    return { objects: await reader.list(kind, { namespace }), doubts: [] };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const why = hasStatusCode(error, 403) ? 'you may not list' : `the API server does not list`;
    return { objects: [], doubts: [`${why} ${nameResource(kind)} in it: ${error.status.message}`] };
  }
}
