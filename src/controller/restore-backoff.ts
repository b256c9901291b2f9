/**
 * Somebody who writes over a posture is put right at once; somebody who does it again and again, another Merlon for
 * instance, ever later: Merlon never loops against anybody.
 */

/** Repeats that are put right at once: a person who tries something out. */
const PATIENCE = 3;
const FORGET_AFTER_MS = 60_000;
const MAX_INTERVAL_MS = 60_000;

interface LastWrite {
  readonly digest: string;
  readonly atMs: number;
  /** How often the same was written in a row. */
  readonly repeats: number;
}

export class RestoreBackoff {
  readonly #intervalMs: number;
  readonly #last = new Map<string, LastWrite>();

  /** @param intervalMs least time between two writes of one object */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /**
   * @param digest of what was written, without its times
   * @returns how long the object is left alone now, in milliseconds: the usual time for a few repeats, then doubling while
   *   the same has to be written again
   */
  intervalAfter(key: string, digest: string, nowMs: number): number {
    const last = this.#last.get(key);
    const dueMs = last === undefined ? 0 : this.#intervalOf(last.repeats);
    const isRepeat = last?.digest === digest && nowMs - last.atMs < dueMs + FORGET_AFTER_MS;
    const repeats = isRepeat ? last.repeats + 1 : 0;
    this.#last.set(key, { digest, atMs: nowMs, repeats });
    return this.#intervalOf(repeats);
  }

  forget(key: string): void {
    this.#last.delete(key);
  }

  #intervalOf(repeats: number): number {
    return Math.min(MAX_INTERVAL_MS, this.#intervalMs * 2 ** Math.max(0, repeats - PATIENCE));
  }
}
