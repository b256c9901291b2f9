/**
 * Notices that what people wrote comes to its end: at its very moment, without any event, also where the machine slept or
 * its time was set.
 */
import type { Clock, Timer } from '../core/clock.ts';

/** Something with an end. */
export interface Ending {
  /** Milliseconds since 1970; Infinity where it does not end. */
  readonly expiresMs: number;
}

/** A timer measures time that passes, and an end is a time of day: they are compared at least this often. */
const LONGEST_WAIT_MS = 30_000;

export interface ExpiryWatchOptions<T extends Ending> {
  readonly clock: Clock;
  /** All that there are, also those that have ended. */
  readonly items: () => Iterable<T>;
  readonly onExpired: (items: readonly T[]) => void;
}

export class ExpiryWatch<T extends Ending> {
  readonly #options: ExpiryWatchOptions<T>;
  #timer: Timer | undefined;
  #isRunning = false;
  /** Up to when everything that ended was told. */
  #toldMs = 0;
  #nextMs = Infinity;

  constructor(options: ExpiryWatchOptions<T>) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    this.#toldMs = this.#options.clock.wallTimeMs();
    this.#nextMs = this.#findNext();
    this.#arm();
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** Another one is in force. */
  add({ expiresMs }: Ending): void {
    if (!this.#isRunning || expiresMs >= this.#nextMs || expiresMs <= this.#toldMs) return;
    this.#nextMs = expiresMs;
    this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#nextMs === Infinity) return;
    const { clock } = this.#options;
    const delayMs = Math.min(Math.max(this.#nextMs - clock.wallTimeMs(), 0), LONGEST_WAIT_MS);
    this.#timer = clock.setTimeout(() => {
      this.#check();
    }, delayMs);
  }

  #check(): void {
    if (!this.#isRunning) return;
    const { clock, items, onExpired } = this.#options;
    const nowMs = clock.wallTimeMs();
    if (nowMs >= this.#nextMs) {
      const toldMs = this.#toldMs;
      this.#toldMs = nowMs;
      onExpired([...items()].filter(({ expiresMs }) => toldMs < expiresMs && expiresMs <= nowMs));
      this.#nextMs = this.#findNext();
    }
    this.#arm();
  }

  #findNext(): number {
    let next = Infinity;
    for (const { expiresMs } of this.#options.items()) {
      if (expiresMs > this.#toldMs && expiresMs < next) next = expiresMs;
    }
    return next;
  }
}
