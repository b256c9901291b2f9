/** Writes a posture where it says something else than what stands, and remembers which may not be written. */
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { stampTimes } from '../core/status.ts';
import type { UntimedStatus } from '../core/status.ts';
import { digestOf, digestsOf, postureKindOf } from './posture-store.ts';
import type { PostureKind, PostureScope, PostureStore } from './posture-store.ts';
import type { PostureWriter, WriteResult } from './posture-writer.ts';
import { RestoreBackoff } from './restore-backoff.ts';

export interface PostureUpdatesOptions {
  readonly postures: PostureStore;
  readonly writer: PostureWriter;
  /** Whether this process is the one that writes, at this very moment. */
  readonly mayWrite: () => boolean;
  readonly log: Log;
  readonly clock: Clock;
  /** The present moment as RFC 3339 with second precision. */
  readonly timestamp: () => string;
  /** Least time between two writes of one object, in milliseconds. */
  readonly writeIntervalMs: number;
  /** Called where a write was refused, or found its object gone: it may succeed later. */
  readonly retryLater: (scope: PostureScope) => void;
  /** Called where other postures may not be written than before. */
  readonly onRefusals: () => void;
}

export class PostureUpdates {
  /** Written since the start. */
  writes = 0;
  readonly #options: PostureUpdatesOptions;
  readonly #refusals = new Map<PostureScope, string>();
  readonly #restores: RestoreBackoff;
  readonly #unknown = new Set<PostureKind>();

  constructor(options: PostureUpdatesOptions) {
    this.#options = options;
    this.#restores = new RestoreBackoff(options.writeIntervalMs);
  }

  /** Those that may not be written, each with the reason. */
  get refusals(): ReadonlyMap<PostureScope, string> {
    return this.#refusals;
  }

  /** Why what stands may be older than what is known; empty while all is well. */
  get troubles(): readonly string[] {
    const [refusal] = this.#refusals.values();
    const refused = refusal === undefined ? [] : [`${this.#refusals.size} postures may not be written: ${refusal}`];
    return [...refused, ...[...this.#unknown].map((kind) => `the postures of ${kind} cannot be read`)];
  }

  /** Takes note of whether anybody knows what stands of that kind: otherwise none of it is written. */
  observe(of: PostureKind, isKnown: boolean): void {
    if (isKnown) this.#unknown.delete(of);
    else this.#unknown.add(of);
  }

  /** Its namespace is gone. */
  forget(scope: PostureScope): void {
    this.#options.postures.forget(scope);
    this.#refusals.delete(scope);
    this.#restores.forget(scope);
  }

  /** @returns how long the posture is left alone now, in milliseconds: 0 where nothing was written */
  async update(scope: PostureScope, status: UntimedStatus): Promise<number> {
    const { postures, writer, mayWrite, log, clock, timestamp } = this.#options;
    if (!mayWrite()) throw new Error('another process writes now');
    if (this.#unknown.has(postureKindOf(scope))) return 0;
    let stored = postures.get(scope);
    if (stored === undefined) {
      const created = await writer.createPosture(scope);
      if (!this.#isSettled(scope, created)) return 0;
      postures.written(scope, created.object, undefined);
      stored = postures.get(scope);
      if (stored === undefined) return 0;
    }
    const timed = stampTimes(status, postures.carriedOf(scope), timestamp());
    if (postures.says(scope, timed)) {
      postures.confirmed(scope, timed);
      return 0;
    }
    const replaced = await writer.replacePostureStatus(scope, stored.resourceVersion, timed);
    if (replaced.outcome === 'gone') {
      // Deleted, which the watch has not shown; or more than it is gone, which the next attempt to create it tells.
      postures.absent(scope);
      return 0;
    }
    if (!this.#isSettled(scope, replaced)) return 0;
    this.writes += 1;
    if (postures.written(scope, replaced.object, timed).digest !== digestsOf(timed).whole) {
      log.error('the API server stored another status than was written; are the CRDs of this version?', { scope });
    }
    return this.#restores.intervalAfter(scope, digestOf(status), clock.now());
  }

  #isSettled<T>(scope: PostureScope, result: WriteResult<T>): result is WriteResult<T> & { outcome: 'written' } {
    const { log, retryLater, onRefusals } = this.#options;
    if (result.outcome !== 'refused' && this.#refusals.delete(scope)) onRefusals();
    switch (result.outcome) {
      case 'written':
        return true;
      case 'gone':
        // Its namespace is gone, which the watch will show; or its kind, which may be back before anybody has noticed.
        retryLater(scope);
        return false;
      case 'conflict':
        throw new Error('somebody else wrote first');
      case 'refused':
        if (this.#refusals.get(scope) !== result.message) {
          this.#refusals.set(scope, result.message);
          log.warn('a posture may not be written', { scope, reason: result.message });
          onRefusals();
        }
        retryLater(scope);
        return false;
    }
  }
}
