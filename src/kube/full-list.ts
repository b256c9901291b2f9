/**
 * Reads a complete state by list requests, page by page where the server pages.
 *
 * Source: client-go v0.37.2: tools/cache/reflector.go `list`, tools/pager.
 */
import type { Clock } from '../core/clock.ts';
import type { Identified } from './codec.ts';
import { readIdentity } from './known-objects.ts';
import type { ListPage } from './list-decoder.ts';
import type { ObjectSource } from './object-source.ts';
import { SilenceGuard } from './silence-guard.ts';
import { classifyFailure } from './watch-failure.ts';

export interface ListedState<T> {
  readonly objects: readonly T[];
  readonly resourceVersion: string;
}

export interface FullListOptions<T> {
  readonly name: string;
  readonly source: ObjectSource<T>;
  readonly clock: Clock;
  /** So long a page may be silent, in milliseconds. */
  readonly quietMs: number;
  readonly signal: AbortSignal;
  /** Called before each request. */
  readonly onRequest: () => void;
}

const pageSize = 500;

export class FullList<T extends Identified> {
  readonly #options: FullListOptions<T>;
  /** With resourceVersion 0 the server answered in pages: it has no watch cache for this kind. */
  #isAlwaysPaged = false;

  constructor(options: FullListOptions<T>) {
    this.#options = options;
  }

  /**
   * @param resourceVersion `0` for what the server has at hand, a version for what is no older, empty for what is now
   * @throws {RequestError | ProtocolError}
   */
  async read(resourceVersion: string): Promise<ListedState<T>> {
    // A server with a watch cache serves a given version from it only without a limit.
    const isPaged = resourceVersion === '' || resourceVersion === '0' || this.#isAlwaysPaged;
    try {
      const { pages, ...state } = await this.#readPages(resourceVersion, isPaged);
      if (resourceVersion === '0' && pages > 1) this.#isAlwaysPaged = true;
      return state;
    } catch (error) {
      if (classifyFailure(error) !== 'version') throw error;
      // A version that the server does not have, or a page's token that expired: what is there now, in one piece.
      const { pages, ...state } = await this.#readPages('', false);
      return state;
    }
  }

  async #readPages(resourceVersion: string, isPaged: boolean): Promise<ListedState<T> & { readonly pages: number }> {
    const objects: T[] = [];
    const limit = isPaged ? pageSize : undefined;
    let page = await this.#readPage({ resourceVersion, limit }, objects);
    let pages = 1;
    for (; page.continueToken !== ''; pages += 1) {
      // Others have their turn between two pages.
      await new Promise((resolve) => setImmediate(resolve));
      page = await this.#readPage({ continue: page.continueToken, limit }, objects);
    }
    return { objects, resourceVersion: page.resourceVersion, pages };
  }

  async #readPage(query: Readonly<Record<string, string | number | undefined>>, objects: T[]): Promise<ListPage> {
    const { name, source, clock, quietMs, signal, onRequest } = this.#options;
    onRequest();
    const guard = new SilenceGuard(`list ${name}`, clock, quietMs, signal);
    try {
      return await source.list(
        query,
        guard.signal,
        () => {
          guard.touch();
        },
        (object) => {
          readIdentity(object);
          objects.push(object);
        },
      );
    } catch (error) {
      throw guard.silent ?? error;
    } finally {
      guard.end();
    }
  }
}
