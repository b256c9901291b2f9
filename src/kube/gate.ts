/**
 * Lets a few through at a time, in the order in which they came. TLS costs both sides more than what is said first on most
 * connections: where all of an operator's begin at once, the one that has by far the most to bring would wait for all others.
 */
import type { Clock } from '../core/clock.ts';

export class Gate {
  readonly #clock: Clock;
  readonly #longestMs: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /**
   * @param limit how many may be within
   * @param longestMs who stays longer holds up nobody any more
   */
  constructor(limit: number, longestMs: number, clock: Clock) {
    this.#free = limit;
    this.#longestMs = longestMs;
    this.#clock = clock;
  }

  /**
   * Waits no longer than until `signal` aborts.
   * @returns what is called on the way out; again, it does nothing
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return nothing;
    if (this.#free > 0) this.#free -= 1;
    else if (!(await this.#wait(signal))) return nothing;
    let isWithin = true;
    const leave = (): void => {
      timer.cancel();
      if (!isWithin) return;
      isWithin = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    };
    const timer = this.#clock.setTimeout(leave, this.#longestMs);
    return leave;
  }

  /** @returns whether it was let through */
  #wait(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const pass = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(true);
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(pass), 1);
        resolve(false);
      };
      this.#waiting.push(pass);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}

function nothing(): void {
  /* Who gave up has nothing to leave. */
}
