/** How long each file of a test run took, hooks included, and which took longest: where to look when the run gets slow. */
import { relative } from 'node:path';

/** Most files that are named. */
const MOST = 12;
/** What takes less is not worth a line, in milliseconds. */
const LEAST_MS = 5_000;

export class FileTimes {
  readonly #nowMs: () => number;
  readonly #tookMs = new Map<string, number>();
  #beganMs = 0;

  /** @param nowMs a clock that never goes back, in milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A part of this file begins. Files run one after the other; a file may have several parts. */
  begin(file: string): void {
    this.#beganMs = this.#nowMs();
    if (!this.#tookMs.has(file)) this.#tookMs.set(file, 0);
  }

  end(file: string): void {
    this.#tookMs.set(file, (this.#tookMs.get(file) ?? 0) + this.#nowMs() - this.#beganMs);
  }

  /** @param folder that paths are printed from @returns lines, the slowest file first; none where all were quick */
  slowest(folder: string): string[] {
    const slow = [...this.#tookMs]
      .filter(([, ms]) => ms >= LEAST_MS)
      .toSorted(([, left], [, right]) => right - left)
      .slice(0, MOST)
      .map(([file, ms]) => `${(ms / 1000).toFixed(0).padStart(6)} s  ${relative(folder, file)}`);
    return slow.length === 0 ? [] : ['  slowest files:', ...slow, ''];
  }
}
