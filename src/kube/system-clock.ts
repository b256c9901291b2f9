/** The machine's own time, and waiting. */
import type { Clock } from '../core/clock.ts';

export const systemClock: Clock = {
  // As `performance.now`, which is slower and a module to load.
  now: () => {
    const time = process.hrtime();
    return time[0] * 1000 + time[1] / 1e6;
  },
  wallTimeMs: () => Date.now(),
  setTimeout(callback, delayMs) {
    const timeout = setTimeout(callback, delayMs);
    return {
      cancel() {
        clearTimeout(timeout);
      },
      refresh() {
        timeout.refresh();
      },
    };
  },
};

/** Waits; ends early, without an error, when `signal` aborts. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const end = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimeout(end, delayMs);
    signal?.addEventListener('abort', end, { once: true });
  });
}
