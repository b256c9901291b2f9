/**
 * Where the fields of a document stand, as rows of numbers. An entry is a key with its value, or one list item; entries
 * lie in the order of the text, each followed by the entries inside it.
 */

/** Where an anchored value's entries lie, so that an alias can point at them. */
export interface EntryRange {
  readonly start: number;
  readonly end: number;
}

/** Numbers per entry: its key, its line, and the index after the last entry inside it. */
export const width = 3;
export const keyAt = 0;
export const lineAt = 1;
export const endAt = 2;

/** The key of a list item in place of a name. */
export const itemKey = -1;
export const mergeKey = '<<';

/** Entries in the order of the text. */
export class EntryList {
  readonly numbers: number[] = [];

  get next(): number {
    return this.numbers.length / width;
  }

  open(key: number, line: number): number {
    const entry = this.next;
    this.numbers.push(key, line, entry + 1);
    return entry;
  }

  close(entry: number): void {
    this.numbers[entry * width + endAt] = this.next;
  }
}

/** Keeps many short rows of numbers in few large blocks: a typed array of its own would cost each 200 bytes more. */
export class NumberStore {
  #block = new Int32Array(0);
  #used = 0;

  /** @returns the same numbers */
  keep(numbers: readonly number[]): ArrayLike<number> {
    if (this.#used + numbers.length > this.#block.length) {
      this.#block = new Int32Array(Math.max(blockLength, numbers.length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += numbers.length;
    this.#block.set(numbers, start);
    return this.#block.subarray(start, this.#used);
  }
}

const blockLength = 32 * 1024;
