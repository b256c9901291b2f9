/** How a reflector goes on after each failure: when, and whether from where it was or from the beginning. */
import type { Clock } from '../core/clock.ts';
import { Backoff } from './backoff.ts';
import type { ReflectorIntervals } from './reflector-state.ts';
import { StatusError } from './request-error.ts';
import { classifyFailure } from './watch-failure.ts';
import type { WatchFailure } from './watch-failure.ts';

export interface NextAttempt {
  readonly failure: WatchFailure;
  readonly delayMs: number;
  /** Everything is to be read: the version is of no use, or is suspect. */
  readonly mustRead: boolean;
}

/** After so many in a row the version itself is suspect. */
const failuresUntilRead = { unavailable: 10, other: 3 } as const;

export class Recovery {
  readonly #intervals: ReflectorIntervals;
  readonly #backoff: Backoff;
  /** For attempts that nobody answered. */
  readonly #unanswered: Backoff;
  readonly #clock: Clock;
  #failuresInARow = 0;
  /** When a connection broke last, or nobody answered. */
  #brokenAtMs = Number.NEGATIVE_INFINITY;

  constructor(intervals: ReflectorIntervals, clock: Clock, random: () => number) {
    const { backoffFirstMs: firstMs, backoffMaxMs: maxMs, backoffResetMs: resetMs, unansweredMaxMs } = intervals;
    this.#intervals = intervals;
    this.#clock = clock;
    this.#backoff = new Backoff({ firstMs, maxMs, resetMs }, clock, random);
    this.#unanswered = new Backoff({ firstMs, maxMs: Math.min(maxMs, unansweredMaxMs), resetMs }, clock, random);
  }

  /** Something useful has come. */
  succeeded(): void {
    this.#failuresInARow = 0;
  }

  /** @param hasAdvanced whether the attempt brought something before it failed */
  planAfter(error: unknown, hasAdvanced: boolean): NextAttempt {
    this.#failuresInARow += 1;
    const failure = classifyFailure(error);
    if (failure === 'connection') this.#brokenAtMs = this.#clock.now();
    switch (failure) {
      case 'forbidden':
      case 'absent':
        if (this.#mayBeStarting())
          return { failure: 'unavailable', delayMs: this.#intervals.backoffFirstMs, mustRead: false };
        return failure === 'forbidden'
          ? { failure, delayMs: this.#intervals.forbiddenRetryMs, mustRead: false }
          : { failure, delayMs: this.#intervals.absentRetryMs, mustRead: true };
      case 'version':
        return { failure, delayMs: this.#delayAfter(error), mustRead: true };
      case 'connection':
        // A connection that brought something and broke is opened again at once.
        return { failure, delayMs: hasAdvanced ? 0 : this.#unanswered.next(), mustRead: false };
      case 'unavailable':
      case 'other': {
        const mustRead = this.#failuresInARow >= failuresUntilRead[failure];
        return { failure, delayMs: this.#delayAfter(error), mustRead };
      }
    }
  }

  /** An API server that was started a moment ago knows neither what anybody may nor all that it serves, and says no. */
  #mayBeStarting(): boolean {
    return this.#clock.now() - this.#brokenAtMs < this.#intervals.startMs;
  }

  #delayAfter(error: unknown): number {
    const askedMs = error instanceof StatusError ? (error.status.retryAfterSeconds ?? 0) * 1000 : 0;
    return Math.max(this.#backoff.next(), askedMs);
  }
}
