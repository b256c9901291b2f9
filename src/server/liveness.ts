/** Whether the process still does what it should: its event loop turns. */
import type { Clock, Timer } from '../core/clock.ts';

const TICK_MS = 1_000;

export class LivenessWatch {
  readonly #clock: Clock;
  readonly #maxLagMs: number;
  #tickedAt: number;
  #timer: Timer | undefined;

  /** @param maxLagMs how long the event loop may stand still */
  constructor(clock: Clock, maxLagMs = 5_000) {
    this.#clock = clock;
    this.#maxLagMs = maxLagMs;
    this.#tickedAt = clock.now();
  }

  start(): void {
    this.#tickedAt = this.#clock.now();
    this.#timer = this.#clock.setTimeout(() => {
      this.start();
    }, TICK_MS);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Asked from the same event loop, so only a loop that turns again can answer: it tells of the last standstill. */
  problem(): string | undefined {
    const lagMs = this.#clock.now() - this.#tickedAt - TICK_MS;
    return lagMs <= this.#maxLagMs ? undefined : `the event loop stood still for ${Math.round(lagMs / 1000)} s`;
  }
}
