/** One HTTP request and its answer; every failure becomes an error of `request-error.ts`. */
import { request as httpRequest } from 'node:http';
import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock, Timer } from '../core/clock.ts';
import type { TakeBytes } from './http-answer.ts';
import { connectionError, messageOf, RequestAborted, RequestError, RequestTimeout } from './request-error.ts';

export const tcpKeepAliveMs = 30_000;

export interface OutgoingRequest {
  /** Method and address without the query, for messages. */
  readonly name: string;
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer | undefined;
  readonly signal: AbortSignal;
  /** For the whole exchange; undefined for a stream, which may last. */
  readonly timeoutMs: number | undefined;
  /** For a stream, until it is connected. */
  readonly connectTimeoutMs: number;
  /** Address of the proxy, for messages. */
  readonly proxy: string | undefined;
}

export interface StreamingResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly readBody: ReadBody;
  /** Closes the connection of an answer that nobody will read. */
  readonly discard: () => void;
}

/**
 * Hands over the body of an answer as it arrives, piece by piece and to its end, or until `take` returns false or throws:
 * then the connection is closed. Without a stream's iterator between: each event of a watch is a piece, and iterators
 * cost more than decoding does.
 * @throws {RequestError} if the answer ends early, and whatever `take` throws
 */
export type ReadBody = (take: TakeBytes) => Promise<void>;

/** @throws {RequestError} also from reading the body */
export async function sendRequest(outgoing: OutgoingRequest, agent: Agent, clock: Clock): Promise<StreamingResponse> {
  if (outgoing.signal.aborted) throw aborted(outgoing);
  for (let isFirst = true; ; isFirst = false) {
    const exchange = new Exchange(outgoing, agent, clock);
    try {
      const response = await exchange.response;
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        readBody: (take) => exchange.readBody(response, take),
        discard: () => {
          response.destroy();
        },
      };
    } catch (error) {
      // The server closed an idle connection just as it was taken up again: it has seen nothing of this request.
      if (!isFirst || !exchange.isStaleSocket(error)) throw exchange.explain(error);
    }
  }
}

/**
 * @param maxBytes what comes after so many is left out
 * @throws {RequestError} if the answer ends early
 */
export async function collectBody(readBody: ReadBody, maxBytes = Infinity): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  await readBody((bytes, start, end) => {
    chunks.push(Buffer.from(bytes.subarray(start, end)));
    length += end - start;
    return length < maxBytes;
  });
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

/** Reads an answer that nobody wants, so that its socket can be used again. */
export async function discardBody(readBody: ReadBody): Promise<void> {
  try {
    await readBody(() => true);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
  }
}

class Exchange {
  readonly response: Promise<IncomingMessage>;
  readonly #outgoing: OutgoingRequest;
  readonly #request: ClientRequest;
  #timer: Timer | undefined;
  #timedOut: RequestTimeout | undefined;

  constructor(outgoing: OutgoingRequest, agent: Agent, clock: Clock) {
    const { url, method, headers, body, signal } = outgoing;
    this.#outgoing = outgoing;
    const options = { method, headers, agent, signal } as unknown as RequestOptions;
    const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    this.#request = request;
    this.#startTimer(clock);
    this.response = new Promise((resolve, reject) => {
      request.once('response', (response) => {
        if (outgoing.timeoutMs === undefined) this.#timer?.cancel();
        resolve(response);
      });
      // Stays for the whole life of the request: an error without a listener would end the process.
      request.on('error', (error) => {
        this.#timer?.cancel();
        reject(error);
      });
    });
    request.end(body);
  }

  readBody(response: IncomingMessage, take: TakeBytes): Promise<void> {
    const read = new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => {
        reject(this.explain(error));
      };
      const cutOff = (): void => {
        if (!response.readableEnded) fail(response.errored ?? new Error('the answer was cut off'));
      };
      response.on('error', fail).on('close', cutOff).on('end', resolve);
      // It may have ended before anybody began to read.
      if (response.destroyed) cutOff();
      response.on('data', (chunk: Buffer) => {
        try {
          if (take(chunk, 0, chunk.length) !== false) return;
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        response.removeAllListeners('data').destroy();
      });
    });
    return read.finally(() => {
      this.#timer?.cancel();
    });
  }

  isStaleSocket(error: unknown): boolean {
    return (
      this.#request.reusedSocket &&
      !this.#outgoing.signal.aborted &&
      this.#timedOut === undefined &&
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ECONNRESET' || error.code === 'EPIPE')
    );
  }

  explain(error: unknown): RequestError {
    if (this.#timedOut !== undefined) return this.#timedOut;
    if (this.#outgoing.signal.aborted) return aborted(this.#outgoing);
    return error instanceof RequestError ? error : connectionError(this.#outgoing.name, error, this.#outgoing.proxy);
  }

  #startTimer(clock: Clock): void {
    const { name, timeoutMs, connectTimeoutMs } = this.#outgoing;
    const limitMs = timeoutMs ?? connectTimeoutMs;
    this.#timer = clock.setTimeout(() => {
      this.#timedOut = new RequestTimeout(name, limitMs);
      this.#request.destroy(this.#timedOut);
    }, limitMs);
    if (timeoutMs !== undefined) return;
    this.#request.once('socket', (socket) => {
      socket.setKeepAlive(true, tcpKeepAliveMs);
      const connected = (): void => {
        this.#timer?.cancel();
      };
      // Through a proxy the agent hands over a socket whose handshakes are done.
      if (!socket.connecting) connected();
      else socket.once(this.#outgoing.url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
    });
  }
}

export function aborted({ name, signal }: OutgoingRequest): RequestAborted {
  return new RequestAborted(name, `given up (${messageOf(signal.reason)})`, { cause: signal.reason });
}
