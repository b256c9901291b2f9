/**
 * The line of every field of one document, asked for long after the text and the parsed object are gone.
 *
 * Entries (an entry is a key with its value, or one list item) lie in the order of the text, each followed by the entries
 * inside it: three numbers each, so that those which are kept for the whole scan take 12 bytes.
 */
import type { Shape } from '../core/shape.ts';
import { ownText } from './own-text.ts';

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

/** Numbers per entry: its key, its line, and the index after the last entry inside it. */
const width = 3;
const keyAt = 0;
const lineAt = 1;
const endAt = 2;

/** The key of a list item in place of a name. */
const itemKey = -1;
const mergeKey = '<<';
const lineFeed = 10;

/** Entries in the order of the text. */
class EntryList {
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

/** Filled by a parser in the order of the text, then asked through `FieldLines`. */
export class FieldLinesBuilder {
  readonly #text: string;
  readonly #keyNumbers: KeyNumbers;
  readonly #entries = new EntryList();
  #aliases: Map<number, EntryRange> | undefined;
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
    return this.#entries.next;
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
    return this.#entries.open(key === undefined ? itemKey : this.#numberOf(key), this.lineAt(offset));
  }

  close(entry: number): void {
    this.#entries.close(entry);
  }

  /** Says that the value of an entry is written elsewhere. */
  alias(entry: number, range: EntryRange): void {
    this.#aliases ??= new Map();
    this.#aliases.set(entry, range);
  }

  build(rootLine: number): FieldLines {
    return new FieldLines(rootLine, this.#entries.numbers, this.#keyNumbers, this.#aliases);
  }

  #numberOf(key: string): number {
    const known = this.#keyNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#keyNumbers.size;
    this.#keyNumbers.set(ownText(key), number);
    return number;
  }
}

export class FieldLines {
  readonly #rootLine: number;
  readonly #numbers: ArrayLike<number>;
  readonly #keyNumbers: ReadonlyMap<string, number>;
  readonly #aliases: ReadonlyMap<number, EntryRange> | undefined;

  constructor(
    rootLine: number,
    numbers: ArrayLike<number>,
    keyNumbers: ReadonlyMap<string, number>,
    aliases?: ReadonlyMap<number, EntryRange>,
  ) {
    this.#rootLine = rootLine;
    this.#numbers = numbers;
    this.#keyNumbers = keyNumbers;
    this.#aliases = aliases;
  }

  /**
   * @param steps the names of fields and the indexes of items on the way to a field
   * @returns the field's line counted from 1; for an absent field that of the nearest parent that exists
   */
  lineOf(steps: readonly (string | number)[]): number {
    return this.#find(steps).line;
  }

  /**
   * The lines of what is worth asking for, counted from a part of the document: the fields of a shape, without aliases.
   * @param store where the numbers are kept
   */
  select(steps: readonly (string | number)[], shape: Shape, store: NumberStore): FieldLines {
    const { line, range } = this.#find(steps);
    const selected = new EntryList();
    if (range !== undefined) this.#copy(range, shape, selected);
    return new FieldLines(line, store.keep(selected.numbers), this.#keyNumbers);
  }

  /** @returns without a range if the steps lead beyond what exists */
  #find(steps: readonly (string | number)[]): { readonly line: number; readonly range?: EntryRange } {
    let range: EntryRange = { start: 0, end: this.#numbers.length / width };
    let line = this.#rootLine;
    for (const step of steps) {
      const entry = typeof step === 'number' ? this.#item(range, step) : this.#field(range, this.#keyNumbers.get(step));
      if (entry === undefined) return { line };
      line = this.#number(entry, lineAt);
      range = this.#inside(entry);
    }
    return { line, range };
  }

  #copy(range: EntryRange, shape: Shape, into: EntryList): void {
    switch (shape.kind) {
      case 'message':
        for (const [name, field] of Object.entries(shape.fields)) {
          if (field.presence === 'inline') this.#copy(range, field.shape, into);
          else this.#copyField(range, this.#keyNumbers.get(name), field.shape, into);
        }
        return;
      case 'list':
        for (const entry of this.#siblings(range)) {
          if (this.#number(entry, keyAt) === itemKey) this.#copyEntry(entry, shape.of, into);
        }
        return;
      case 'map':
        for (const key of this.#keysOf(range)) this.#copyField(range, key, undefined, into);
        return;
      case 'string':
      case 'time':
      case 'boolean':
      case 'integer':
    }
  }

  #copyField(range: EntryRange, key: number | undefined, shape: Shape | undefined, into: EntryList): void {
    const entry = this.#field(range, key);
    if (entry !== undefined) this.#copyEntry(entry, shape, into);
  }

  #copyEntry(entry: number, shape: Shape | undefined, into: EntryList): void {
    const copy = into.open(this.#number(entry, keyAt), this.#number(entry, lineAt));
    if (shape !== undefined) this.#copy(this.#inside(entry), shape, into);
    into.close(copy);
  }

  #number(entry: number, which: typeof keyAt | typeof lineAt | typeof endAt): number {
    return this.#numbers[entry * width + which] ?? 0;
  }

  #inside(entry: number): EntryRange {
    return this.#aliases?.get(entry) ?? { start: entry + 1, end: this.#number(entry, endAt) };
  }

  *#siblings({ start, end }: EntryRange): Generator<number> {
    for (let entry = start; entry < end; entry = this.#number(entry, endAt)) yield entry;
  }

  #item({ start, end }: EntryRange, index: number): number | undefined {
    let remaining = index;
    for (let entry = start; entry < end; entry = this.#number(entry, endAt)) {
      if (this.#number(entry, keyAt) !== itemKey) return undefined;
      if (remaining === 0) return entry;
      remaining -= 1;
    }
    return undefined;
  }

  /** The last entry that gives the key wins, merged maps included, as in kubectl. */
  #field({ start, end }: EntryRange, wanted: number | undefined): number | undefined {
    if (wanted === undefined) return undefined;
    const merge = this.#keyNumbers.get(mergeKey);
    let found: number | undefined;
    for (let entry = start; entry < end; entry = this.#number(entry, endAt)) {
      const key = this.#number(entry, keyAt);
      if (key === wanted) found = entry;
      else if (key === merge) found = this.#merged(this.#inside(entry), wanted) ?? found;
    }
    return found;
  }

  /** In a list of merged maps the first that gives the key wins. */
  #merged(range: EntryRange, wanted: number): number | undefined {
    for (const map of this.#mapsIn(range)) {
      const found = this.#field(map, wanted);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What a `<<` names: a map, or a list of maps. */
  #mapsIn(range: EntryRange): readonly EntryRange[] {
    if (range.start === range.end || this.#number(range.start, keyAt) !== itemKey) return [range];
    return [...this.#siblings(range)].map((entry) => this.#inside(entry));
  }

  /** Every key once, those of merged maps included. */
  #keysOf(range: EntryRange, keys = new Set<number>()): ReadonlySet<number> {
    const merge = this.#keyNumbers.get(mergeKey);
    for (const entry of this.#siblings(range)) {
      const key = this.#number(entry, keyAt);
      if (key === merge) this.#mapsIn(this.#inside(entry)).forEach((map) => this.#keysOf(map, keys));
      else keys.add(key);
    }
    return keys;
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
