/** Objects of a live cluster, with the caller's own rights: listed once, into the operator's own store. */
import { ClusterStore } from '../controller/store.ts';
import { kinds } from '../core/kinds.ts';
import type { Kind, KindName, ObjectOf } from '../core/kinds.ts';
import type { Input, Observation } from '../core/snapshot.ts';
import { oneServer } from '../core/server-evidence.ts';
import { concludeVersion } from '../evidence/facts/index.ts';
import { collectVersion } from '../evidence/version.ts';
import { ApiClient } from '../kube/api-client.ts';
import { mapCodec, shapeCodec } from '../kube/codec.ts';
import type { Codec, Identified } from '../kube/codec.ts';
import { FullList } from '../kube/full-list.ts';
import { ObjectSource } from '../kube/object-source.ts';
import type { ObjectSelection } from '../kube/object-source.ts';
import { defaultIntervals } from '../kube/reflector-state.ts';
import { hasStatusCode, messageOf } from '../kube/request-error.ts';
import { nameResource } from '../kube/resource-path.ts';
import { systemClock } from '../kube/system-clock.ts';
import type { Transport } from '../kube/transport.ts';
import { textGet } from '../kube/server-access.ts';

/** One namespace, or everything: all namespaces and the cluster itself. */
export type ReadScope = { readonly namespace: string } | 'everything';

interface ReadOptions {
  readonly transport: Transport;
  readonly scope: ReadScope;
}

/** A store that knows those kinds, or why they could not be read. @throws {RequestError} for any other reason */
export async function readObjects(wanted: readonly KindName[], options: ReadOptions): Promise<ClusterStore> {
  const store = new ClusterStore(() => undefined);
  await Promise.all(wanted.map((kind) => readKind(kind, store, options)));
  return store;
}

/** The same, and the API server's version, which is all that is asked of itself. */
export async function readObjectsAndVersion(wanted: readonly KindName[], options: ReadOptions): Promise<ClusterStore> {
  const store = await readObjects(wanted, options);
  store.setEvidence(oneServer(concludeVersion(await collectVersion(textGet(options.transport)))));
  return store;
}

/** Lists one kind into the store, which is told where that cannot be done. @throws {RequestError} for any other reason */
export async function readKind(kind: KindName, store: ClusterStore, { transport, scope }: ReadOptions): Promise<void> {
  const { shape, isNamespaced, fieldSelector, olderVersions, isOptional, ...resource }: Kind = kinds[kind];
  const codec = mapCodec(shapeCodec(shape) as Codec<unknown> as Codec<ObjectOf<KindName>>, (object) =>
    store.intern(kind, object),
  );
  const read =
    kind === 'Namespace' && scope !== 'everything'
      ? await readNamespace(scope.namespace, transport, codec)
      : await readAll(
          kind,
          transport,
          {
            resource,
            ...(olderVersions === undefined ? {} : { olderVersions }),
            ...(fieldSelector === undefined ? {} : { fieldSelector }),
            ...(isNamespaced && scope !== 'everything' ? { namespace: scope.namespace } : {}),
          },
          codec,
        );
  for (const object of read.objects) store.upsert(kind, object);
  const isThereNone = isOptional === true && read.observation.state === 'absent';
  store.observe(isThereNone ? { source: kind, state: 'observed', message: '' } : read.observation);
}

/** The one namespace by its name, which also those may get who may not list all. */
async function readNamespace(
  name: string,
  transport: Transport,
  { json: decode }: Codec<ObjectOf<KindName>>,
): Promise<{ readonly objects: readonly ObjectOf<KindName>[]; readonly observation: Observation<'Namespace'> }> {
  const source = 'Namespace';
  try {
    const object = await new ApiClient(transport).get({ ...kinds.Namespace, decode }, { name });
    return { objects: [object], observation: { source, state: 'observed', message: '' } };
  } catch (error) {
    if (hasStatusCode(error, 404)) return { objects: [], observation: { source, state: 'observed', message: '' } };
    if (!hasStatusCode(error, 403)) throw explainRefusal(error);
    const message = `reading namespace "${name}" is forbidden`;
    return { objects: [], observation: { source, state: 'forbidden', message } };
  }
}

/** Every object, or why they could not be read. @throws {RequestError} for any other reason */
export async function readAll<T extends Identified, I extends Input>(
  source: I,
  transport: Transport,
  selection: ObjectSelection,
  codec: Codec<T>,
): Promise<{ readonly objects: readonly T[]; readonly observation: Observation<I> }> {
  const name = nameResource(selection.resource);
  try {
    const objects = await listAll(transport, selection, codec);
    return { objects, observation: { source, state: 'observed', message: '' } };
  } catch (error) {
    if (hasStatusCode(error, 403)) {
      return { objects: [], observation: { source, state: 'forbidden', message: `listing ${name} is forbidden` } };
    }
    if (hasStatusCode(error, 404)) {
      return {
        objects: [],
        observation: { source, state: 'absent', message: `the API server does not serve ${name}` },
      };
    }
    throw explainRefusal(error);
  }
}

/** @throws {RequestError} */
export async function listAll<T extends Identified>(
  transport: Transport,
  selection: ObjectSelection,
  codec: Codec<T>,
): Promise<readonly T[]> {
  const list = new FullList<T>({
    name: nameResource(selection.resource),
    source: new ObjectSource(transport, selection, codec),
    clock: systemClock,
    quietMs: defaultIntervals.listQuietMs,
    signal: new AbortController().signal,
    onRequest: () => undefined,
  });
  const { objects } = await list.read('');
  return objects;
}

function explainRefusal(error: unknown): unknown {
  return hasStatusCode(error, 401)
    ? new Error(`the API server does not accept the credentials: ${messageOf(error)}`, { cause: error })
    : error;
}
