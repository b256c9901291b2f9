/**
 * HTTP to the one API server: credentials, certificates, proxy, pooling and retries that are the same for every call.
 *
 * HTTP/1.1 on purpose: one socket for each watch, so that one stream's death or slowness is nobody else's, and a small
 * pool for everything else. Status codes are results here; what they mean is the caller's.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

import { pause } from './system-clock.ts';
import type { Clock } from '../core/clock.ts';
import type { ClusterConfig, Credentials } from './cluster-config.ts';
import { ConnectionPool } from './connection-pool.ts';
import { openCredentials, readMaterial } from './credential-reader.ts';
import type { CredentialReader } from './credential-reader.ts';
import { collectBody, discardBody, sendRequest } from './http-exchange.ts';
import type { OutgoingRequest, StreamingResponse } from './http-exchange.ts';
import { displayProxy, parseProxy, selectProxy } from './proxy.ts';
import type { Environment } from './proxy.ts';
import { CredentialsUnavailable, messageOf, TlsRefused } from './request-error.ts';
import { openStream } from './stream-exchange.ts';

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface TransportRequest {
  readonly method: string;
  /** As `/api/v1/pods`. */
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly accept?: string;
  readonly contentType?: string;
  /** For one try, from the first byte sent to the last one received; streams have none. Default 30 s. */
  readonly timeoutMs?: number;
  /** By default what the transport does for every call. */
  readonly maxTries?: number;
  /** Of an answer, no more than about so much is kept; by default everything. Streams have none. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export type StreamRequest = Omit<TransportRequest, 'timeoutMs' | 'maxTries' | 'maxBytes'>;

export interface TransportResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type { StreamingResponse } from './http-exchange.ts';

export interface Transport {
  /** Address of the API server, for messages. */
  readonly server: string;
  /**
   * A call with an answer of bounded size. Waits and tries again where the server asks for it (429 and 5xx with
   * Retry-After), a few times.
   * @throws {RequestError} when no complete answer came
   */
  request(request: TransportRequest): Promise<TransportResponse>;
  /**
   * A call whose answer is read as it arrives, on a socket of its own.
   * @throws {RequestError} also from reading the body
   */
  stream(request: StreamRequest): Promise<StreamingResponse>;
  /** Ends every connection; calls that are under way fail. */
  close(): void;
}

export interface TransportOptions {
  /** Merlon's own, for the User-Agent header. */
  readonly version: string;
  readonly clock: Clock;
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read from it. */
  readonly environment: Environment;
  readonly limits?: Partial<TransportLimits>;
}

export interface TransportLimits {
  /** How old a token from a file may be. */
  readonly credentialMaxAgeMs: number;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How often a call is made at most, where the server asks to try again. */
  readonly maxTries: number;
  /** What the server may ask to wait before a call is made again; a longer wait is left to the caller. */
  readonly maxRetryAfterMs: number;
}

const defaultTransportLimits: TransportLimits = {
  credentialMaxAgeMs: 60_000,
  connectTimeoutMs: 30_000,
  requestTimeoutMs: 30_000,
  maxTries: 5,
  maxRetryAfterMs: 10_000,
};

/** @throws {TypeError} if the configuration or the environment names no usable proxy */
export function openTransport(config: ClusterConfig, options: TransportOptions): Transport {
  return new HttpTransport(config, options);
}

class HttpTransport implements Transport {
  readonly server: string;
  readonly #config: ClusterConfig;
  readonly #clock: Clock;
  readonly #limits: TransportLimits;
  readonly #userAgent: string;
  readonly #credentials: CredentialReader;
  readonly #proxy: string | undefined;
  readonly #closed = new AbortController();
  #pool: ConnectionPool | undefined;

