/**
 * Keeps a sink true to one kind of the API server's objects, for as long as it runs and whatever happens: it reads all
 * of them, then follows the changes, and after every failure goes on from the last sound resourceVersion or reads
 * again. It never ends by itself.
 *
 * Source: the behaviour of client-go v0.37.2, tools/cache/reflector.go; KEP-3157 (watch-list).
 * It differs where client-go reads everything again after a broken watch: here the watch goes on from the last
 * resourceVersion, and only an expired one, or several failures in a row, cost a new list.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Codec, Identified } from './codec.ts';
import { ConnectionTracker } from './connection-tracker.ts';
import { FullList } from './full-list.ts';
import { InitialObjects } from './initial-objects.ts';
import { KnownObjects, readIdentity } from './known-objects.ts';
import type { ObjectEvent } from './known-objects.ts';
import { ObjectSource } from './object-source.ts';
import type { ObjectSelection } from './object-source.ts';
import { ProtocolError } from './protocol-error.ts';
import { Recovery } from './recovery.ts';
import { defaultIntervals, emptyCounters } from './reflector-state.ts';
import type { ReflectorCounters, ReflectorIntervals, ReflectorState } from './reflector-state.ts';
import { messageOf } from './request-error.ts';
import { nameResource } from './resource-path.ts';
import { SilenceGuard } from './silence-guard.ts';
import { pause } from './system-clock.ts';
import type { Query, Transport } from './transport.ts';
import type { WatchEvent } from './watch-decoder.ts';
import { InitialEventsCutOff, ShortWatch, WatchError } from './watch-failure.ts';
import { WatchListSupport } from './watch-list-support.ts';

export interface ReflectorOptions<T extends Identified> {
  readonly transport: Transport;
  readonly selection: ObjectSelection;
  readonly codec: Codec<T>;
  /**
   * Told of every change, in order; a complete new state comes as the changes it makes, all within one turn of the
   * event loop. What it throws is counted and logged, and changes nothing here.
   */
  readonly sink: (event: ObjectEvent<T>) => void;
  /** Whether what is not served is taken for none of it: then what was known of it is deleted. */
  readonly forgetsAbsent?: boolean;
  /** Told after the changes that a complete new state made: everything is as it was at that version. */
  readonly onListed?: (resourceVersion: string) => void;
  /** Told of every new state, after the events that led to it. */
  readonly onState?: (state: ReflectorState) => void;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly intervals?: Partial<ReflectorIntervals>;
}

export class Reflector<T extends Identified> {
  /** As `deployments.apps`. */
  readonly name: string;
  readonly #options: ReflectorOptions<T>;
  readonly #intervals: ReflectorIntervals;
  readonly #source: ObjectSource<T>;
  readonly #fullList: FullList<T>;
  readonly #watchList = new WatchListSupport();
  readonly #known = new KnownObjects<T>();
  readonly #recovery: Recovery;
  readonly #connection: ConnectionTracker;
  readonly #counters: ReflectorCounters = emptyCounters();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  /** Up to where everything has been taken; empty before the first complete state. */
  #resourceVersion = '';
  /** The server no longer knows that version, or not yet: read what is there now. */
  #isVersionUnavailable = false;
  #mustRead = true;

