/** Lists and watches one kind over a transport, in the encoding that the API server has for it. */
import { readJsonStatus } from './api-status.ts';
import type { ApiStatus } from './api-status.ts';
import { accepted, encodingOf } from './codec.ts';
import type { Codec, Encoding } from './codec.ts';
import { collectBody } from './http-exchange.ts';
import { openListDecoder } from './list-decoder.ts';
import type { ListPage } from './list-decoder.ts';
import { readProtobufStatus } from './protobuf-envelope.ts';
import { hasStatusCode, StatusError } from './request-error.ts';
import { buildPath } from './resource-path.ts';
import type { Resource } from './resource-path.ts';
import type { Query, StreamingResponse, Transport } from './transport.ts';
import { retryDelayMs } from './transport.ts';
import { WatchDecoder } from './watch-decoder.ts';
import type { WatchEvent } from './watch-decoder.ts';

/** Which objects of a kind. */
export interface ObjectSelection {
  readonly resource: Resource;
  /** API versions with the same fields, newest first, to be asked where the resource's own is not served. */
  readonly olderVersions?: readonly string[];
  /** Only the objects of this namespace; all where it is left out. */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export interface WatchStream<T> {
  /**
   * Reads to the end. @throws {RequestError | ProtocolError} and whatever `emit` throws
   * @param onBytes called whenever something arrived, before it is decoded
   */
  read(emit: (event: WatchEvent<T>) => void, onBytes: () => void): Promise<void>;
}

const maxStatusBytes = 1024 * 1024;

export class ObjectSource<T> {
  readonly #transport: Transport;
  readonly #codec: Codec<T>;
  /** One for each API version, newest first. */
  readonly #paths: readonly string[];
  readonly #selectors: Query;
  /** The one that was served last. */
  #path: string;
  #encoding: Encoding;

  constructor(transport: Transport, selection: ObjectSelection, codec: Codec<T>) {
    const { resource, olderVersions = [], namespace, fieldSelector, labelSelector } = selection;
    this.#transport = transport;
    this.#codec = codec;
    this.#path = buildPath(resource, { namespace });
    this.#paths = [this.#path, ...olderVersions.map((version) => buildPath({ ...resource, version }, { namespace }))];
    this.#selectors = { fieldSelector, labelSelector };
    this.#encoding = codec.protobuf === undefined ? 'json' : 'protobuf';
  }

  /**
   * One page, or the whole list where the server does not page.
   * @throws {RequestError | ProtocolError} and whatever `emit` throws
   */
  async list(query: Query, signal: AbortSignal, onBytes: () => void, emit: (object: T) => void): Promise<ListPage> {
    const response = await this.#get(query, 'list', signal);
    const decoder = openListDecoder(encodingOfAnswer(response), this.#codec, emit);
    const { readBody } = response;
    await readBody((bytes, start, end) => {
      onBytes();
      decoder.push(bytes, start, end);
    });
    return decoder.end();
  }

  /** @throws {RequestError | ProtocolError} */
  async watch(query: Query, signal: AbortSignal): Promise<WatchStream<T>> {
    const response = await this.#get({ ...query, watch: 1 }, 'watch', signal);
    const encoding = encodingOfAnswer(response);
    const codec = this.#codec;
    const { readBody } = response;
    return {
      async read(emit, onBytes) {
        const decoder = new WatchDecoder(encoding, codec, emit);
        await readBody((bytes, start, end) => {
          onBytes();
          decoder.push(bytes, start, end);
        });
        decoder.end();
      },
    };
  }

  async #get(query: Query, purpose: 'list' | 'watch', signal: AbortSignal): Promise<StreamingResponse> {
    try {
      return await this.#getFrom(this.#path, query, purpose, signal);
    } catch (error) {
      if (!hasStatusCode(error, 404)) throw error;
      for (const path of this.#paths.filter((one) => one !== this.#path)) {
        const response = await this.#getFrom(path, query, purpose, signal).catch(ignoreMissing);
        if (response === undefined) continue;
        this.#path = path;
        return response;
      }
      throw error;
    }
  }

  async #getFrom(
    path: string,
    query: Query,
    purpose: 'list' | 'watch',
    signal: AbortSignal,
  ): Promise<StreamingResponse> {
    try {
      return await this.#getAs(this.#encoding, path, query, purpose, signal);
    } catch (error) {
      if (this.#encoding === 'json' || !hasStatusCode(error, 406, 415)) throw error;
      this.#encoding = 'json';
      return this.#getAs(this.#encoding, path, query, purpose, signal);
    }
  }

  async #getAs(
    encoding: Encoding,
    path: string,
    query: Query,
    purpose: 'list' | 'watch',
    signal: AbortSignal,
  ): Promise<StreamingResponse> {
    const response = await this.#transport.stream({
      method: 'GET',
      path,
      query: { ...query, ...this.#selectors },
      accept: accepted[encoding][purpose],
      signal,
    });
    if (response.status === 200) return response;
    const body = await collectBody(response.readBody, maxStatusBytes);
    const name = `${purpose} ${this.#transport.server}${path}`;
    throw new StatusError(name, readStatus({ ...response, body }));
  }
}

/** @throws {ProtocolError} if it is in none that was asked for; it is closed then */
function encodingOfAnswer({ headers, discard }: StreamingResponse): Encoding {
  try {
    return encodingOf(headers['content-type']);
  } catch (error) {
    discard();
    throw error;
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!hasStatusCode(error, 404)) throw error;
}

/** The `Status` in an error's body; what holds none gives one that has but the code. */
export function readStatus(response: {
  readonly status: number;
  readonly headers: StreamingResponse['headers'];
  readonly body: Buffer;
}): ApiStatus {
  const { status, headers, body } = response;
  const parsed = readStatusBody(body, status);
  const retryAfterMs = retryDelayMs(status, headers);
  // The code of the answer counts: a body may come from elsewhere.
  return {
    ...parsed,
    code: status,
    retryAfterSeconds: parsed.retryAfterSeconds ?? (retryAfterMs === undefined ? undefined : retryAfterMs / 1000),
  };
}

function readStatusBody(body: Buffer, httpCode: number): ApiStatus {
  try {
    return body.subarray(0, 4).toString('latin1') === 'k8s\0'
      ? readProtobufStatus(body, httpCode)
      : readJsonStatus(JSON.parse(body.toString('utf8')), httpCode);
  } catch {
    // A proxy's error page, or an answer that was cut off.
    return readJsonStatus(undefined, httpCode);
  }
}
