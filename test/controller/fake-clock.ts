/** A clock that stands still until a test moves it. */
import type { Clock, Timer } from '../../src/core/clock.ts';

interface Waiting {
  dueAt: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  readonly #waiting = new Set<Waiting>();
  #now = 1000;

  now(): number {
    return this.#now;
  }

  wallTimeMs(): number {
    return 1_795_536_000_000 + this.#now;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const waiting = { dueAt: this.#now + delayMs, callback };
    this.#waiting.add(waiting);
    let isCancelled = false;
    return {
      cancel: () => {
        isCancelled = true;
        this.#waiting.delete(waiting);
      },
      // As Node has it: one that is over is set anew.
      refresh: () => {
        waiting.dueAt = this.#now + delayMs;
        if (!isCancelled) this.#waiting.add(waiting);
      },
    };
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#waiting.size;
  }

  /** Lets that much time pass, timers in the order in which they are due, and whatever follows from each of them. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.callback();
      await settled();
    }
    this.#now = end;
  }

  #nextUntil(end: number): Waiting | undefined {
    const [next] = [...this.#waiting].filter(({ dueAt }) => dueAt <= end).sort((a, b) => a.dueAt - b.dueAt);
    return next;
  }
}

/** Resolves when every promise that could be settled without time passing is settled. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
