/** Waiting for the state of the world, without sleeps in tests. */

export interface WaitOptions {
  /** What is waited for, for the message: `the posture to show one failure`. */
  readonly what: string;
  readonly timeoutMs?: number;
  /**
   * Asking takes so much work that it holds up what is waited for: pauses grow to a twentieth of the time waited, and to
   * a second at most.
   */
  readonly isCostly?: boolean;
}

const firstPauseMs = 10;
const longestPauseMs = 100;
const longestCostlyPauseMs = 1000;

/**
 * Asks again until the condition gives something truthy. A condition that throws (an assertion, a refused connection)
 * is asked again too.
 * @returns what the condition gave
 * @throws {Error} after `timeoutMs` (10 s), with the condition's last error as cause
 */
export async function waitUntil<T>(
  condition: () => T | Promise<T>,
  { what, timeoutMs = 10_000, isCostly = false }: WaitOptions,
): Promise<Exclude<T, false | undefined | null | 0 | ''>> {
  const startedAt = Date.now();
  const deadline = startedAt + timeoutMs;
  let cause: unknown;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, limitPause(Date.now() - startedAt, isCostly))) {
    try {
      const result = await condition();
      if (result) return result as Exclude<T, false | undefined | null | 0 | ''>;
      cause = undefined;
    } catch (error) {
      if (error instanceof WaitAborted) throw error;
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(timeoutMessage(what, timeoutMs, cause), { cause });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** @returns how long the next pause may be, in milliseconds */
export function limitPause(waitedMs: number, isCostly: boolean): number {
  return isCostly ? Math.min(Math.max(longestPauseMs, waitedMs / 20), longestCostlyPauseMs) : longestPauseMs;
}

/** Thrown by a condition to end the waiting: what is waited for cannot happen any more. */
export class WaitAborted extends Error {}

function timeoutMessage(what: string, timeoutMs: number, cause: unknown): string {
  const last = cause === undefined ? '' : `; last: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`;
  return `waited ${timeoutMs / 1000} s in vain for ${what}${last}`;
}
