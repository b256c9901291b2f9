/**
 * Reads one JSON value out of a text that may hold several, with the line of every field. Grammar and limits are those of
 * Go's encoding/json; only, a key given twice is refused, because readers differ on which one counts.
 */
import { defineEntry } from '../core/shape.ts';
import { FieldLinesBuilder } from './field-lines-builder.ts';
import type { TextPosition } from './field-lines-builder.ts';
import type { KeyTable } from './key-table.ts';
import type { FieldLines } from './field-lines.ts';
import { DocumentRefused, maxDepth } from './input-problem.ts';

export interface ParsedJson {
  readonly value: unknown;
  readonly lines: FieldLines;
  /** Just after the value. */
  readonly end: TextPosition;
  /** Set where the value is well formed and yet must not be judged. */
  readonly refused?: DocumentRefused;
}

/** Thrown where the text is no JSON; kubectl may still read it as YAML. */
export class JsonSyntaxError extends DocumentRefused {}

/**
 * @param text holds a value at `start`, after white space at most
 * @throws {JsonSyntaxError} if it is no JSON
 * @throws {DocumentRefused} if it nests too deep
 */
export function parseJsonDocument(text: string, start: TextPosition, keys: KeyTable): ParsedJson {
  return new JsonReader(text, start, keys).read();
}

class JsonReader {
  readonly #text: string;
  readonly #lines: FieldLinesBuilder;
  #position: number;
  #depth = 0;
  #refused: DocumentRefused | undefined;

  constructor(text: string, start: TextPosition, keys: KeyTable) {
    this.#text = text;
    this.#lines = new FieldLinesBuilder(text, start, keys);
    this.#position = start.offset;
  }

  read(): ParsedJson {
    this.#position = skipWhiteSpace(this.#text, this.#position);
    const rootLine = this.#lines.lineAt(this.#position);
    const value = this.#value();
    const end = { offset: this.#position, line: this.#line };
    const parsed = { value, lines: this.#lines.build(rootLine), end };
    return this.#refused === undefined ? parsed : { ...parsed, refused: this.#refused };
  }

  #value(): unknown {
    switch (this.#peek()) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > maxDepth) {
      throw new DocumentRefused(this.#line, `objects and lists nest more than ${maxDepth} levels deep`);
    }
    this.#position += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    if (this.#skip('}')) return fields;
    do {
      if (this.#peek() !== '"') throw this.#unexpected('a key in double quotes');
      const line = this.#line;
      const start = this.#position;
      const key = this.#string();
      if (Object.hasOwn(fields, key)) {
        this.#refused ??= new DocumentRefused(line, `key ${JSON.stringify(key)} is given twice`);
      }
      if (!this.#skip(':')) throw this.#unexpected('":"');
      const entry = this.#lines.open(key, start);
      defineEntry(fields, key, this.#value());
      this.#lines.close(entry);
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#unexpected('"," or "}"');
    return fields;
  }

  #array(): unknown[] {
    const items: unknown[] = [];
    if (this.#skip(']')) return items;
    do {
      this.#peek();
      const entry = this.#lines.open(undefined, this.#position);
      items.push(this.#value());
      this.#lines.close(entry);
    } while (this.#skip(','));
    if (!this.#skip(']')) throw this.#unexpected('"," or "]"');
    return items;
  }

  #string(): string {
    const start = this.#position + 1;
    let end = this.#text.indexOf('"', start);
    while (end !== -1 && isEscaped(this.#text, end)) end = this.#text.indexOf('"', end + 1);
    if (end === -1) throw this.#unexpected('the end of a string');
    const raw = this.#text.slice(start, end);
    if (/[\p{Cc}\\]/u.test(raw)) return this.#unescape(raw, end);
    this.#position = end + 1;
    return raw;
  }

  #unescape(raw: string, end: number): string {
    let value: unknown;
    try {
      value = JSON.parse(`"${raw}"`);
    } catch {
      throw this.#unexpected('a string without line breaks, control characters and unknown escapes');
    }
    this.#position = end + 1;
    // Go replaces half a surrogate pair.
    return String(value).toWellFormed();
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#position)) throw this.#unexpected('a value');
    this.#position += word.length;
    return value;
  }

  #number(): number {
    const pattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match === null) throw this.#unexpected('a value');
    const number = Number(match[0]);
    if (!Number.isFinite(number)) this.#refused ??= new DocumentRefused(this.#line, `${match[0]} is out of range`);
    this.#position += match[0].length;
    return number === 0 ? 0 : number;
  }

  /** The next character after white space; `''` at the end. */
  #peek(): string {
    this.#position = skipWhiteSpace(this.#text, this.#position);
    return this.#text.charAt(this.#position);
  }

  #skip(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#position += 1;
    return true;
  }

  #unexpected(expected: string): JsonSyntaxError {
    const found = this.#text.charAt(this.#position);
    return new JsonSyntaxError(
      this.#line,
      `${expected} was expected, found ${found === '' ? 'the end' : JSON.stringify(found)}`,
    );
  }

  get #line(): number {
    return this.#lines.lineAt(this.#position);
  }
}

/** The offset of the first character that is no white space to JSON. */
export function skipWhiteSpace(text: string, start: number): number {
  let position = start;
  for (;;) {
    const code = text.charCodeAt(position);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return position;
    position += 1;
  }
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
  return backslashes % 2 === 1;
}
