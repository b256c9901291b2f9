/** Tells which day it is in UTC: at once, and each time that another one begins. */
import type { Clock } from '../core/clock.ts';
import { dayOf } from '../core/moment.ts';
import { ExpiryWatch } from './expiry-watch.ts';
import type { Ending } from './expiry-watch.ts';

const DAY_MS = 86_400_000;

export class DayWatch {
  readonly #clock: Clock;
  readonly #onDay: (day: string) => void;
  readonly #ends: ExpiryWatch<Ending>;

  /** @param onDay is given it as `2026-11-26` */
  constructor(clock: Clock, onDay: (day: string) => void) {
    this.#clock = clock;
    this.#onDay = onDay;
    this.#ends = new ExpiryWatch<Ending>({
      clock,
      items: () => [{ expiresMs: endOfDay(clock.wallTimeMs()) }],
      onExpired: () => {
        this.#tell();
      },
    });
  }

  start(): void {
    this.#tell();
    this.#ends.start();
  }

  stop(): void {
    this.#ends.stop();
  }

  #tell(): void {
    this.#onDay(dayOf(this.#clock.wallTimeMs()));
  }
}

function endOfDay(nowMs: number): number {
  return (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
}
