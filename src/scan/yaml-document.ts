/**
 * Reads one YAML document as kubectl does: js-yaml finds the structure (its events), and what it means follows
 * `go.yaml.in/yaml/v2` (`decode.go`) and `sigs.k8s.io/yaml`. The differences from js-yaml's own reading:
 * - scalars and keys: `yaml-scalar.ts`; tags on maps and lists mean nothing;
 * - `<<` is merged where it stands, so that it overrides the keys before it;
 * - only as many aliases as kubectl allows; an expanded alias is shared, never copied;
 * - a key given twice is refused (kubectl takes the last one, other readers the first).
 */
import { COLLECTION_STYLE, EVENT_ID } from 'js-yaml';
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';
import { defineEntry } from '../core/shape.ts';
import { FieldLinesBuilder } from './field-lines-builder.ts';
import type { KeyTable } from './key-table.ts';
import type { FieldLines } from './field-lines.ts';
import { DocumentRefused, maxDepth, ValueRefused } from './input-problem.ts';
import { YamlAnchors } from './yaml-anchors.ts';
import { differenceFromYaml11, isMergeKey, isWrittenPlain, offsetOf, scalarText, tagOf } from './yaml-events.ts';
import { keyOf, resolveScalar } from './yaml-scalar.ts';
import type { Scalar } from './yaml-scalar.ts';
import { parseYamlSyntax } from './yaml-syntax.ts';
import type { YamlSyntax } from './yaml-syntax.ts';

export interface ParsedDocument {
  /** As JSON would hold it; shared where the text used aliases, so never to be changed. Null if there was nothing. */
  readonly value: unknown;
  readonly lines: FieldLines;
  /** The line from which the text goes on, after `...`, where kubectl no longer reads it. */
  readonly unreadLine?: number;
}

/**
 * @param text one document, from which the lines with `---` have been cut
 * @param firstLine the line of the file on which `text` starts, counted from 1
 * @throws {DocumentRefused} if it is no YAML, or kubectl would refuse it, or a key is given twice
 */
export function parseYamlDocument(text: string, firstLine: number, keys: KeyTable): ParsedDocument {
  const syntax = parseYamlSyntax(text, firstLine);
  const lines = new FieldLinesBuilder(syntax.text, { offset: 0, line: firstLine }, keys);
  return new DocumentReader(syntax, lines).read();
}

type JsonObject = Record<string, unknown>;

class DocumentReader {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #lines: FieldLinesBuilder;
  readonly #anchors = new YamlAnchors();
  #position = 0;
  #depth = 0;
  #flowDepth = 0;
  /** How many levels the value read last has, with its aliases expanded. */
  #height = 0;

  constructor({ text, events }: YamlSyntax, lines: FieldLinesBuilder) {
    this.#text = text;
    this.#events = events;
    this.#lines = lines;
  }

  read(): ParsedDocument {
    if (this.#events.length === 0) return { value: null, lines: this.#lines.build(this.#lines.lineAt(0)) };
    this.#position = 1;
    const rootLine = this.#lineOf(this.#event);
    const value = this.#value(undefined);
    const unreadLine = this.#unreadLine();
    const lines = this.#lines.build(rootLine);
    return unreadLine === undefined ? { value, lines } : { value, lines, unreadLine };
  }

  /** kubectl reads one document between two `---` lines; what a `...` separates from it is silently left out. */
  #unreadLine(): number | undefined {
    const next = this.#events[this.#position + 2];
    if (next === undefined) return undefined;
    const isEmpty = next.type === EVENT_ID.SCALAR && next.valueStart < 0;
    return isEmpty ? undefined : this.#lineOf(next);
  }

  get #event(): Event {
    const event = this.#events[this.#position];
    if (event === undefined) throw new DocumentRefused(this.#lines.lineAt(0), 'the document ends early');
    return event;
  }

  /** Takes the next event, which go-yaml would decode. */
  #next(): Event {
    const event = this.#event;
    const difference = differenceFromYaml11(this.#text, event, this.#flowDepth > 0);
    if (difference !== undefined) throw this.#refused(event, difference);
    this.#anchors.decodeCount += 1;
    this.#position += 1;
    return event;
  }

