/**
 * A queue of keys, level-based: a key that is added while it waits is one key, one that is added while it is worked on
 * is worked on once more, and never two workers have the same key. Each key runs at most once per interval, the first
 * time at once, and may ask for a longer one, or for none where it came too early; one that failed waits longer with each failure. Keys
 * that may wait let others go first, and are never left out for that.
 *
 * Source: client-go util/workqueue (dirty and processing sets, exponential failure rate limiter).
 */
import type { Clock, Timer } from '../core/clock.ts';

export interface WorkQueueOptions {
  readonly clock: Pick<Clock, 'now' | 'setTimeout'>;
  /** How many keys are worked on at a time. */
  readonly concurrency: number;
  /** Least time between the starts of two runs of one key, in milliseconds. */
  readonly minIntervalMs: number;
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** Keys that let others go first, but for every fourth start; by default none. */
  readonly mayWait?: (key: string) => boolean;
  /** Told of each failed run, before it is tried again. */
  readonly onError: (key: string, error: unknown) => void;
}

/**
 * Works on one key; a rejection means: again, later.
 *
 * @returns least time from this run's start to the next one's, in milliseconds; 0 for the queue's own interval; undefined where there
 *   was nothing to be done yet: such a run keeps none waiting
 */
export type Work<Key> = (key: Key) => Promise<number | undefined>;

/** Of so many starts one is for a key that may wait, where both kinds are there. */
const PATIENCE = 4;

export class WorkQueue<Key extends string> {
  readonly #options: WorkQueueOptions;
  readonly #work: Work<Key>;
  /** Keys to run now, in order of arrival. */
  readonly #ready = new Set<Key>();
  /** The same of those that may wait. */
  readonly #patient = new Set<Key>();
  #starts = 0;
  readonly #running = new Set<Key>();
  /** Keys that were added while they ran. */
  readonly #again = new Set<Key>();
  readonly #waiting = new Map<Key, Waiting>();
  /** When a key that has run may run again. */
  readonly #notBefore = new Map<Key, number>();
  readonly #failures = new Map<Key, number>();
  readonly #forgotten = new Set<Key>();
  #isStopped = false;
  #onIdle: (() => void)[] = [];

  /** @param work never called for a key that is being worked on */
  constructor(options: WorkQueueOptions, work: Work<Key>) {
    this.#options = options;
    this.#work = work;
  }

  /** Asks for `key` to be worked on: at once, or as soon as its interval allows. */
  add(key: Key): void {
    if (this.#isStopped || this.#isReady(key)) return;
    if (this.#running.has(key)) {
      this.#again.add(key);
      return;
    }
    this.#schedule(key, this.#notBefore.get(key) ?? 0);
  }

  /** Asks to look at `key` again in `delayMs`, unless that happens earlier anyway. The queue may be idle meanwhile. */
  addAfter(key: Key, delayMs: number): void {
    this.#addLater(key, delayMs, false);
  }

  /** Drops what is remembered of a key that will not come again. */
  forget(key: Key): void {
    if (this.#running.has(key)) this.#forgotten.add(key);
    this.#failures.delete(key);
    this.#notBefore.delete(key);
  }

  get depth(): number {
    return this.#ready.size + this.#patient.size + this.#running.size + this.#waiting.size;
  }

  /** Resolves when nothing waits or runs; retries of failed keys count as waiting, what `addAfter` asked for does not. */
  async whenIdle(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Takes no more keys; resolves when those being worked on are done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { timer } of this.#waiting.values()) timer.cancel();
    this.#waiting.clear();
    this.#ready.clear();
    this.#patient.clear();
    this.#again.clear();
    await this.whenIdle();
  }

  #isIdle(): boolean {
    const underWay = this.#ready.size + this.#patient.size + this.#running.size;
    return underWay === 0 && !this.#waiting.values().some(({ isAwaited }) => isAwaited);
  }

  #addLater(key: Key, delayMs: number, isAwaited: boolean): void {
    if (this.#isStopped || this.#isReady(key) || this.#again.has(key)) return;
    this.#schedule(key, this.#options.clock.now() + delayMs, isAwaited);
  }

  #schedule(key: Key, dueAt: number, isAwaited = true): void {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined && waiting.dueAt <= dueAt) {
      waiting.isAwaited ||= isAwaited;
      return;
    }
    waiting?.timer.cancel();
    this.#waiting.delete(key);
    const delayMs = dueAt - this.#options.clock.now();
    if (delayMs <= 0 && !this.#running.has(key)) {
      this.#addReady(key);
      this.#startNext();
      return;
    }
    const timer = this.#options.clock.setTimeout(
      () => {
        this.#waiting.delete(key);
        if (this.#running.has(key)) this.#again.add(key);
        else this.#addReady(key);
        this.#startNext();
      },
      Math.max(0, delayMs),
    );
    this.#waiting.set(key, { timer, dueAt, isAwaited: isAwaited || waiting?.isAwaited === true });
  }

  #startNext(): void {
    while (this.#running.size < this.#options.concurrency) {
      const key = this.#takeNext();
      if (key === undefined) return;
      this.#running.add(key);
      void this.#run(key);
    }
  }

  #isReady(key: Key): boolean {
    return this.#ready.has(key) || this.#patient.has(key);
  }

  #addReady(key: Key): void {
    const isPatient = this.#options.mayWait?.(key) === true;
    (isPatient ? this.#patient : this.#ready).add(key);
  }

  #takeNext(): Key | undefined {
    const isTurnOfPatient = this.#starts % PATIENCE === PATIENCE - 1;
    const [first, second] = isTurnOfPatient ? [this.#patient, this.#ready] : [this.#ready, this.#patient];
    const from = first.size > 0 ? first : second;
    const { value: key } = from.values().next();
    if (key === undefined) return undefined;
    from.delete(key);
    this.#starts += 1;
    return key;
  }

  async #run(key: Key): Promise<void> {
    const startedAt = this.#options.clock.now();
    let hasFailed = false;
    let intervalMs = this.#options.minIntervalMs;
    try {
      const askedMs = await this.#work(key);
      intervalMs = askedMs === undefined ? 0 : Math.max(intervalMs, askedMs);
    } catch (error) {
      hasFailed = true;
      this.#options.onError(key, error);
    }
    this.#running.delete(key);
    if (!this.#forgotten.delete(key)) this.#notBefore.set(key, startedAt + intervalMs);
    if (hasFailed) this.#retry(key);
    else this.#failures.delete(key);
    if (this.#again.delete(key)) this.add(key);
    this.#startNext();
    if (this.#onIdle.length > 0 && this.#isIdle()) {
      for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  #retry(key: Key): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const { firstRetryMs, maxRetryMs } = this.#options;
    this.#addLater(key, Math.min(maxRetryMs, firstRetryMs * 2 ** failures), true);
  }
}

interface Waiting {
  readonly timer: Timer;
  readonly dueAt: number;
  /** Whether the queue is not idle before. */
  isAwaited: boolean;
}
