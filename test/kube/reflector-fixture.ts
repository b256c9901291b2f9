/** A reflector on the fault server, with intervals of milliseconds, and a mirror of what it tells. */
import { expect } from 'chai';
import type { Log } from '../../src/core/log.ts';
import { project } from '../../src/core/project.ts';
import type { Infer } from '../../src/core/shape.ts';
import { shapeCodec } from '../../src/kube/codec.ts';
import type { Codec } from '../../src/kube/codec.ts';
import type { ObjectEvent } from '../../src/kube/known-objects.ts';
import type { ReflectorIntervals, ReflectorPhase, ReflectorState } from '../../src/kube/reflector-state.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';
import type { CredentialSource } from '../../src/kube/cluster-config.ts';
import { startFaultServer, thingShape } from '../support/fault-server.ts';
import type { FaultServer, FaultServerOptions } from '../support/fault-server.ts';
import { waitUntil } from '../support/wait-until.ts';

type ThingObject = Infer<typeof thingShape>;

export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Short enough for a test, long enough that none ends by accident. */
const intervals: ReflectorIntervals = {
  backoffFirstMs: 2,
  backoffMaxMs: 20,
  backoffResetMs: 10_000,
  unansweredMaxMs: 20,
  startMs: 0,
  forbiddenRetryMs: 5,
  absentRetryMs: 5,
  watchTimeoutMinMs: 60_000,
  watchTimeoutMaxMs: 60_000,
  idleAfterBookmarkMs: 60_000,
  idleGraceMs: 60_000,
  initialEventsQuietMs: 60_000,
  shortWatchMs: 50,
  staleAfterMs: 60_000,
  listQuietMs: 60_000,
};

export interface FixtureOptions extends FaultServerOptions {
  readonly intervals?: Partial<ReflectorIntervals>;
  readonly credentials?: readonly CredentialSource[];
  readonly forgetsAbsent?: boolean;
  /** Called with each event, before the mirror takes it. */
  readonly beforeEvent?: (event: ObjectEvent<ThingObject>) => void;
}

export class ReflectorFixture {
  readonly server: FaultServer;
  readonly reflector: Reflector<ThingObject>;
  /** As `added web uid-1`, in order. */
  readonly told: string[] = [];
  /** Of each complete state its version, and how much had been told by then. */
  readonly listed: { readonly resourceVersion: string; readonly told: number }[] = [];
  readonly states: ReflectorState[] = [];
  readonly #mirror = new Map<string, string>();
  readonly #transport: Transport;

  static async start(options: FixtureOptions = {}, prepare?: (server: FaultServer) => void): Promise<ReflectorFixture> {
    const server = await startFaultServer(options);
    prepare?.(server);
    const fixture = new ReflectorFixture(server, options);
    fixture.reflector.start();
    return fixture;
  }

  constructor(server: FaultServer, options: FixtureOptions) {
    this.server = server;
    this.#transport = openTransport(
      {
        origin: 'test',
        server: server.url,
        isInsecure: false,
        credentials: options.credentials ?? [],
        namespace: 'default',
      },
      { version: 'test', clock: systemClock, environment: {} },
    );
    const json: Codec<ThingObject> = { json: (input) => project(thingShape, input) };
    this.reflector = new Reflector({
      transport: this.#transport,
      selection: { resource: { group: '', version: 'v1', plural: 'things' } },
      codec: server.speaksProtobuf ? shapeCodec(thingShape) : json,
      sink: (event) => {
        options.beforeEvent?.(event);
        this.#take(event);
      },
      forgetsAbsent: options.forgetsAbsent ?? false,
      onListed: (resourceVersion) => {
        this.listed.push({ resourceVersion, told: this.told.length });
      },
      onState: (state) => {
        this.states.push(state);
      },
      clock: systemClock,
      random: () => 0.5,
      log: silentLog,
      intervals: { ...intervals, ...options.intervals },
    });
  }

  get phases(): readonly ReflectorPhase[] {
    return this.states.map(({ phase }) => phase);
  }

  /** Waits until the mirror shows what the server has. */
  async converge(): Promise<void> {
    await waitUntil(
      () => {
        expect(Object.fromEntries(this.#mirror)).to.deep.equal(this.#truth());
        return true;
      },
      { what: 'the mirror to show what the server has', timeoutMs: 3_000 },
    );
  }

  async whenSynced(): Promise<void> {
    await this.whenPhase('synced');
    await this.converge();
  }

  async whenPhase(phase: ReflectorPhase): Promise<void> {
    await waitUntil(() => this.reflector.state.phase === phase, { what: `the phase to be ${phase}`, timeoutMs: 3_000 });
  }

  async whenRequested(sort: 'list' | 'watch' | 'watch-list', times: number): Promise<void> {
    await waitUntil(() => this.server.count(sort) >= times, { what: `${times} requests to ${sort}`, timeoutMs: 3_000 });
  }

  /** Waits until a watch or watch-list is followed on the server's side. */
  async whenWatched(): Promise<void> {
    await waitUntil(() => this.server.watchers.size > 0, { what: 'a watch to be open', timeoutMs: 3_000 });
  }

  async whenUnwatched(): Promise<void> {
    await waitUntil(() => this.server.watchers.size === 0, { what: 'every watch to be closed', timeoutMs: 3_000 });
  }

  async stop(): Promise<void> {
    await this.reflector.stop();
    this.#transport.close();
    await this.server.close();
  }

  #take(event: ObjectEvent<ThingObject>): void {
    const { name, uid = '' } = event.object.metadata;
    this.told.push(`${event.type} ${name} ${uid}`);
    if (event.type === 'deleted') this.#mirror.delete(name);
    else this.#mirror.set(name, `${uid} ${event.object.data ?? ''}`);
  }

  #truth(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.server.things.values()].map(({ metadata, data }) => [metadata.name, `${metadata.uid} ${data}`]),
    );
  }
}

function ignore(): void {
  /* nobody reads it */
}
