/**
 * How long to wait after each failure in a row.
 *
 * Source: client-go tools/cache/reflector.go and apimachinery util/wait `Backoff.DelayWithReset`.
 */
import type { Clock } from '../core/clock.ts';

export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
  /** After so long without a failure, the next one counts as the first. */
  readonly resetMs: number;
}

export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #lastAt = -Infinity;

  /** @param random from 0 up to, not including, 1 */
  constructor(limits: BackoffLimits, clock: Clock, random: () => number) {
    this.#limits = limits;
    this.#clock = clock;
    this.#random = random;
  }

  /** @returns milliseconds: `firstMs` doubling up to `maxMs`, each up to as much again, so that clients spread out */
  next(): number {
    const { firstMs, maxMs, resetMs } = this.#limits;
    const now = this.#clock.now();
    if (now - this.#lastAt > resetMs) this.#failures = 0;
    this.#lastAt = now;
    const delayMs = Math.min(firstMs * 2 ** Math.min(this.#failures, 30), maxMs);
    this.#failures += 1;
    return delayMs * (1 + this.#random());
  }
}
