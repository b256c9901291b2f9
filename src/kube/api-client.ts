/**
 * Calls on single objects and small lists, in JSON: what the operator writes and what the CLI asks. Anything that is
 * read often or in bulk goes through a reflector.
 */
import { project } from '../core/project.ts';
import { message, required, string, value } from '../core/shape.ts';
import type { Infer } from '../core/shape.ts';
import { decodeJsonObject } from './watch-decoder.ts';
import { readStatus } from './object-source.ts';
import { ProtocolError } from './protocol-error.ts';
import { StatusError } from './request-error.ts';
import { buildPath } from './resource-path.ts';
import type { ObjectAddress, Resource } from './resource-path.ts';
import type { Query, Transport } from './transport.ts';

/** A kind with the meaning of its JSON. */
export interface TypedResource<T> extends Resource {
  /** @throws if the JSON is no such object */
  readonly decode: (json: unknown) => T;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface ReadOptions extends CallOptions {
  /** The API server leaves out all but the metadata, and of each object also what kind it is. */
  readonly isMetadataOnly?: boolean;
}

export interface WriteOptions extends CallOptions {
  /** Who owns the fields that are written. */
  readonly fieldManager?: string;
  /** Checks and admits, but stores nothing. */
  readonly isDryRun?: boolean;
}

export interface ListOptions extends ReadOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export type Patch =
  | { readonly kind: 'merge'; readonly body: object }
  | { readonly kind: 'json'; readonly body: readonly object[] }
  | { readonly kind: 'strategic'; readonly body: object }
  /** Server-side apply; with `isForced` it takes fields from other managers. */
  | { readonly kind: 'apply'; readonly body: object; readonly isForced: boolean };

export interface DeleteOptions extends CallOptions {
  /** Deletes only this object, not one that has taken its name. */
  readonly uid?: string;
  readonly resourceVersion?: string;
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** Source: k8s.io/apimachinery v0.37.2, meta/v1 `PartialObjectMetadata` and `PartialObjectMetadataList`. */
const metadataOf = {
  object: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  list: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
} as const;

const pageSize = 500;
const listShape = message({ metadata: required(1, message({ continue: value(1, string) })) });
const versionShape = message({
  major: required(1, string),
  minor: required(2, string),
  gitVersion: required(3, string),
});

/** Every method throws {RequestError}, as `StatusError` where the API server says no, and {ProtocolError}. */
export class ApiClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async get<T>(resource: TypedResource<T>, address: ObjectAddress, options: ReadOptions = {}): Promise<T> {
    const { isMetadataOnly = false, ...call } = options;
    const accept = isMetadataOnly ? metadataOf.object : undefined;
    return decode(resource, await this.#call('GET', buildPath(resource, address), {}, undefined, { ...call, accept }));
  }

  /** All pages, one after the other. */
  async *list<T>(resource: TypedResource<T>, options: ListOptions = {}): AsyncGenerator<T, void, void> {
    const { namespace, labelSelector, fieldSelector, isMetadataOnly = false, ...call } = options;
    const accept = isMetadataOnly ? metadataOf.list : undefined;
    const path = buildPath(resource, { namespace });
    let token: string | undefined;
    do {
      const query = { labelSelector, fieldSelector, limit: pageSize, continue: token };
      const page = await this.#call('GET', path, query, undefined, { ...call, accept });
      const items = typeof page === 'object' && page !== null && 'items' in page ? (page.items ?? []) : undefined;
      if (!Array.isArray(items)) throw new ProtocolError(`GET ${path}: a list without items`);
      for (const item of items) yield decode(resource, item);
      token = decodeJsonObject({ json: (json) => project(listShape, json) }, page).metadata.continue;
    } while (token !== undefined);
  }

  async create<T>(
    resource: TypedResource<T>,
    namespace: string | undefined,
    object: object,
    options: WriteOptions = {},
  ): Promise<T> {
    const path = buildPath(resource, { namespace });
    return decode(resource, await this.#call('POST', path, writeQuery(options), { body: object }, options));
  }

  /** Replaces an object, or with `subresource: 'status'` its status; of its version the server makes a precondition. */
  async replace<T>(
    resource: TypedResource<T>,
    address: ObjectAddress,
    object: object,
    options: WriteOptions = {},
  ): Promise<T> {
    const path = buildPath(resource, address);
    return decode(resource, await this.#call('PUT', path, writeQuery(options), { body: object }, options));
  }

  replaceStatus<T>(
    resource: TypedResource<T>,
    address: ObjectAddress,
    object: object,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.replace(resource, { ...address, subresource: 'status' }, object, options);
  }

  async patch<T>(
    resource: TypedResource<T>,
    address: ObjectAddress,
    patch: Patch,
    options: WriteOptions = {},
  ): Promise<T> {
    const query = { ...writeQuery(options), force: patch.kind === 'apply' && patch.isForced ? true : undefined };
    const content = { body: patch.body, contentType: patchTypes[patch.kind] };
    return decode(resource, await this.#call('PATCH', buildPath(resource, address), query, content, options));
  }

  async delete(resource: Resource, address: ObjectAddress, options: DeleteOptions = {}): Promise<void> {
    const { uid, resourceVersion, ...call } = options;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
    await this.#call('DELETE', buildPath(resource, address), {}, { body }, call);
  }

  /** Puts a question that is no stored object, as a SubjectAccessReview. @returns the answer as JSON */
  review(
    resource: Resource,
    namespace: string | undefined,
    question: object,
    options: CallOptions = {},
  ): Promise<unknown> {
    return this.#call('POST', buildPath(resource, { namespace }), {}, { body: question }, options);
  }

  async readVersion(options: CallOptions = {}): Promise<Infer<typeof versionShape>> {
    const answer = await this.#call('GET', '/version', {}, undefined, options);
    return decodeJsonObject({ json: (json) => project(versionShape, json) }, answer);
  }

  async #call(
    method: string,
    path: string,
    query: Query,
    content: { readonly body: object; readonly contentType?: string } | undefined,
    { signal, timeoutMs, accept }: CallOptions & { readonly accept?: string | undefined },
  ): Promise<unknown> {
    const response = await this.#transport.request({
      method,
      path,
      query,
      ...(accept === undefined ? {} : { accept }),
      ...(content === undefined ? {} : { body: JSON.stringify(content.body) }),
      ...(content?.contentType === undefined ? {} : { contentType: content.contentType }),
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    const name = `${method} ${this.#transport.server}${path}`;
    if (response.status < 200 || response.status > 299) throw new StatusError(name, readStatus(response));
    try {
      return JSON.parse(response.body.toString('utf8'));
    } catch (cause) {
      throw new ProtocolError(`${name}: an answer that is no JSON`, { cause });
    }
  }
}

function decode<T>({ decode: json }: TypedResource<T>, answer: unknown): T {
  return decodeJsonObject({ json }, answer);
}

function writeQuery({ fieldManager, isDryRun = false }: WriteOptions): Query {
  return { fieldManager, dryRun: isDryRun ? 'All' : undefined };
}
