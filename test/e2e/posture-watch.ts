/** All postures of a cluster as somebody else than the operator sees them, with the moment at which each was seen. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterSecurityPosture } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { SecurityPosture } from '../../src/api/v1alpha1/security-posture.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import type { ResourceClient, WatchEvent } from '../support/resource-client.ts';

export type Posture = SecurityPosture | ClusterSecurityPosture;

export interface PostureSeen {
  /** By `performance.now()`. */
  readonly atMs: number;
  readonly posture: Posture;
}

export interface WaitOptions {
  /** What is waited for, for the message. */
  readonly what: string;
  readonly timeoutMs: number;
  /** Named in the message: what is not yet as it should be. */
  readonly missing?: () => string;
}

const retryPauseMs = 200;

export class PostureWatch {
  /** By namespace. */
  readonly namespaces = new Map<string, SecurityPosture>();
  cluster: ClusterSecurityPosture | undefined;
  readonly #listeners = new Set<(seen: PostureSeen) => void>();
  readonly #stopping = new AbortController();
  #following: Promise<unknown> | undefined;

  /**
   * Resolves when what is there has been read.
   * @param client of someone who may read postures; their kinds must exist
   */
  static async start(client: ApiClient): Promise<PostureWatch> {
    const watch = new PostureWatch();
    const [namespaces, cluster] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    watch.#following = Promise.all([
      watch.#follow(client.resource<SecurityPosture>(API_VERSION, 'securitypostures'), {
        listed: namespaces.resolve,
        clear: () => {
          watch.namespaces.clear();
        },
        set: (posture) => watch.namespaces.set(posture.metadata.namespace ?? '', posture),
        remove: (posture) => watch.namespaces.delete(posture.metadata.namespace ?? ''),
      }),
      watch.#follow(client.resource<ClusterSecurityPosture>(API_VERSION, 'clustersecuritypostures'), {
        listed: cluster.resolve,
        clear: () => {
          watch.cluster = undefined;
        },
        set: (posture) => (watch.cluster = posture),
        remove: () => (watch.cluster = undefined),
      }),
    ]);
    await Promise.all([namespaces.promise, cluster.promise]);
    return watch;
  }

  /** Calls back for every posture that comes, changes or goes. @returns ends that */
  onPosture(listener: (seen: PostureSeen) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Looks at every change until the postures are as wanted.
   * @returns when that was seen, by `performance.now()`
   * @throws {Error} after `timeoutMs`
   */
  async until(condition: () => boolean, { what, timeoutMs, missing }: WaitOptions): Promise<number> {
    if (condition()) return performance.now();
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(deadline);
        this.#listeners.delete(look);
      };
      const look = ({ atMs }: { atMs: number }) => {
        if (!condition()) return;
        settle();
        resolve(atMs);
      };
      const deadline = setTimeout(() => {
        settle();
        const rest = missing === undefined ? '' : `; still: ${missing()}`;
        reject(new Error(`waited ${timeoutMs / 1000} s in vain for ${what}${rest}`));
      }, timeoutMs);
      this.#listeners.add(look);
    });
  }

  /**
   * Waits until no posture has changed for `quietMs`.
   * @throws {Error} when they still change after `timeoutMs`
   */
  async untilQuiet(quietMs: number, timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    let lastChangeMs = performance.now();
    const end = this.onPosture(({ atMs }) => {
      lastChangeMs = atMs;
    });
    try {
      for (let waitMs = quietMs; waitMs > 0; waitMs = lastChangeMs + quietMs - performance.now()) {
        await pause(waitMs);
        if (performance.now() > deadlineMs) throw new Error('the postures keep changing though nothing happens');
      }
    } finally {
      end();
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
  }

  async #follow<P extends Posture>(resource: ResourceClient<P>, mirror: Mirror<P>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const { metadata, items } = bodyOf('list postures', await resource.list());
        mirror.clear();
        for (const posture of items) this.#note('ADDED', posture, mirror);
        mirror.listed(undefined);
        for await (const { type, object } of resource.watch({ resourceVersion: metadata.resourceVersion }, signal)) {
          // After an error the server ends the stream.
          if (type !== 'ERROR') this.#note(type, object, mirror);
        }
      } catch {
        // The API server is away, or the kind is: again from the list.
        await pause(retryPauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #note<P extends Posture>(type: WatchEvent['type'], posture: P, mirror: Mirror<P>): void {
    if (type === 'DELETED') mirror.remove(posture);
    else mirror.set(posture);
    const seen = { atMs: performance.now(), posture };
    for (const listener of this.#listeners) listener(seen);
  }
}

interface Mirror<P> {
  listed(nothing: undefined): void;
  clear(): void;
  set(posture: P): void;
  remove(posture: P): void;
}
