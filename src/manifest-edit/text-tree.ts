/**
 * Where everything stands in the text of one YAML or JSON document: js-yaml's events, put together to the tree that they
 * describe, with the ends that they leave out. What it means is not asked here; whoever edits reads it again after.
 */
import { COLLECTION_STYLE, EVENT_ID, SCALAR_STYLE } from 'js-yaml';
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';

import { isMergeKey, scalarText } from '../scan/yaml-events.ts';
import type { YamlSyntax } from '../scan/yaml-syntax.ts';
import { EditRefused, lineEndAt, lineStartAt } from './text-edit.ts';

interface Span {
  /** Of the value itself, without its anchor and its tag. */
  readonly start: number;
  readonly end: number;
  readonly anchor?: string;
  /** Where the tag starts; absent where there is none. */
  readonly tagStart?: number;
}
export interface TextMap extends Span {
  readonly type: 'map';
  readonly isFlow: boolean;
  readonly entries: readonly MapEntry[];
}
export interface MapEntry {
  readonly key: string;
  readonly isMerge: boolean;
  /** With its quotes. */
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly isQuoted: boolean;
  readonly value: TextNode;
}
export interface TextList extends Span {
  readonly type: 'list';
  readonly isFlow: boolean;
  readonly items: readonly ListItem[];
}
export interface ListItem {
  /** Where the item starts: at its dash, or at its value between brackets. */
  readonly start: number;
  readonly value: TextNode;
}
export interface TextScalar extends Span {
  readonly type: 'scalar';
  readonly style: 'plain' | 'single' | 'double' | 'block';
}
/** `*name`, or nothing at all behind a colon or a dash: then it starts and ends where it could be written. */
export interface TextStub extends Span {
  readonly type: 'alias' | 'nothing';
}
export type TextNode = TextMap | TextList | TextScalar | TextStub;

export interface TextTree {
  readonly root: TextNode;
  /** The anchors that something refers to. */
  readonly aliased: ReadonlySet<string>;
}

/** @throws {EditRefused} where the text is written in a way that is not understood here */
export function buildTextTree({ text, events }: YamlSyntax): TextTree {
  const aliased = new Set(
    events.flatMap((event) => (event.type === EVENT_ID.ALIAS ? [text.slice(event.anchorStart, event.anchorEnd)] : [])),
  );
  return { root: new TreeReader(text, events).read(), aliased };
}

