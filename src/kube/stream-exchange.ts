/**
 * One HTTP request on a connection of its own, whose answer is read as it arrives, into memory that is used again.
 *
 * Node's own client makes objects of each piece that arrives and of each chunk in it, which costs more than to decode
 * what they hold (docs/dependencies.md). It is there for everything else, and where a proxy stands between.
 */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { connect as connectTcp, isIP } from 'node:net';
import type { Socket, TcpNetConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions, SecureContext } from 'node:tls';
import type { Clock, Timer } from '../core/clock.ts';
import { AnswerProblem, HttpAnswer } from './http-answer.ts';
import type { AnswerHead, TakeBytes } from './http-answer.ts';
import { aborted, tcpKeepAliveMs } from './http-exchange.ts';
import type { OutgoingRequest, StreamingResponse } from './http-exchange.ts';
import { connectionError, RequestError, RequestTimeout } from './request-error.ts';
import type { TlsSessions } from './tls-sessions.ts';

/** How the API server is reached where no proxy stands between. */
export interface DirectWay {
  /** Undefined for plain HTTP. */
  readonly tls: DirectTls | undefined;
}

export interface DirectTls {
  readonly context: SecureContext;
  /** Name in the server's certificate, where it is not the one in its address. */
  readonly serverName: string | undefined;
  readonly isInsecure: boolean;
  readonly sessions: TlsSessions;
}

/** A TLS record holds no more. */
const bufferBytes = 16 * 1024;

/** @throws {RequestError} also from reading the body */
export async function openStream(outgoing: OutgoingRequest, way: DirectWay, clock: Clock): Promise<StreamingResponse> {
  if (outgoing.signal.aborted) throw aborted(outgoing);
  // Before anybody waits for this one: it throws where a header is none.
  const request = formatRequest(outgoing);
  const first = way.tls?.sessions.waitForFirst();
  if (first !== undefined) await untilAborted(first, outgoing.signal);
  return begin({ outgoing, request, way, clock }, way.tls?.sessions.resumable);
}

interface Exchanged {
  readonly outgoing: OutgoingRequest;
  readonly request: string;
  readonly way: DirectWay;
  readonly clock: Clock;
}

/** @param session to be resumed; made again without, where that comes to nothing */
async function begin(exchanged: Exchanged, session: Buffer | undefined): Promise<StreamingResponse> {
  const { outgoing, way } = exchanged;
  if (outgoing.signal.aborted) throw aborted(outgoing);
  const exchange = new StreamExchange(exchanged, session);
  try {
    const { status, headers } = await exchange.head;
    return {
      status,
      headers,
      readBody: (take) => exchange.readBody(take),
      discard: () => {
        exchange.end();
      },
    };
  } catch (error) {
    if (session === undefined || !exchange.isCutInHandshake) throw error;
    way.tls?.sessions.refuse();
    return begin(exchanged, undefined);
  }
}

function untilAborted(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    void wait.then(end);
  });
}

class StreamExchange {
  readonly head: Promise<AnswerHead>;
  readonly #outgoing: OutgoingRequest;
  readonly #socket: Socket;
  readonly #timer: Timer;
  readonly #onAbort: () => void;
  readonly #answer: HttpAnswer;
  /** Settled when the answer is at its end, or nobody wants more of it, or it failed. */
  readonly #over = Promise.withResolvers<undefined>();
  #isReached = false;
  #isConnected = false;
  #hasHead = false;
  #isOver = false;
  /** Whether nobody is to be given more: not where the answer has merely come to its end. */
  #isCutShort = false;
  /** What came before anybody read; no more than what was under way then. */
  #early: Buffer[] = [];
  #take: TakeBytes | undefined;

