/** A small JSON client of the API server for tests: it shows what the server answered and judges nothing. */
import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Access } from './kubeconfig.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { ResourceClient } from './resource-client.ts';

/** An object of any kind; what a test reads of it besides metadata it names with a type of its own. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly [field: string]: unknown;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads any field of any kind
  readonly [field: string]: any;
}

export interface ApiResponse<T = KubeObject> {
  readonly status: number;
  /** Parsed JSON; text where the answer is no JSON. Of an error it is a `Status` object. */
  readonly body: T;
  readonly headers: IncomingHttpHeaders;
}

export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** The answer was not 2xx where a test took success for granted. */
export class UnexpectedStatus extends Error {
  readonly status: number;

  constructor(what: string, { status, body }: ApiResponse<unknown>) {
    const message = (body as { message?: string } | undefined)?.message ?? JSON.stringify(body);
    super(`${what}: ${status} ${message}`);
    this.status = status;
  }
}

export class ApiClient {
  readonly url: string;
  readonly #access: Access;
  readonly #agent: Agent;
  /** `apiVersion kind` to plural name and scope. */
  readonly #resources = new Map<string, { plural: string; namespaced: boolean }>();

  constructor(access: Access) {
    const { credentials } = access;
    this.url = access.url;
    this.#access = access;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 64,
      ca: access.caPem,
      ...(credentials.kind === 'client-certificate' && {
        cert: credentials.certificatePem,
        key: credentials.privateKeyPem,
      }),
    });
  }

  /** From the next connection on: another authority, of an API server that made its certificate itself. */
  trust(caPem: string): void {
    this.#agent.options.ca = caPem;
  }

  /** @param path of a kubeconfig that a `Cluster` gave */
  static async fromKubeconfig(path: string): Promise<ApiClient> {
    return new ApiClient(await readKubeconfig(path));
  }

  /**
   * @param path with its query, as `/api/v1/pods?limit=1`
   * @throws {Error} when the connection fails or `timeoutMs` (30 s) pass; any status is a result
   */
  async request<T = KubeObject>(method: string, path: string, options: RequestOptions = {}): Promise<ApiResponse<T>> {
    const response = await this.#send(method, path, options);
    const text = await readText(response);
    const isJson = response.headers['content-type']?.includes('json') === true;
    return {
      status: response.statusCode ?? 0,
      body: (isJson ? JSON.parse(text) : text) as T,
      headers: response.headers,
    };
  }

  /**
   * A kind's collection, as `client.resource('apps/v1', 'deployments', 'shop')`.
   * @param namespace absent for cluster-wide kinds, and for all namespaces
   */
  resource<T = KubeObject>(apiVersion: string, plural: string, namespace?: string): ResourceClient<T> {
    return new ResourceClient<T>(this, apiVersion, plural, namespace);
  }

  /** The collection that an object belongs to, found by discovery. */
  async resourceOf(object: Manifest): Promise<ResourceClient> {
    const { plural, namespaced } = await this.#discover(object.apiVersion, object.kind);
    const namespace = namespaced ? (object.metadata.namespace ?? 'default') : undefined;
    return this.resource(object.apiVersion, plural, namespace);
  }

  /** Creates an object of any kind. @throws {UnexpectedStatus} unless it was created */
  async create(object: Manifest): Promise<KubeObject> {
    return bodyOf(`create ${nameOf(object)}`, await (await this.resourceOf(object)).create(object));
  }

  /** Applies an object of any kind with force, as field manager `test`. @throws {UnexpectedStatus} unless it worked */
  async apply(object: Manifest): Promise<KubeObject> {
    const resource = await this.resourceOf(object);
    return bodyOf(`apply ${nameOf(object)}`, await resource.apply(object.metadata.name, object));
  }

  /**
   * Creates a namespace and sees to its default ServiceAccount, without which no pod can be created: there may be no
   * controller manager to make one, and where there is, this is as if it had been faster.
   */
  async createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<KubeObject> {
    const namespace = await this.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    const account = await this.resource('v1', 'serviceaccounts', name).create({ metadata: { name: 'default' } });
    if (account.status !== 409) bodyOf(`create ServiceAccount "${name}/default"`, account);
    return namespace;
  }

  /** A response whose body is still to come, line by line: a watch. */
  async stream(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const response = await this.#send('GET', path, { timeoutMs: 0 }, signal);
    if (response.statusCode === 200) return response;
    const text = await readText(response);
    throw new UnexpectedStatus(`watch ${path}`, { status: response.statusCode ?? 0, body: text, headers: {} });
  }

  /** Closes idle connections; one that is in use ends with its request. */
  close(): void {
    this.#agent.destroy();
  }

  #send(
    method: string,
    path: string,
    { body, contentType = 'application/json', headers = {}, timeoutMs = 30_000 }: RequestOptions,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const { credentials, impersonate } = this.#access;
    return new Promise((resolve, reject) => {
      const outgoing = request(this.url + path, {
        method,
        agent: this.#agent,
        headers: {
          accept: 'application/json',
          'user-agent': 'merlon-test',
          ...(credentials.kind === 'token' && { authorization: `Bearer ${credentials.token}` }),
          ...(impersonate && {
            'impersonate-user': impersonate.user,
            'impersonate-group': [...impersonate.groups],
          }),
          ...(payload !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }),
          ...headers,
        },
        timeout: timeoutMs,
        ...(signal && { signal }),
      });
      outgoing.once('response', resolve);
      outgoing.once('timeout', () => {
        outgoing.destroy(new Error(`${method} ${path}: no answer within ${timeoutMs / 1000} s`));
      });
      outgoing.once('error', (error: NodeJS.ErrnoException) => {
        // The server closed a kept connection just as it was taken up again: nothing was processed.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET' && signal?.aborted !== true) {
          this.#send(method, path, { body, contentType, headers, timeoutMs }, signal).then(resolve, reject);
        } else {
          reject(error);
        }
      });
      outgoing.end(payload);
    });
  }

  async #discover(apiVersion: string, kind: string): Promise<{ plural: string; namespaced: boolean }> {
    const known = this.#resources.get(`${apiVersion} ${kind}`);
    if (known !== undefined) return known;
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const response = await this.request<{ resources?: DiscoveredResource[] }>('GET', path);
    const found = response.body.resources?.find((each) => each.kind === kind && !each.name.includes('/'));
    if (found === undefined) throw new UnexpectedStatus(`${apiVersion} has no kind ${kind}`, response);
    const resource = { plural: found.name, namespaced: found.namespaced };
    this.#resources.set(`${apiVersion} ${kind}`, resource);
    return resource;
  }
}

/** An object to create or apply. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

interface DiscoveredResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** @throws {UnexpectedStatus} unless the status is 2xx */
export function bodyOf<T>(what: string, response: ApiResponse<T>): T {
  if (response.status < 200 || response.status > 299) throw new UnexpectedStatus(what, response);
  return response.body;
}

function nameOf({ kind, metadata }: Manifest): string {
  return metadata.namespace === undefined
    ? `${kind} "${metadata.name}"`
    : `${kind} "${metadata.namespace}/${metadata.name}"`;
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
