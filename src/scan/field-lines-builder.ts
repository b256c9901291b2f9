/** Notes the lines of a document's fields while a parser reads it. */
import { EntryList, itemKey } from './entry-list.ts';
import type { EntryRange } from './entry-list.ts';
import { FieldLines } from './field-lines.ts';
import type { KeyTable } from './key-table.ts';

export interface TextPosition {
  readonly offset: number;
  /** Counted from 1. */
  readonly line: number;
}

const lineFeed = 10;

/** Filled by a parser in the order of the text, then asked through `FieldLines`. */
export class FieldLinesBuilder {
  readonly #text: string;
  readonly #keys: KeyTable;
  readonly #entries = new EntryList();
  #aliases: Map<number, EntryRange> | undefined;
  #line: number;
  #offset: number;

  /** @param start where the document begins in `text`, to which all offsets refer */
  constructor(text: string, start: TextPosition, keys: KeyTable) {
    this.#text = text;
    this.#offset = start.offset;
    this.#line = start.line;
    this.#keys = keys;
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
    return this.#entries.open(key === undefined ? itemKey : this.#keys.numberOf(key), this.lineAt(offset));
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
    return new FieldLines(rootLine, this.#entries.numbers, this.#keys, this.#aliases);
  }
}