  constructor({ outgoing, request, way, clock }: Exchanged, session: Buffer | undefined) {
    const { name, signal, connectTimeoutMs } = outgoing;
    this.#outgoing = outgoing;
    const receive = (bytes: Buffer, length: number): boolean => {
      this.#receive(bytes, length);
      // What nobody reads stays with the server.
      return this.#take !== undefined || !this.#hasHead;
    };
    const socket = connect(outgoing.url, way, receive, session);
    this.#socket = socket;
    const head = Promise.withResolvers<AnswerHead>();
    this.head = head.promise;
    // Until there is a head its reader is the one to be told.
    this.#over.promise.catch(head.reject);
    this.#answer = new HttpAnswer(
      (answered) => {
        this.#hasHead = true;
        head.resolve(answered);
      },
      (bytes, start, end) => {
        this.#hand(bytes, start, end);
      },
    );
    this.#timer = clock.setTimeout(() => {
      this.#fail(new RequestTimeout(name, connectTimeoutMs));
    }, connectTimeoutMs);
    this.#onAbort = () => {
      this.#fail(aborted(outgoing));
    };
    signal.addEventListener('abort', this.#onAbort);
    socket.once('connect', () => {
      this.#isReached = true;
    });
    // Not before the server has shown that it is the one: the request holds the token.
    socket.once(way.tls === undefined ? 'connect' : 'secureConnect', () => {
      this.#isConnected = true;
      this.#timer.cancel();
      socket.setKeepAlive(true, tcpKeepAliveMs).setNoDelay(true);
      socket.write(request, 'latin1');
      if (outgoing.body !== undefined) socket.write(outgoing.body);
    });
    socket.on('error', (error) => {
      this.#fail(this.#explain(error));
    });
    socket.once('close', () => {
      this.#close();
    });
  }

  /** Whether the server was there, and the handshake ended before it was done. */
  get isCutInHandshake(): boolean {
    return this.#isReached && !this.#isConnected;
  }

  async readBody(take: TakeBytes): Promise<void> {
    this.#take = take;
    try {
      for (const piece of this.#early.splice(0)) this.#hand(piece, 0, piece.length);
    } catch (error) {
      // The answer may have come to its end meanwhile.
      this.end();
      throw error;
    }
    if (!this.#isOver) this.#socket.resume();
    await this.#over.promise;
  }

  /** Nobody wants more of it. The first of this and `#fail` counts. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over.resolve(undefined);
    this.#timer.cancel();
    this.#outgoing.signal.removeEventListener('abort', this.#onAbort);
    this.#socket.destroy();
  }

  #fail(error: unknown): void {
    this.#isCutShort = true;
    if (!this.#isOver) this.#over.reject(error);
    this.end();
  }

  #receive(bytes: Buffer, length: number): void {
    if (this.#isOver) return;
    try {
      this.#answer.push(bytes, length);
      if (this.#answer.isComplete) this.end();
    } catch (error) {
      this.#fail(error instanceof AnswerProblem ? this.#explain(error) : error);
    }
  }

  #close(): void {
    if (this.#isOver) return;
    try {
      this.#answer.end();
      this.end();
    } catch (error) {
      this.#fail(this.#explain(error));
    }
  }

  #hand(bytes: Buffer, start: number, end: number): void {
    if (this.#isCutShort) return;
    if (this.#take === undefined) this.#early.push(Buffer.from(bytes.subarray(start, end)));
    else if (this.#take(bytes, start, end) === false) {
      this.#isCutShort = true;
      this.end();
    }
  }

  #explain(error: unknown): RequestError {
    return error instanceof RequestError ? error : connectionError(this.#outgoing.name, error);
  }
}

/** @param receive returns whether to go on; what is connected goes on when it is resumed */
function connect(
  url: URL,
  { tls }: DirectWay,
  receive: (bytes: Buffer, length: number) => boolean,
  session: Buffer | undefined,
): Socket {
  const buffer = Buffer.allocUnsafeSlow(bufferBytes);
  const onread = {
    buffer,
    callback: (length: number) => receive(buffer, length),
  };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? undefined : Number(url.port);
  if (tls === undefined) return connectTcp({ host, port: port ?? 80, onread });
  // A server is asked for by name, never by address: RFC 6066.
  const servername = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  const options: ConnectionOptions & Pick<TcpNetConnectOpts, 'onread'> = {
    host,
    port: port ?? 443,
    onread,
    secureContext: tls.context,
    rejectUnauthorized: !tls.isInsecure,
    session,
    ...(servername === undefined ? {} : { servername }),
  };
  const socket = connectTls(options);
  tls.sessions.follow(socket);
  return socket;
}

/** Of an address that names somebody, as Node's client has it. */
function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

/** @throws {TypeError} if a header would not be one */
function formatRequest({ method, url, headers }: OutgoingRequest): string {
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`, 'connection: close'];
  for (const [name, values] of Object.entries({ ...authorizationOf(url), ...headers })) {
    validateHeaderName(name);
    for (const value of typeof values === 'string' ? [values] : values) {
      validateHeaderValue(name, value);
      lines.push(`${name}: ${value}`);
    }
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
