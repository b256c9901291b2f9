/** One request to the fault server and its answer, right or wrong. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { statusShape } from '../../src/kube/api-status.ts';
import { encodeEnvelope, encodeList, encodeMessage, encodeWatchFrame } from './fault-protobuf.ts';
import { thingShape } from './fault-server.ts';
import type { FaultServer, RequestSort, Thing } from './fault-server.ts';

export class FaultExchange {
  readonly sort: RequestSort;
  query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly #server: FaultServer;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #isProtobuf: boolean;

  constructor(server: FaultServer, request: IncomingMessage, response: ServerResponse) {
    this.#server = server;
    this.#request = request;
    this.#response = response;
    const url = new URL(request.url ?? '', server.url);
    this.query = Object.fromEntries(url.searchParams);
    this.authorization = request.headers.authorization;
    this.accept = request.headers.accept;
    this.sort =
      this.query['watch'] === undefined ? 'list' : this.query['sendInitialEvents'] === 'true' ? 'watch-list' : 'watch';
    this.#isProtobuf = server.speaksProtobuf && this.accept?.includes('protobuf') === true;
    response.once('close', () => server.watchers.delete(this));
  }

  /** The right answer. */
  serve(): void {
    if (this.sort === 'list') this.#serveList();
    else if (this.sort === 'watch-list') this.#serveWatchList();
    else this.#serveWatch();
  }

  /** The right answer to another query. */
  serveFrom(query: Readonly<Record<string, string>>): void {
    this.query = query;
    this.serve();
  }

  /** An error as the API server explains it. */
  status(code: number, reason: string, extra: object = {}, headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(code, { 'content-type': 'application/json', ...headers });
    this.#response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, ...extra }));
  }

  /** An answer of any form. */
  answer(contentType: string, body: string | Buffer): void {
    this.#response.writeHead(200, { 'content-type': contentType });
    this.#response.end(body);
  }

  /** Says that a stream follows, and nothing more. */
  open(): void {
    this.#response.writeHead(200, { 'content-type': this.#contentType('watch') });
    this.#response.flushHeaders();
  }

  /** From now on this stream gets what changes. */
  follow(): void {
    this.#server.watchers.add(this);
  }

  event(type: 'ADDED' | 'MODIFIED' | 'DELETED', thing: Thing): void {
    this.raw(
      this.#isProtobuf
        ? encodeWatchFrame(type, encodeThing(thing))
        : `${JSON.stringify({ type, object: { apiVersion: 'v1', kind: 'Thing', ...thing } })}\n`,
    );
  }

  bookmark(endsInitialEvents: boolean): void {
    const metadata = {
      name: '',
      resourceVersion: String(this.#server.version),
      ...(endsInitialEvents ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    };
    this.raw(
      this.#isProtobuf
        ? encodeWatchFrame('BOOKMARK', encodeThing({ metadata }))
        : `${JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Thing', apiVersion: 'v1', metadata } })}\n`,
    );
  }

  /** An error within the stream. */
  error(code: number, reason: string): void {
    const status = { code, reason, message: `injected ${reason}` };
    this.raw(
      this.#isProtobuf
        ? encodeWatchFrame('ERROR', encodeEnvelope('v1', 'Status', encodeMessage(statusShape, status)))
        : `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', apiVersion: 'v1', ...status } })}\n`,
    );
  }

  raw(bytes: string | Buffer): void {
    this.#response.write(bytes);
  }

  end(): void {
    this.#server.watchers.delete(this);
    this.#response.end();
  }

  reset(): void {
    this.#server.watchers.delete(this);
    this.#request.socket.resetAndDestroy();
  }

  /** All objects, as a watch-list starts. */
  initialEvents(): void {
    for (const thing of this.#server.things.values()) this.event('ADDED', thing);
  }

  #serveList(): void {
    const { things, version, compactedAt } = this.#server;
    const [offset, tokenVersion] = (this.query['continue'] ?? `0@${version}`).split('@').map(Number);
    if (offset === undefined || tokenVersion === undefined || tokenVersion < compactedAt) {
      this.status(410, 'Expired');
      return;
    }
    const all = [...things.values()];
    // From the watch cache everything comes at once.
    const limit = this.query['resourceVersion'] === '0' ? all.length : Number(this.query['limit'] ?? all.length);
    const items = all.slice(offset, offset + limit);
    const rest = offset + limit < all.length ? `${offset + limit}@${tokenVersion}` : '';
    const meta = { resourceVersion: String(tokenVersion), continue: rest };
    this.answer(
      this.#contentType('list'),
      this.#isProtobuf
        ? encodeList(
            meta,
            items.map((thing) => encodeMessage(thingShape, thing)),
          )
        : JSON.stringify({ kind: 'ThingList', apiVersion: 'v1', metadata: meta, items }),
    );
  }

  #serveWatchList(): void {
    this.open();
    this.initialEvents();
    this.bookmark(true);
    this.follow();
  }

  #serveWatch(): void {
    const from = Number(this.query['resourceVersion']);
    this.open();
    if (from < this.#server.compactedAt) {
      this.error(410, 'Expired');
      this.end();
      return;
    }
    for (const { type, version, thing } of this.#server.history) {
      if (version > from) this.event(type, thing);
    }
    this.follow();
  }

  #contentType(purpose: 'list' | 'watch'): string {
    if (!this.#isProtobuf) return 'application/json';
    return purpose === 'watch'
      ? 'application/vnd.kubernetes.protobuf;stream=watch'
      : 'application/vnd.kubernetes.protobuf';
  }
}

function encodeThing(thing: object): Buffer {
  return encodeEnvelope('v1', 'Thing', encodeMessage(thingShape, thing));
}
