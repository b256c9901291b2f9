/** The line of every field of one document, asked for long after the text and the parsed object are gone. */
import type { MessageShape, Shape } from '../core/shape.ts';
import { endAt, EntryList, itemKey, keyAt, lineAt, mergeKey, width } from './entry-list.ts';
import type { EntryRange, NumberStore } from './entry-list.ts';
import type { KeyTable } from './key-table.ts';

/** Shorter ones are walked through each time. */
const longList = 32;

export class FieldLines {
  readonly #rootLine: number;
  readonly #numbers: ArrayLike<number>;
  readonly #keys: KeyTable;
  readonly #aliases: ReadonlyMap<number, EntryRange> | undefined;
  /** The item of a long list that was asked for last: the next one is asked for next. */
  #lastItem: { readonly start: number; readonly index: number; readonly entry: number } | undefined;

  constructor(rootLine: number, numbers: ArrayLike<number>, keys: KeyTable, aliases?: ReadonlyMap<number, EntryRange>) {
    this.#rootLine = rootLine;
    this.#numbers = numbers;
    this.#keys = keys;
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
    return new FieldLines(line, store.keep(selected.numbers), this.#keys);
  }

  /** @returns without a range if the steps lead beyond what exists */
  #find(steps: readonly (string | number)[]): { readonly line: number; readonly range?: EntryRange } {
    let range: EntryRange = { start: 0, end: this.#numbers.length / width };
    let line = this.#rootLine;
    for (const step of steps) {
      const entry = typeof step === 'number' ? this.#item(range, step) : this.#field(range, this.#keys.find(step));
      if (entry === undefined) return { line };
      line = this.#number(entry, lineAt);
      range = this.#inside(entry);
    }
    return { line, range };
  }

  #copy(range: EntryRange, shape: Shape, into: EntryList): void {
    switch (shape.kind) {
      case 'message':
        this.#copyFields(range, shape, into);
        return;
      case 'list':
        for (const entry of this.#siblings(range)) {
          if (this.#number(entry, keyAt) === itemKey) this.#copyEntry(entry, shape.of, into);
        }
        return;
      case 'map':
        for (const key of this.#keysOf(range)) {
          const isKept = shape.keys?.(this.#keys.nameOf(key)) ?? true;
          if (isKept) this.#copyField(range, key, undefined, into);
        }
        return;
      case 'string':
      case 'time':
      case 'boolean':
      case 'integer':
    }
  }

  #copyFields(range: EntryRange, shape: MessageShape, into: EntryList): void {
    if (this.#isMerged(range)) {
      for (const key of this.#keysOf(range)) {
        const field = this.#keys.fieldOf(shape, key);
        if (field !== undefined) this.#copyField(range, key, field, into);
      }
      return;
    }
    for (let entry = range.start; entry < range.end; entry = this.#number(entry, endAt)) {
      const field = this.#keys.fieldOf(shape, this.#number(entry, keyAt));
      if (field !== undefined) this.#copyEntry(entry, field, into);
    }
  }

  #isMerged({ start, end }: EntryRange): boolean {
    const merge = this.#keys.find(mergeKey);
    if (merge === undefined) return false;
    for (let entry = start; entry < end; entry = this.#number(entry, endAt)) {
      if (this.#number(entry, keyAt) === merge) return true;
    }
    return false;
  }

  #copyField(range: EntryRange, key: number, shape: Shape | undefined, into: EntryList): void {
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
    const last = this.#lastItem;
    const isOnward = last?.start === start && last.index <= index;
    let at = isOnward ? last.index : 0;
    for (let entry = isOnward ? last.entry : start; entry < end; entry = this.#number(entry, endAt)) {
      if (this.#number(entry, keyAt) !== itemKey) return undefined;
      if (at === index) {
        if (index >= longList) this.#lastItem = { start, index, entry };
        return entry;
      }
      at += 1;
    }
    return undefined;
  }

  /** The last entry that gives the key wins, merged maps included, as in kubectl. */
  #field({ start, end }: EntryRange, wanted: number | undefined): number | undefined {
    if (wanted === undefined) return undefined;
    const merge = this.#keys.find(mergeKey);
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
    const merge = this.#keys.find(mergeKey);
    for (const entry of this.#siblings(range)) {
      const key = this.#number(entry, keyAt);
      if (key === merge) this.#mapsIn(this.#inside(entry)).forEach((map) => this.#keysOf(map, keys));
      else keys.add(key);
    }
    return keys;
  }
}
