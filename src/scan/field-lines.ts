/**
 * The line of every field of one document, kept in a few typed arrays (12 bytes a field): a finding asks long after the
 * text and the parsed object are gone.
 *
 * Entries (an entry is a key with its value, or one list item) lie in the order of the text, each followed by the entries
 * inside it; `end` is the index after the last of those.
 */

/** Numbers for keys, shared by all documents of a scan: most keys of a cluster are the same few hundred. */
export type KeyNumbers = Map<string, number>;

export interface TextPosition {
  readonly offset: number;
  /** Counted from 1. */
  readonly line: number;
}

/** Where an anchored value's entries lie, so that an alias can point at them. */
export interface EntryRange {
  readonly start: number;
  readonly end: number;
}

/** The key of a list item in place of a name. */
const itemKey = -1;
const mergeKey = '<<';
const lineFeed = 10;

/** Filled by a parser in the order of the text, then asked through `FieldLines`. */
export class FieldLinesBuilder {
  readonly #text: string;
  readonly #keyNumbers: KeyNumbers;
  readonly #keys: number[] = [];
  readonly #lines: number[] = [];
  readonly #ends: number[] = [];
  readonly #aliases = new Map<number, EntryRange>();
  #line: number;
  #offset: number;

  /** @param start where the document begins in `text`, to which all offsets refer */
  constructor(text: string, start: TextPosition, keyNumbers: KeyNumbers) {
    this.#text = text;
    this.#offset = start.offset;
    this.#line = start.line;
    this.#keyNumbers = keyNumbers;
  }

  /** The index that the next entry will have. */
  get next(): number {
    return this.#keys.length;
  }

  /** The line of an offset; -1 is the offset asked for last. Made for offsets that grow from call to call. */
  lineAt(offset: number): number {
    if (offset < 0) return this.#line;
    const text = this.#text;
    let line = this.#line;
    for (let at = offset; at < this.#offset; at += 1) if (text.charCodeAt(at) === lineFeed) line -= 1;
    for (let at = this.#offset; at < offset; at += 1) if (text.charCodeAt(at) === lineFeed) line += 1;
    this.#offset = offset;
    this.#line = line;
    return line;
  }

  /** Opens an entry; `undefined` is a list item, an offset of -1 is where the last entry was. */
  open(key: string | undefined, offset: number): number {
    const entry = this.#keys.length;
    this.#keys.push(key === undefined ? itemKey : this.#numberOf(key));
    this.#lines.push(this.lineAt(offset));
    this.#ends.push(entry + 1);
    return entry;
  }

  close(entry: number): void {
    this.#ends[entry] = this.#keys.length;
  }

  /** Says that the value of an entry is written elsewhere. */
  alias(entry: number, range: EntryRange): void {
    this.#aliases.set(entry, range);
  }

  build(rootLine: number): FieldLines {
    return new FieldLines(rootLine, {
      keyNumbers: this.#keyNumbers,
      keys: new Int32Array(this.#keys),
      lines: new Int32Array(this.#lines),
      ends: new Int32Array(this.#ends),
      aliases: this.#aliases,
    });
  }

  #numberOf(key: string): number {
    const known = this.#keyNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#keyNumbers.size;
    this.#keyNumbers.set(key, number);
    return number;
  }
}

interface EntryTable {
  readonly keyNumbers: ReadonlyMap<string, number>;
  readonly keys: Int32Array;
  readonly lines: Int32Array;
  readonly ends: Int32Array;
  readonly aliases: ReadonlyMap<number, EntryRange>;
}

export class FieldLines {
  readonly #rootLine: number;
  readonly #table: EntryTable;

  constructor(rootLine: number, table: EntryTable) {
    this.#rootLine = rootLine;
    this.#table = table;
  }

  /**
   * @param steps the names of fields and the indexes of items on the way to a field
   * @returns the field's line counted from 1; for an absent field that of the nearest parent that exists
   */
  lineOf(steps: readonly (string | number)[]): number {
    let range: EntryRange = { start: 0, end: this.#table.keys.length };
    let line = this.#rootLine;
    for (const step of steps) {
      const entry = typeof step === 'number' ? this.#item(range, step) : this.#field(range, step);
      if (entry === undefined) break;
      line = this.#table.lines[entry] ?? line;
      range = this.#inside(entry);
    }
    return line;
  }

  #inside(entry: number): EntryRange {
    return this.#table.aliases.get(entry) ?? { start: entry + 1, end: this.#table.ends[entry] ?? entry + 1 };
  }

  #item(range: EntryRange, index: number): number | undefined {
    let remaining = index;
    for (let entry = range.start; entry < range.end; entry = this.#table.ends[entry] ?? range.end) {
      if (this.#table.keys[entry] !== itemKey) return undefined;
      if (remaining === 0) return entry;
      remaining -= 1;
    }
    return undefined;
  }

  /** The last entry that gives the key wins, merged maps included, as in kubectl. */
  #field(range: EntryRange, key: string): number | undefined {
    const { keyNumbers, keys, ends } = this.#table;
    const wanted = keyNumbers.get(key);
    const merge = keyNumbers.get(mergeKey);
    if (wanted === undefined) return undefined;
    let found: number | undefined;
    for (let entry = range.start; entry < range.end; entry = ends[entry] ?? range.end) {
      if (keys[entry] === wanted) found = entry;
      else if (keys[entry] === merge) found = this.#merged(this.#inside(entry), key) ?? found;
    }
    return found;
  }

  /** In a list of merged maps the first that gives the key wins. */
  #merged(range: EntryRange, key: string): number | undefined {
    if (this.#table.keys[range.start] !== itemKey) return this.#field(range, key);
    for (let entry = range.start; entry < range.end; entry = this.#table.ends[entry] ?? range.end) {
      const found = this.#field(this.#inside(entry), key);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
