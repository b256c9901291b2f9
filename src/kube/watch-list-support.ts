/** Whether a server knows watch-list, as its answers tell, and whether to list where a watch-list came to nothing. */
import { ConnectionReset, hasStatusCode } from './request-error.ts';
import { ConnectionSilent } from './silence-guard.ts';
import { classifyFailure } from './watch-failure.ts';

/** So many in a row end in silence before the server is taken for one that does not know them: once may be a dead connection. */
const MAX_SILENT = 2;
/** So many in a row are cut off before it is tried in pages: something between may not let streams live for long enough. */
const MAX_CUT_OFF = 2;

export class WatchListSupport {
  #isRefused = false;
  /** Watch-lists in a row that ended in silence, and that were cut off. */
  #silent = 0;
  #cutOff = 0;

  get isRefused(): boolean {
    return this.#isRefused;
  }

  noteAnswered(): void {
    this.#silent = 0;
    this.#cutOff = 0;
  }

  /** @param error of a watch-list that has not brought everything @returns whether a list may succeed now */
  noteFailed(error: unknown): boolean {
    const isSilent = error instanceof ConnectionSilent;
    this.#silent = isSilent ? this.#silent + 1 : 0;
    this.#cutOff = error instanceof ConnectionReset ? this.#cutOff + 1 : 0;
    const isRefusal = hasStatusCode(error, 400, 422);
    this.#isRefused ||= isRefusal || this.#silent >= MAX_SILENT;
    const isOdd = classifyFailure(error) === 'other' || hasStatusCode(error, 500);
    return isRefusal || isSilent || isOdd || this.#cutOff >= MAX_CUT_OFF;
  }
}