  constructor(options: ReflectorOptions<T>) {
    const { transport, selection, codec, clock, random } = options;
    this.#options = options;
    this.#intervals = { ...defaultIntervals, ...options.intervals };
    this.name = nameResource(selection.resource);
    this.#source = new ObjectSource(transport, selection, codec);
    this.#fullList = new FullList({
      name: this.name,
      source: this.#source,
      clock,
      quietMs: this.#intervals.listQuietMs,
      signal: this.#stopping.signal,
      onRequest: () => {
        this.#counters.lists += 1;
      },
    });
    this.#recovery = new Recovery(this.#intervals, clock, random);
    this.#connection = new ConnectionTracker(clock, this.#intervals.staleAfterMs, (state) => {
      this.#guarded(() => this.#options.onState?.(state));
    });
  }

  get state(): ReflectorState {
    return this.#connection.state;
  }

  get counters(): Readonly<ReflectorCounters> {
    return { ...this.#counters };
  }

  /** How many objects are known. */
  get size(): number {
    return this.#known.size;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends it; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the reflector was stopped'));
    await this.#running;
    this.#connection.end();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    this.#connection.started();
    for (;;) {
      const versionBefore = this.#resourceVersion;
      try {
        await (this.#mustRead ? this.#read() : this.#follow());
        this.#connection.lost('the API server ended the watch');
      } catch (error) {
        // A stop shows as a failed request.
        if (!isAborted(signal)) await pause(this.#options.clock, this.#takeFailure(error, versionBefore), signal);
      }
      if (isAborted(signal)) return;
    }
  }

  /** Reads everything, and follows the changes where that can be done on the same stream. */
  async #read(): Promise<void> {
    if (!this.#watchList.isRefused) {
      try {
        await this.#follow(new InitialObjects<T>());
        return;
      } catch (error) {
        // Once everything is read, what fails is the watch.
        if (!this.#mustRead || !this.#watchList.noteFailed(error)) throw error;
        this.#options.log.info('watch-list failed; listing', { resource: this.name, reason: messageOf(error) });
      }
    }
    const from = this.#isVersionUnavailable ? '' : this.#resourceVersion;
    const isFirst = from === '' && !this.#isVersionUnavailable;
    const { objects, resourceVersion } = await this.#fullList.read(isFirst ? '0' : from);
    this.#replace(objects, resourceVersion);
  }

  /** Follows one watch to its end. @param initial given for a watch-list, which sends all objects first */
  async #follow(initial?: InitialObjects<T>): Promise<void> {
    const { clock } = this.#options;
    const { shortWatchMs, idleGraceMs, idleAfterBookmarkMs, initialEventsQuietMs } = this.#intervals;
    const timeoutSeconds = this.#pickTimeoutSeconds();
    const idleMs = timeoutSeconds * 1000 + idleGraceMs;
    const guard = new SilenceGuard(
      `watch ${this.name}`,
      clock,
      initial === undefined ? idleMs : initialEventsQuietMs,
      this.#stopping.signal,
    );
    const startedAt = clock.now();
    const versionAtStart = this.#resourceVersion;
    let pending = initial;
    let hasBookmark = false;
    let settled: Timer | undefined;
    this.#counters.watches += 1;
    try {
      const stream = await this.#source.watch(this.#watchQuery(timeoutSeconds, initial !== undefined), guard.signal);
      // A stream that lasts is a good one, also where nothing happens.
      if (initial === undefined) {
        settled = clock.setTimeout(() => {
          this.#connection.connected();
        }, shortWatchMs);
      }
      await stream.read(
        (event) => {
          if (!this.#takeEvent(event, pending)) return;
          pending = undefined;
          hasBookmark ||= event.type === 'bookmark';
          guard.limit(hasBookmark ? idleAfterBookmarkMs : idleMs);
        },
        () => {
          guard.touch();
        },
      );
    } catch (error) {
      throw guard.silent ?? error;
    } finally {
      guard.end();
      settled?.cancel();
    }
    if (pending !== undefined) throw new InitialEventsCutOff('the stream ended before the end of its initial events');
    const livedMs = clock.now() - startedAt;
    if (livedMs < shortWatchMs && this.#resourceVersion === versionAtStart) {
      this.#counters.shortWatches += 1;
      throw new ShortWatch(`the watch ended after ${Math.round(livedMs)} ms with nothing new`);
    }
  }

  #watchQuery(timeoutSeconds: number, isWatchList: boolean): Query {
    const common = { allowWatchBookmarks: true, timeoutSeconds };
    if (!isWatchList) return { ...common, resourceVersion: this.#resourceVersion };
    return {
      ...common,
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      resourceVersion: this.#isVersionUnavailable ? '' : this.#resourceVersion,
    };
  }

  /** @returns whether the event shows that the stream is past its initial events */
  #takeEvent(event: WatchEvent<T>, initial: InitialObjects<T> | undefined): boolean {
    this.#counters.events += 1;
    if (event.type === 'error') throw new WatchError(this.name, event.status);
    if (event.type === 'bookmark') {
      if (initial !== undefined && !event.endsInitialEvents) return false;
      if (initial === undefined) {
        this.#resourceVersion = event.resourceVersion;
      } else {
        this.#watchList.noteAnswered();
        this.#replace(initial.release(), event.resourceVersion);
      }
    } else {
      const identity = readIdentity(event.object);
      if (initial !== undefined) {
        // Initial events come in no order of versions: theirs say nothing.
        initial.take(event.type, identity, event.object);
        return false;
      }
      for (const change of this.#known.take(event.type, event.object)) this.#emit(change);
      this.#resourceVersion = identity.resourceVersion;
    }
    this.#recovery.succeeded();
    this.#connection.connected();
    return true;
  }

  #replace(objects: readonly T[], resourceVersion: string): void {
    this.#tell(objects);
    this.#resourceVersion = resourceVersion;
    this.#isVersionUnavailable = false;
    this.#mustRead = false;
    this.#counters.replaces += 1;
    this.#guarded(() => this.#options.onListed?.(resourceVersion));
    this.#connection.connected();
  }

  #tell(objects: readonly T[]): void {
    this.#known.replace(objects, (change) => {
      this.#emit(change);
    });
  }

  /** Learns from a failure. @returns milliseconds until the next attempt */
  #takeFailure(error: unknown, versionBefore: string): number {
    const message = messageOf(error);
    this.#counters.errors += 1;
    if (error instanceof ProtocolError) this.#counters.parseErrors += 1;
    this.#options.log.warn('reading was interrupted', { resource: this.name, reason: message });
    const { failure, delayMs, mustRead } = this.#recovery.planAfter(error, this.#resourceVersion !== versionBefore);
    if (failure === 'absent' && this.#options.forgetsAbsent === true) this.#tell([]);
    if (failure === 'forbidden' || failure === 'absent') this.#connection.refused(failure, message);
    else this.#connection.failed(message);
    // A watch's version that has expired is good enough to ask for what is no older; one that a read was refused is not.
    if (failure === 'version' && this.#mustRead) this.#isVersionUnavailable = true;
    this.#mustRead ||= mustRead;
    return delayMs;
  }

  #emit(change: ObjectEvent<T>): void {
    this.#guarded(() => {
      this.#options.sink(change);
    });
  }

  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#counters.handlerErrors += 1;
      this.#options.log.error('an event was not taken', { resource: this.name, reason: messageOf(error) });
    }
  }

  #pickTimeoutSeconds(): number {
    const { watchTimeoutMinMs: min, watchTimeoutMaxMs: max } = this.#intervals;
    return Math.ceil((min + this.#options.random() * (max - min)) / 1000);
  }
}

/** Asked again after each wait: the answer changes meanwhile. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