  constructor(config: ClusterConfig, { version, clock, environment, limits }: TransportOptions) {
    this.server = config.server.replace(/\/+$/, '');
    this.#config = config;
    this.#clock = clock;
    this.#limits = { ...defaultTransportLimits, ...limits };
    this.#userAgent = `merlon/${version}`;
    this.#credentials = openCredentials(config.credentials, clock, this.#limits.credentialMaxAgeMs);
    this.#proxy =
      config.proxyUrl === undefined
        ? selectProxy(config.server, environment)
        : parseProxy(config.proxyUrl, `proxy-url of ${config.origin}`);
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const { maxTries = this.#limits.maxTries, maxBytes } = request;
    for (let tries = 1; ; tries += 1) {
      const { status, headers, readBody } = await this.#send(request, 'unary');
      const response = { status, headers, body: await collectBody(readBody, maxBytes) };
      const delayMs = tries < maxTries ? retryDelayMs(status, headers) : undefined;
      if (delayMs === undefined || delayMs > this.#limits.maxRetryAfterMs) return response;
      await pause(this.#clock, delayMs, request.signal);
      if (request.signal?.aborted === true) return response;
    }
  }

  stream(request: StreamRequest): Promise<StreamingResponse> {
    return this.#send(request, 'stream');
  }

  close(): void {
    this.#closed.abort();
    this.#pool?.close();
  }

  /** One call; made again where the server refuses credentials or certificates that have changed since they were read. */
  async #send(request: TransportRequest, use: 'unary' | 'stream'): Promise<StreamingResponse> {
    const outgoing = this.#outgoing(request, use);
    const shown = await this.#read(outgoing);
    try {
      const response = await this.#sendOnce(outgoing, use);
      // Who shows no credentials has none that could be renewed, and the same ones would be refused again.
      if (response.status !== 401 || this.#config.credentials.length === 0) return response;
      this.#credentials.invalidate();
      const renewed = await this.#read(outgoing).catch((error: unknown) => {
        response.discard();
        throw error;
      });
      if (isDeepStrictEqual(renewed, shown)) return response;
      await discardBody(response.readBody);
    } catch (error) {
      if (!(error instanceof TlsRefused)) throw error;
      const pool = this.#pool;
      if (pool === undefined || (await this.#poolFor(await this.#read(outgoing), outgoing)) === pool) throw error;
      this.#credentials.invalidate();
    }
    return this.#sendOnce(outgoing, use);
  }

  async #sendOnce(outgoing: OutgoingRequest, use: 'unary' | 'stream'): Promise<StreamingResponse> {
    const credentials = await this.#read(outgoing);
    this.#pool ??= await this.#poolFor(credentials, outgoing);
    if (!this.#pool.hasCredentials(credentials)) this.#pool = await this.#poolFor(credentials, outgoing);
    const { authorization } = credentials;
    const headers = authorization === undefined ? outgoing.headers : { ...outgoing.headers, authorization };
    const { agents, direct } = this.#pool;
    const complete = { ...outgoing, headers };
    return use === 'stream' && direct !== undefined
      ? openStream(complete, direct, this.#clock)
      : sendRequest(complete, agents[use], this.#clock);
  }

  async #read(outgoing: OutgoingRequest): Promise<Credentials> {
    try {
      return await this.#credentials.read();
    } catch (error) {
      throw new CredentialsUnavailable(
        outgoing.name,
        `the credentials of ${this.#config.origin} cannot be had (${messageOf(error)}); check what it names`,
        { cause: error },
      );
    }
  }

  /** The present pool where it still fits what the files say, else a new one. */
  async #poolFor(credentials: Credentials, outgoing: OutgoingRequest): Promise<ConnectionPool> {
    const { certificateAuthority, serverName, isInsecure, origin } = this.#config;
    let authorityPem: string | undefined;
    try {
      authorityPem = certificateAuthority === undefined ? undefined : await readMaterial(certificateAuthority);
    } catch (error) {
      throw new CredentialsUnavailable(
        outgoing.name,
        `the certificate authority of ${origin} cannot be read (${messageOf(error)}); check the path`,
        { cause: error },
      );
    }
    if (this.#pool?.hasCredentials(credentials) === true && this.#pool.hasAuthority(authorityPem)) return this.#pool;
    const isTls = this.server.startsWith('https:');
    let pool: ConnectionPool;
    try {
      pool = new ConnectionPool({
        isTls,
        isInsecure,
        authorityPem,
        credentials,
        serverName,
        proxy: this.#proxy,
        clock: this.#clock,
      });
    } catch (error) {
      throw new CredentialsUnavailable(
        outgoing.name,
        `the certificates of ${origin} cannot be used (${messageOf(error)}); check what it names`,
        { cause: error },
      );
    }
    this.#pool?.retire();
    this.#pool = pool;
    return pool;
  }

  #outgoing(request: TransportRequest, use: 'unary' | 'stream'): OutgoingRequest {
    const { method, path, query = {}, body, accept = 'application/json', contentType, signal } = request;
    const url = new URL(this.server + path);
    for (const [name, value] of Object.entries(query)) {
      if (typeof value === 'object') for (const one of value) url.searchParams.append(name, one);
      else if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const signals = signal === undefined ? this.#closed.signal : AbortSignal.any([signal, this.#closed.signal]);
    return {
      name: `${method} ${this.server}${path}`,
      url,
      method,
      headers: {
        accept,
        'user-agent': this.#userAgent,
        ...contentHeaders(body, contentType),
        ...impersonationHeaders(this.#config),
        ...request.headers,
      },
      body,
      signal: signals,
      timeoutMs: use === 'unary' ? (request.timeoutMs ?? this.#limits.requestTimeoutMs) : undefined,
      connectTimeoutMs: this.#limits.connectTimeoutMs,
      proxy: this.#proxy === undefined ? undefined : displayProxy(this.#proxy),
    };
  }
}

/** @returns milliseconds after which the server wants to be asked again; undefined if it does not say so */
export function retryDelayMs(status: number, headers: IncomingHttpHeaders): number | undefined {
  if (status !== 429 && status < 500) return undefined;
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isInteger(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** The length is said always: of a DELETE Node would send the body without it. */
function contentHeaders(body: string | Buffer | undefined, contentType = 'application/json'): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-type': contentType, 'content-length': String(Buffer.byteLength(body)) };
}

function impersonationHeaders({ impersonation }: ClusterConfig): Record<string, string | readonly string[]> {
  if (impersonation === undefined) return {};
  const { user, uid, groups, extra } = impersonation;
  return {
    'impersonate-user': user,
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups }),
    ...Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [`impersonate-extra-${encodeURIComponent(key)}`, values]),
    ),
  };
}
