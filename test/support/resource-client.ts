/** The verbs on one kind's collection. Every method gives the answer as it came, whatever its status. */
import { createInterface } from 'node:readline';
import type { ApiClient, ApiResponse, KubeObject } from './api-client.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface WatchEvent<T = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

export interface ObjectList<T = KubeObject> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

export interface WriteOptions {
  /** As `status` or `scale`. */
  readonly subresource?: string;
  readonly query?: Query;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager?: string;
  readonly force?: boolean;
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export class ResourceClient<T = KubeObject> {
  /** Path of the collection. */
  readonly path: string;
  readonly #client: ApiClient;
  readonly #apiVersion: string;

  constructor(client: ApiClient, apiVersion: string, plural: string, namespace?: string) {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    this.path = namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
    this.#client = client;
    this.#apiVersion = apiVersion;
  }

  get(name: string, { subresource, query }: WriteOptions = {}): Promise<ApiResponse<T>> {
    return this.#client.request('GET', this.#pathOf(name, subresource, query));
  }

  list(query: Query = {}): Promise<ApiResponse<ObjectList<T>>> {
    return this.#client.request('GET', this.path + buildQuery(query));
  }

  /** @param object its apiVersion may be left out */
  create(object: object, query: Query = {}): Promise<ApiResponse<T>> {
    return this.#client.request('POST', this.path + buildQuery(query), { body: this.#complete(object) });
  }

  /** A full update (PUT); with `subresource: 'status'` of the status alone. */
  replace(name: string, object: object, { subresource, query }: WriteOptions = {}): Promise<ApiResponse<T>> {
    return this.#client.request('PUT', this.#pathOf(name, subresource, query), { body: this.#complete(object) });
  }

  /** Server-side apply, with force unless told otherwise. */
  apply(name: string, object: object, options: ApplyOptions = {}): Promise<ApiResponse<T>> {
    const { fieldManager = 'test', force = true, subresource, query } = options;
    return this.#client.request('PATCH', this.#pathOf(name, subresource, { fieldManager, force, ...query }), {
      body: this.#complete(object),
      contentType: patchTypes.apply,
    });
  }

  patch(
    name: string,
    patch: object,
    type: 'merge' | 'json' | 'strategic' = 'merge',
    { subresource, query }: WriteOptions = {},
  ): Promise<ApiResponse<T>> {
    return this.#client.request('PATCH', this.#pathOf(name, subresource, query), {
      body: patch,
      contentType: patchTypes[type],
    });
  }

  /** A merge patch of the status. */
  patchStatus(name: string, status: object): Promise<ApiResponse<T>> {
    return this.patch(name, { status }, 'merge', { subresource: 'status' });
  }

  delete(name: string, query: Query = {}): Promise<ApiResponse<T>> {
    return this.#client.request('DELETE', this.#pathOf(name, undefined, query));
  }

  /** Ends when the server ends the watch, or with an AbortError when `signal` aborts. */
  async *watch(query: Query, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    const response = await this.#client.stream(this.path + buildQuery({ ...query, watch: true }), signal);
    for await (const line of createInterface({ input: response, crlfDelay: Infinity })) {
      yield JSON.parse(line) as WatchEvent<T>;
    }
    signal.throwIfAborted();
  }

  #pathOf(name: string, subresource?: string, query: Query = {}): string {
    const path = `${this.path}/${encodeURIComponent(name)}`;
    return (subresource === undefined ? path : `${path}/${subresource}`) + buildQuery(query);
  }

  #complete(object: object): object {
    return { apiVersion: this.#apiVersion, ...object };
  }
}

function buildQuery(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}
