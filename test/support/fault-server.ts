/**
 * A small API server that serves one kind as the real one does (paged lists, watches, watch-lists, bookmarks, 410), and
 * does wrong where a test says so: each fault replaces the answer to the next request of its sort.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { message, required, string, stringMap, value } from '../../src/core/shape.ts';
import { FaultExchange } from './fault-exchange.ts';

/** What the server's objects hold. */
export const thingShape = message({
  metadata: required(
    1,
    message({
      name: required(1, string),
      namespace: value(3, string),
      uid: value(5, string),
      resourceVersion: value(6, string),
      annotations: value(12, stringMap),
    }),
  ),
  data: value(2, string),
});

export interface Thing {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly data: string;
}

export type RequestSort = 'list' | 'watch' | 'watch-list';
/** What to do in place of the right answer. */
export type Fault = (exchange: FaultExchange) => void;

export interface RecordedRequest {
  readonly sort: RequestSort;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
}

export interface HistoryEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly thing: Thing;
}

export interface FaultServerOptions {
  readonly speaksProtobuf?: boolean;
}

export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return new FaultServer(server, options);
}

export class FaultServer {
  readonly url: string;
  readonly requests: RecordedRequest[] = [];
  readonly speaksProtobuf: boolean;
  readonly things = new Map<string, Thing>();
  readonly history: HistoryEvent[] = [];
  readonly watchers = new Set<FaultExchange>();
  /** Of the last change. */
  version = 100;
  /** History up to here is forgotten. */
  compactedAt = 0;
  readonly #server: Server;
  readonly #faults: { readonly sort: RequestSort; readonly fault: Fault; times: number }[] = [];
  #uids = 0;

  constructor(server: Server, { speaksProtobuf = false }: FaultServerOptions) {
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}`;
    this.speaksProtobuf = speaksProtobuf;
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(new FaultExchange(this, request, response));
    });
  }

  /** Answers the next requests of that sort with the fault, after the faults that are waiting already. */
  inject(sort: RequestSort, fault: Fault, times = 1): void {
    this.#faults.push({ sort, fault, times });
  }

  /** From now on requests are answered rightly. */
  heal(): void {
    this.#faults.length = 0;
  }

  count(sort: RequestSort): number {
    return this.requests.filter((request) => request.sort === sort).length;
  }

  /** Creates or changes an object. */
  put(name: string, data = ''): Thing {
    const before = this.things.get(name);
    return this.#change(before === undefined ? 'ADDED' : 'MODIFIED', name, {
      metadata: this.#metadata(name, before?.metadata.uid ?? this.#newUid()),
      data,
    });
  }

  remove(name: string): void {
    const before = this.things.get(name);
    if (before === undefined) throw new RangeError(`there is no "${name}"`);
    this.#change('DELETED', name, { ...before, metadata: this.#metadata(name, before.metadata.uid) });
  }

  /** Deletes and creates again: the same name, another UID. */
  recreate(name: string, data = ''): void {
    this.remove(name);
    this.put(name, data);
  }

  /** Tells every watcher how far it has got. */
  bookmark(): void {
    for (const watcher of this.watchers) watcher.bookmark(false);
  }

  /** Forgets all history: who asks for something older gets 410. */
  compact(): void {
    this.version += 1;
    this.compactedAt = this.version;
    this.history.length = 0;
  }

  endWatches(): void {
    for (const watcher of [...this.watchers]) watcher.end();
  }

  resetWatches(): void {
    for (const watcher of [...this.watchers]) watcher.reset();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(exchange: FaultExchange): void {
    const { sort, query, authorization, accept } = exchange;
    this.requests.push({ sort, query, authorization, accept });
    const next = this.#faults.find((each) => each.sort === sort);
    if (next === undefined) {
      exchange.serve();
      return;
    }
    next.times -= 1;
    if (next.times <= 0) this.#faults.splice(this.#faults.indexOf(next), 1);
    next.fault(exchange);
  }

  #change(type: HistoryEvent['type'], name: string, thing: Thing): Thing {
    if (type === 'DELETED') this.things.delete(name);
    else this.things.set(name, thing);
    this.history.push({ type, version: this.version, thing });
    for (const watcher of this.watchers) watcher.event(type, thing);
    return thing;
  }

  #metadata(name: string, uid: string): Thing['metadata'] {
    this.version += 1;
    return { name, namespace: 'shop', uid, resourceVersion: String(this.version) };
  }

  #newUid(): string {
    this.#uids += 1;
    return `uid-${this.#uids}`;
  }
}
