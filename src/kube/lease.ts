/**
 * Elects one of several processes by a Lease, and is the heartbeat of the one: it is renewed with a single replica, too,
 * so that others can tell a living operator from a dead one.
 *
 * Source: client-go v0.37.2, tools/leaderelection. Here the holder gives up as soon as it sees another holder, and its
 * own renewal counts from the moment it was sent, so that it always gives up before anybody else may take over.
 */
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { buildHeldRecord, buildReleasedRecord, decideLease, observeLease } from './lease-record.ts';
import type { ObservedLease } from './lease-record.ts';
import type { LeaseStore, StoredLease } from './lease-store.ts';
import { messageOf } from './request-error.ts';
import { pause } from './system-clock.ts';

/** All in milliseconds. */
export interface LeaseIntervals {
  /** How long others wait for a holder that is silent. */
  readonly durationMs: number;
  /** How long a holder tries to renew before it gives up; shorter than `durationMs`. */
  readonly renewDeadlineMs: number;
  /** Between two attempts, for holders and for those who wait; these wait up to 1.2 times as long again. */
  readonly retryMs: number;
}

const defaultLeaseIntervals: LeaseIntervals = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

export interface LeaderElectorOptions {
  readonly store: LeaseStore;
  /** Unique to this process: pod name and something random. */
  readonly identity: string;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly intervals?: LeaseIntervals;
  /** From now on this process may write. Called at most once. */
  readonly onElected: () => void;
  /** This process may write no more, and must end. Called at most once, never after `stop`. */
  readonly onLost: (reason: string) => void;
}

export type ElectorPhase = 'waiting' | 'leading' | 'lost' | 'stopped';

const waitJitter = 1.2;

