/** Whether a server knows watch-list, as its answers tell. */
import { hasStatusCode } from './request-error.ts';
import { ConnectionSilent } from './silence-guard.ts';

/** So many in a row end in silence before the server is taken for one that does not know them: once may be a dead connection. */
const MAX_SILENT = 2;

export class WatchListSupport {
  #isRefused = false;
  /** Watch-lists in a row that ended in silence. */
  #silent = 0;

  get isRefused(): boolean {
    return this.#isRefused;
  }

  noteAnswered(): void {
    this.#silent = 0;
  }

  /** @param error of a watch-list that has not brought everything */
  noteFailed(error: unknown): void {
    this.#silent = error instanceof ConnectionSilent ? this.#silent + 1 : 0;
    this.#isRefused ||= refusesWatchList(error) || this.#silent >= MAX_SILENT;
  }
}

export function refusesWatchList(error: unknown): boolean {
  return hasStatusCode(error, 400, 422);
}
