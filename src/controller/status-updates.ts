/** Writes the status of what people own (policies, exemptions) where it says something else than what stands. */
import type { ObjectMeta } from '../api/v1alpha1/schema.ts';
import type { Log } from '../core/log.ts';
import type { AnyOwned, PostureWriter } from './posture-writer.ts';
import { digestOf } from './posture-store.ts';

/** What is changed all the time gets its status no more often than that. */
const STATUS_INTERVAL_MS = 1000;

export interface StatusUpdatesOptions<Key> {
  readonly writer: Pick<PostureWriter, 'replacePolicyStatus'>;
  /** Whether this process is the one that writes, at this very moment. */
  readonly mayWrite: () => boolean;
  readonly log: Log;
  /** The present moment as RFC 3339 with second precision. */
  readonly timestamp: () => string;
  /** Least time between two writes of one object, in milliseconds. */
  readonly writeIntervalMs: number;
  /** Called where a write was refused: it may be allowed later. */
  readonly retryLater: (key: Key) => void;
  /** Called for an object that is gone. */
  readonly forget: (key: Key) => void;
}

interface Written {
  readonly over: string;
  readonly digest: string;
  /** Whether it is that version still, as the API server keeps nothing of what is new to its CRDs: no other will be shown. */
  readonly isShown: boolean;
}

export class StatusUpdates<Key extends string> {
  readonly #options: StatusUpdatesOptions<Key>;
  /** Of each object over which version its status was last written, and what. */
  readonly #written = new Map<Key, Written>();

  constructor(options: StatusUpdatesOptions<Key>) {
    this.#options = options;
  }

  forget(key: Key): void {
    this.#written.delete(key);
    this.#options.forget(key);
  }

  /** @returns how long the object is left alone now, in milliseconds: 0 where nothing was written */
  async update(
    key: Key,
    object: AnyOwned & { readonly metadata: ObjectMeta; readonly status?: object },
    buildStatus: () => object,
  ): Promise<number> {
    const { mayWrite, writer, log, retryLater, writeIntervalMs } = this.#options;
    const { resourceVersion } = object.metadata;
    const before = this.#written.get(key);
    const last = before?.over === resourceVersion ? before : undefined;
    // Until the watch shows what came of it nothing is due.
    if (last?.isShown === false) return 0;
    const status = buildStatus();
    const digest = digestOf(status);
    if (last?.digest === digest || (object.status !== undefined && digest === digestOf(object.status))) return 0;
    if (!mayWrite()) throw new Error('another process writes now');
    const result = await writer.replacePolicyStatus(object, status);
    if (result.outcome === 'conflict') throw new Error('it changed meanwhile');
    if (result.outcome === 'refused') {
      log.warn('a status may not be written', { of: key, reason: result.message });
      retryLater(key);
    }
    if (result.outcome !== 'written') return 0;
    if (resourceVersion !== undefined) {
      const isShown = result.object.metadata.resourceVersion === resourceVersion;
      this.#written.set(key, { over: resourceVersion, digest, isShown });
    }
    return Math.max(writeIntervalMs, STATUS_INTERVAL_MS);
  }
}