export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #intervals: LeaseIntervals;
  readonly #stopping = new AbortController();
  #phase: ElectorPhase = 'waiting';
  #observed: ObservedLease | undefined;
  #stored: StoredLease | undefined;
  /** When the last renewal that succeeded was sent. */
  #renewedAtMs = -Infinity;
  #problem = '';
  /** A write of ours may have reached the Lease, whatever became of its answer. */
  #mayHold = false;
  #running: Promise<void> | undefined;

  /** @throws {RangeError} if a holder could still be trying when others take over */
  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#intervals = options.intervals ?? defaultLeaseIntervals;
    const { durationMs, renewDeadlineMs, retryMs } = this.#intervals;
    if (!(durationMs > renewDeadlineMs && renewDeadlineMs > retryMs * waitJitter && retryMs > 0)) {
      throw new RangeError('a lease must last longer than its renewal may take, and that longer than the retries');
    }
  }

  get phase(): ElectorPhase {
    return this.#phase;
  }

  /** Whether this process may write at this very moment, also after it was suspended for a while. */
  get isLeading(): boolean {
    return this.#phase === 'leading' && this.#options.clock.now() - this.#renewedAtMs < this.#intervals.renewDeadlineMs;
  }

  /** Who holds the Lease as far as is known; empty for nobody. */
  get holder(): string {
    return this.#observed?.record.holder ?? '';
  }

  /** Why the last attempt failed; empty if it did not. */
  get problem(): string {
    return this.#problem;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Lets the Lease go, if this process holds it. Call it when the last write is done. */
  async stop(): Promise<void> {
    if (this.#phase !== 'lost') this.#phase = 'stopped';
    this.#stopping.abort(new Error('the election was stopped'));
    await this.#running;
    if (this.#mayHold && this.#phase === 'stopped') await this.#release();
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    const { retryMs } = this.#intervals;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#attempt();
      if (this.#phase === 'lost') return;
      const leftMs = this.#renewedAtMs + this.#intervals.renewDeadlineMs - clock.now();
      const delayMs =
        this.#phase === 'leading' ? Math.min(retryMs, Math.max(0, leftMs)) : retryMs * (1 + waitJitter * random());
      await pause(clock, delayMs, signal);
    }
  }

  /** One try to get or to keep the Lease. */
  async #attempt(): Promise<void> {
    const { clock, log, store } = this.#options;
    const sentAtMs = clock.now();
    try {
      const isHeld = await this.#withDeadline((signal) => this.#tryToHold(signal));
      this.#problem = '';
      if (isHeld) this.#held(sentAtMs);
      else if (this.#phase === 'leading') this.#lose(`"${this.holder}" holds Lease "${store.name}" now`);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#problem = messageOf(error);
      log.warn('the Lease could not be read or written', { lease: store.name, reason: this.#problem });
    }
    if (this.#phase === 'leading' && clock.now() - this.#renewedAtMs >= this.#intervals.renewDeadlineMs) {
      const seconds = this.#intervals.renewDeadlineMs / 1000;
      this.#lose(
        `Lease "${store.name}" could not be renewed for ${seconds} s (${this.#problem || 'the process stood still'})`,
      );
    }
  }

  async #tryToHold(signal: AbortSignal): Promise<boolean> {
    const { store, identity, clock } = this.#options;
    // A holder knows the Lease; if somebody has changed it, the write fails and it is read again.
    const isKnown = this.#phase === 'leading' && this.#stored !== undefined && this.#problem === '';
    if (!isKnown) this.#observe(await store.read(signal));
    const decision = decideLease(this.#observed, identity, clock.now());
    if (decision === 'wait') return false;
    // Whoever gave up waiting for the answer must not be elected behind its own back.
    signal.throwIfAborted();
    this.#mayHold = true;
    const before = this.#stored;
    const record = buildHeldRecord(before?.record, identity, this.#intervals.durationMs, clock.wallTimeMs());
    this.#observe(
      before === undefined ? await store.create(record, signal) : await store.replace(before, record, signal),
    );
    return true;
  }

  #observe(stored: StoredLease | undefined): void {
    this.#stored = stored;
    this.#observed = stored === undefined ? undefined : observeLease(this.#observed, stored, this.#options.clock.now());
  }

  #held(sentAtMs: number): void {
    this.#renewedAtMs = sentAtMs;
    if (this.#phase !== 'waiting') return;
    this.#phase = 'leading';
    this.#options.log.info('elected', { lease: this.#options.store.name, identity: this.#options.identity });
    this.#options.onElected();
  }

  #lose(reason: string): void {
    this.#phase = 'lost';
    this.#options.log.error('leader election lost', { lease: this.#options.store.name, reason });
    this.#options.onLost(reason);
  }

  async #release(): Promise<void> {
    const { clock, log, store, identity } = this.#options;
    try {
      await this.#withDeadline(async (signal) => {
        // A renewal may have been under way when the stop came: what stands now counts.
        const stored = await store.read(signal);
        if (stored?.record.holder !== identity) return;
        await store.replace(stored, buildReleasedRecord(stored.record, clock.wallTimeMs()), signal);
      }, new AbortController().signal);
    } catch (error) {
      log.warn('the Lease was not released; others wait until it ends', {
        lease: store.name,
        reason: messageOf(error),
      });
    }
  }

  /** No call may use up all the time that there is to renew. */
  async #withDeadline<T>(call: (signal: AbortSignal) => Promise<T>, outer = this.#stopping.signal): Promise<T> {
    const { clock } = this.#options;
    const timeoutMs = Math.max(Math.min(1_000, this.#intervals.renewDeadlineMs), this.#intervals.renewDeadlineMs / 2);
    const timeout = new AbortController();
    const timer = clock.setTimeout(() => {
      timeout.abort(new Error(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    const signal = AbortSignal.any([outer, timeout.signal]);
    try {
      signal.throwIfAborted();
      return await Promise.race([call(signal), whenAborted(signal)]);
    } finally {
      timer.cancel();
    }
  }
}

/** Rejects when the signal aborts: also a call that does not listen to it is given up. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