class TreeReader {
  readonly #text: string;
  readonly #events: readonly Event[];
  /** Behind the event that opens the document. */
  #position = 1;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  read(): TextNode {
    return this.#node(0);
  }

  get #event(): Event {
    const event = this.#events[this.#position];
    if (event === undefined) throw new EditRefused('the document ends early');
    return event;
  }

  /** @param from behind what stands before the value */
  #node(from: number): TextNode {
    const event = this.#event;
    this.#position += 1;
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event, from);
      case EVENT_ID.ALIAS: {
        const anchor = this.#text.slice(event.anchorStart, event.anchorEnd);
        return { type: 'alias', start: event.anchorStart - 1, end: event.anchorEnd, anchor };
      }
      case EVENT_ID.MAPPING:
        return this.#map(event);
      case EVENT_ID.SEQUENCE:
        return this.#list(event);
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
        throw new EditRefused('the document ends early');
    }
  }

  #scalar(event: ScalarEvent, from: number): TextScalar | TextStub {
    const properties = this.#propertiesOf(event);
    const { valueStart, valueEnd } = event;
    if (valueStart < 0) {
      const at = Math.max(from, event.anchorEnd, event.tagEnd);
      return { type: 'nothing', start: at, end: at, ...properties };
    }
    switch (event.style) {
      case SCALAR_STYLE.SINGLE_QUOTED:
        return { type: 'scalar', style: 'single', start: valueStart - 1, end: valueEnd + 1, ...properties };
      case SCALAR_STYLE.DOUBLE_QUOTED:
        return { type: 'scalar', style: 'double', start: valueStart - 1, end: valueEnd + 1, ...properties };
      case SCALAR_STYLE.LITERAL_BLOCK:
      case SCALAR_STYLE.FOLDED_BLOCK:
        return { type: 'scalar', style: 'block', start: this.#blockStart(valueStart), end: valueEnd, ...properties };
      case SCALAR_STYLE.PLAIN:
        return { type: 'scalar', style: 'plain', start: valueStart, end: valueEnd, ...properties };
    }
  }

  /** Where the `|` or `>` stands, on the line before the text. */
  #blockStart(valueStart: number): number {
    const lineStart = lineStartAt(this.#text, valueStart - 1);
    const header = /[|>][-+0-9]*[ \t]*(?:#.*)?$/.exec(this.#text.slice(lineStart, valueStart - 1));
    if (header === null) throw new EditRefused('a block of text is written in a way that is not understood');
    return lineStart + header.index;
  }

  #map(event: MappingEvent): TextMap {
    const isFlow = event.style === COLLECTION_STYLE.FLOW;
    const entries: MapEntry[] = [];
    let end = isFlow ? event.start + 1 : event.start;
    while (this.#event.type !== EVENT_ID.POP) {
      const entry = this.#entry(end);
      entries.push(entry);
      end = entry.value.end;
    }
    this.#position += 1;
    if (isFlow) end = this.#closingEnd(end, '}');
    return { type: 'map', isFlow, entries, start: event.start, end, ...this.#propertiesOf(event) };
  }

  #entry(from: number): MapEntry {
    const event = this.#event;
    const isMerge = isMergeKey(this.#text, event);
    const key = this.#node(from);
    const colon = this.#skipBlank(key.end);
    const value = this.#node(this.#text[colon] === ':' ? colon + 1 : key.end);
    const isQuoted = key.type === 'scalar' && key.style === 'double';
    // What is no scalar is no key that anybody looks for.
    const name = event.type === EVENT_ID.SCALAR ? scalarText(this.#text, event) : '';
    return { key: name, isMerge, keyStart: key.start, keyEnd: key.end, isQuoted, value };
  }

  #list(event: SequenceEvent): TextList {
    const isFlow = event.style === COLLECTION_STYLE.FLOW;
    const items: ListItem[] = [];
    let end = isFlow ? event.start + 1 : event.start;
    while (this.#event.type !== EVENT_ID.POP) {
      const dash = isFlow ? undefined : this.#skipBlank(end);
      if (dash !== undefined && this.#text[dash] !== '-') throw new EditRefused('the dash of a list is not found');
      const value = this.#node(dash === undefined ? end : dash + 1);
      items.push({ start: dash ?? value.start, value });
      end = value.end;
    }
    this.#position += 1;
    if (isFlow) end = this.#closingEnd(end, ']');
    return { type: 'list', isFlow, items, start: event.start, end, ...this.#propertiesOf(event) };
  }

  #propertiesOf(event: ScalarEvent | MappingEvent | SequenceEvent): Pick<Span, 'anchor' | 'tagStart'> {
    const { anchorStart, anchorEnd, tagStart } = event;
    return {
      ...(anchorStart < 0 ? {} : { anchor: this.#text.slice(anchorStart, anchorEnd) }),
      ...(tagStart < 0 ? {} : { tagStart }),
    };
  }

  /** Behind the bracket that closes, past a last comma. */
  #closingEnd(from: number, bracket: string): number {
    let at = this.#skipBlank(from);
    // A key without a value may have its colon, and the last entry its comma.
    while (this.#text[at] === ':' || this.#text[at] === ',') at = this.#skipBlank(at + 1);
    if (this.#text[at] !== bracket) throw new EditRefused(`the "${bracket}" that closes is not found`);
    return at + 1;
  }

  /** Past white space and comments. */
  #skipBlank(from: number): number {
    let at = from;
    for (;;) {
      while (/\s/.test(this.#text.charAt(at))) at += 1;
      const isComment = this.#text[at] === '#' && (at === 0 || /\s/.test(this.#text.charAt(at - 1)));
      if (!isComment) return at;
      at = lineEndAt(this.#text, at);
    }
  }
}