  /** @param entry the entry in `lines` that holds the value; undefined for the root */
  #value(entry: number | undefined): unknown {
    const event = this.#next();
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalarValue(event);
      case EVENT_ID.ALIAS:
        return this.#alias(event, entry);
      case EVENT_ID.MAPPING:
        return this.#collection(event, () => this.#mapping());
      case EVENT_ID.SEQUENCE:
        return this.#collection(event, () => this.#sequence());
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
        throw this.#refused(event, 'the document ends early');
    }
  }

  #scalarValue(event: ScalarEvent): Scalar {
    const text = scalarText(this.#text, event);
    const scalar = this.#scalar(event, text);
    this.#height = 0;
    if (typeof scalar === 'number' && !Number.isFinite(scalar)) {
      throw this.#refused(event, `${text} is no number that JSON can hold`);
    }
    return scalar;
  }

  #scalar(event: ScalarEvent, text: string): Scalar {
    const scalar = this.#explained(event, () => resolveScalar(text, isWrittenPlain(event), tagOf(this.#text, event)));
    if (event.anchorStart >= 0) {
      const range = { start: this.#lines.next, end: this.#lines.next };
      this.#anchors.open(this.#anchorOf(event)).anchored = { value: scalar, range, decodeCount: 1, height: 0 };
    }
    return scalar;
  }

  #alias(event: AliasEvent, entry: number | undefined): unknown {
    const anchored = this.#explained(event, () => this.#anchors.expand(this.#anchorOf(event)));
    this.#height = anchored.height;
    this.#checkDepth(event, this.#depth + anchored.height);
    if (entry !== undefined) this.#lines.alias(entry, anchored.range);
    return anchored.value;
  }

  #collection<T>(event: MappingEvent | SequenceEvent, read: () => T): T {
    const name = event.anchorStart < 0 ? undefined : this.#anchorOf(event);
    const anchor = name === undefined ? undefined : this.#anchors.open(name);
    const start = this.#lines.next;
    const decodedBefore = this.#anchors.decodeCount - 1;
    const flowDepth = event.style === COLLECTION_STYLE.FLOW ? 1 : 0;
    this.#depth += 1;
    this.#flowDepth += flowDepth;
    this.#checkDepth(event, this.#depth);
    const value = read();
    this.#position += 1;
    this.#depth -= 1;
    this.#flowDepth -= flowDepth;
    this.#height += 1;
    if (anchor !== undefined) {
      const decodeCount = this.#anchors.decodeCount - decodedBefore;
      anchor.anchored = { value, range: { start, end: this.#lines.next }, decodeCount, height: this.#height };
    }
    return value;
  }

  #sequence(): unknown[] {
    const items: unknown[] = [];
    let height = 0;
    while (this.#event.type !== EVENT_ID.POP) {
      const entry = this.#lines.open(undefined, offsetOf(this.#event));
      items.push(this.#value(entry));
      this.#lines.close(entry);
      height = Math.max(height, this.#height);
    }
    this.#height = height;
    return items;
  }

  #mapping(): JsonObject {
    const fields: JsonObject = {};
    /** The keys that so far only a `<<` has given: they may be given once more. */
    let merged: Set<string> | undefined;
    let height = 0;
    for (let event = this.#event; event.type !== EVENT_ID.POP; event = this.#event) {
      if (isMergeKey(this.#text, event)) {
        merged = this.#merge(fields, merged ?? new Set());
      } else {
        const key = this.#key();
        if (Object.hasOwn(fields, key) && merged?.delete(key) !== true) {
          throw this.#refused(event, `key ${JSON.stringify(key)} is given twice`);
        }
        const entry = this.#lines.open(key, offsetOf(event));
        defineEntry(fields, key, this.#value(entry));
        this.#lines.close(entry);
      }
      height = Math.max(height, this.#height);
    }
    this.#height = height;
    return fields;
  }

  /** Lays what `<<` names over the fields so far; of a list of maps the first counts most, so it comes last. */
  #merge(fields: JsonObject, merged: Set<string>): Set<string> {
    const entry = this.#lines.open('<<', offsetOf(this.#event));
    this.#position += 1;
    const event = this.#event;
    const value = this.#value(entry);
    this.#lines.close(entry);
    // An alias to a list of maps is refused, the list itself is not.
    const sources = event.type === EVENT_ID.SEQUENCE && Array.isArray(value) ? value.toReversed() : [value];
    for (const source of sources) {
      if (!isJsonObject(source)) throw this.#refused(event, '"<<" needs a map or a list of maps');
      for (const key of Object.keys(source)) {
        if (!Object.hasOwn(fields, key)) merged.add(key);
        defineEntry(fields, key, source[key]);
      }
    }
    return merged;
  }

  #key(): string {
    const event = this.#next();
    let key: string | undefined;
    if (event.type === EVENT_ID.SCALAR) key = this.#scalarKey(event);
    else if (event.type === EVENT_ID.ALIAS) key = this.#aliasKey(event);
    else throw this.#refused(event, 'a map or a list cannot be a key');
    if (key === undefined) throw this.#refused(event, 'only a string, a number or a boolean can be a key');
    return key;
  }

  #scalarKey(event: ScalarEvent): string | undefined {
    const text = scalarText(this.#text, event);
    return keyOf(this.#scalar(event, text), text);
  }

  #aliasKey(event: AliasEvent): string | undefined {
    const value = this.#alias(event, undefined);
    return typeof value === 'string' ? value : undefined;
  }

  #checkDepth(event: Event, depth: number): void {
    if (depth > maxDepth) {
      throw this.#refused(event, `maps and lists nest more than ${maxDepth} levels deep`);
    }
  }

  #anchorOf(event: AliasEvent | ScalarEvent | MappingEvent | SequenceEvent): string {
    return this.#text.slice(event.anchorStart, event.anchorEnd);
  }

  /** Gives what `read` throws a line. */
  #explained<T>(event: Event, read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw error instanceof ValueRefused ? this.#refused(event, error.message) : error;
    }
  }

  #refused(event: Event, reason: string): DocumentRefused {
    return new DocumentRefused(this.#lineOf(event), reason);
  }

  #lineOf(event: Event): number {
    return this.#lines.lineAt(offsetOf(event));
  }
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
