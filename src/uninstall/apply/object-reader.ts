/**
 * Reads what is in the cluster, past every cache, with the rights of whoever asks. Of most objects the metadata is all that
 * is needed, and all that travels.
 */
import { ApiClient } from '../../kube/api-client.ts';
import type { ListOptions, TypedResource } from '../../kube/api-client.ts';
import { ProtocolError } from '../../kube/protocol-error.ts';
import { hasStatusCode } from '../../kube/request-error.ts';
import type { ObjectAddress } from '../../kube/resource-path.ts';
import type { Transport } from '../../kube/transport.ts';
import type { PresentObject, ServedKind } from '../plan/present-object.ts';

export type ReadKind = ServedKind & { readonly kind: string };

/** Every method throws {RequestError}, as `StatusError` with 403 where the caller may not read that. */
export interface ObjectReader {
  /** @returns undefined where there is none, or no such kind */
  get(kind: ReadKind, address: ObjectAddress): Promise<PresentObject | undefined>;
  /** @returns none where there is no such kind */
  list(kind: ReadKind, options?: Omit<ListOptions, 'isMetadataOnly'>): Promise<PresentObject[]>;
  /** The same, for whom it makes a difference: undefined where the API server does not serve the kind. */
  listServed(kind: ReadKind): Promise<PresentObject[] | undefined>;
  /** The same, with all that stands in them. */
  getWhole<T extends PresentObject>(kind: ReadKind, address: ObjectAddress): Promise<T | undefined>;
  listWhole<T extends PresentObject>(kind: ReadKind, options?: Omit<ListOptions, 'isMetadataOnly'>): Promise<T[]>;
}

export function openObjectReader(transport: Transport): ObjectReader {
  const client = new ApiClient(transport);
  async function get<T extends PresentObject>(
    kind: ReadKind,
    address: ObjectAddress,
    isMetadataOnly: boolean,
  ): Promise<T | undefined> {
    try {
      return await client.get<T>(typed(kind), address, { isMetadataOnly });
    } catch (error) {
      if (hasStatusCode(error, 404)) return undefined;
      throw error;
    }
  }
  async function list<T extends PresentObject>(kind: ReadKind, options: ListOptions): Promise<T[] | undefined> {
    const objects: T[] = [];
    try {
      for await (const object of client.list<T>(typed(kind), options)) objects.push(object);
    } catch (error) {
      if (hasStatusCode(error, 404)) return undefined;
      throw error;
    }
    return objects;
  }
  return {
    get: (kind, address) => get(kind, address, true),
    list: async (kind, options = {}) => (await list(kind, { ...options, isMetadataOnly: true })) ?? [],
    listServed: (kind) => list(kind, { isMetadataOnly: true }),
    getWhole: <T extends PresentObject>(kind: ReadKind, address: ObjectAddress) => get<T>(kind, address, false),
    listWhole: async <T extends PresentObject>(kind: ReadKind, options: ListOptions = {}) =>
      (await list<T>(kind, options)) ?? [],
  };
}

/** Items of a list do not say what they are, and metadata says that it is metadata. */
function typed<T extends PresentObject>({ group, version, plural, kind }: ReadKind): TypedResource<T> {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return {
    group,
    version,
    plural,
    decode(json) {
      const object = json as T;
      const { name, uid }: { name?: unknown; uid?: unknown } = object.metadata;
      if (typeof name !== 'string' || typeof uid !== 'string') {
        throw new ProtocolError(`${kind}: an object without a name or a uid`);
      }
      return { ...object, apiVersion, kind };
    },
  };
}
