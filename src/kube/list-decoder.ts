/**
 * Decodes a list. In protobuf each item is decoded and let go of as soon as its bytes are there, because the API server
 * may answer with the whole list in one piece whatever page size was asked for (resourceVersion 0).
 *
 * Source: k8s.io/apimachinery v0.37.2: pkg/runtime/generated.proto `Unknown`; every `…List` has metadata = 1, items = 2.
 */
import { message, string, value } from '../core/shape.ts';
import { project } from '../core/project.ts';
import { PendingBytes } from './byte-frames.ts';
import { decodeJsonObject } from './watch-decoder.ts';
import type { Codec, Encoding } from './codec.ts';
import { compileDecoder } from './protobuf.ts';
import { delimited } from './protobuf-envelope.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { ProtocolError } from './protocol-error.ts';

export interface ListPage {
  readonly resourceVersion: string;
  /** Asks for the next page; empty after the last one. */
  readonly continueToken: string;
}

export interface ListDecoder {
  /** @throws {ProtocolError} */
  push(bytes: Buffer, start: number, end: number): void;
  /** The answer is complete. @throws {ProtocolError} if it is no whole list */
  end(): ListPage;
}

export function openListDecoder<T>(encoding: Encoding, codec: Codec<T>, emit: (object: T) => void): ListDecoder {
  return encoding === 'protobuf' ? new ProtobufListDecoder(codec, emit) : new JsonListDecoder(codec, emit);
}

const listMetaShape = message({ resourceVersion: value(2, string), continue: value(3, string) });
const decodeListMeta = compileDecoder(listMetaShape);

const magic = Buffer.from('k8s\0', 'latin1');
/** Enough for a tag and a length. */
const longestHeader = 20;

class ProtobufListDecoder<T> implements ListDecoder {
  readonly #codec: Codec<T>;
  readonly #emit: (object: T) => void;
  readonly #pending = new PendingBytes();
  #needed = magic.length + 1;
  #phase: 'magic' | 'envelope' | 'list' = 'magic';
  /** How many bytes of the list itself are still to come. */
  #remaining = 0;
  #page: ListPage | undefined;

  constructor(codec: Codec<T>, emit: (object: T) => void) {
    this.#codec = codec;
    this.#emit = emit;
  }

  push(pushed: Buffer, start: number, end: number): void {
    const chunk = pushed.subarray(start, end);
    if (this.#pending.length + chunk.length < this.#needed) {
      this.#pending.add(chunk);
      return;
    }
    const bytes = this.#pending.takeWith(chunk);
    this.#needed = 1;
    this.#pending.add(bytes.subarray(this.#read(bytes, false)));
  }

  end(): ListPage {
    const bytes = this.#pending.takeWith(Buffer.alloc(0));
    const rest = bytes.length - this.#read(bytes, true);
    if (this.#phase !== 'envelope' || rest > 0) throw new ProtocolError('a list that is cut off');
    if (this.#page === undefined) throw new ProtocolError('a list without metadata');
    return this.#page;
  }

  /** @returns up to where the bytes have been read */
  #read(bytes: Buffer, isComplete: boolean): number {
    let position = 0;
    for (;;) {
      const next = this.#readField(bytes, position, isComplete);
      if (next === undefined) return position;
      position = next;
    }
  }

  /** @returns where the next field starts; undefined where more bytes must come first */
  #readField(bytes: Buffer, start: number, isComplete: boolean): number | undefined {
    if (this.#phase === 'magic') {
      if (bytes.length < magic.length) return undefined;
      if (bytes.compare(magic, 0, magic.length, 0, magic.length) !== 0) {
        throw new ProtocolError('a list that does not start as Kubernetes protobuf does');
      }
      this.#phase = 'envelope';
      return magic.length;
    }
    if (
      start === bytes.length ||
      (bytes.length - start < longestHeader && !isComplete && !this.#hasRest(bytes, start))
    ) {
      this.#needed = longestHeader;
      return undefined;
    }
    const reader = new ProtobufReader(bytes, start);
    const tag = reader.readTag(bytes.length);
    if (this.#phase === 'envelope' && tag === delimited(2)) {
      this.#remaining = reader.readUnsigned(bytes.length);
      if (this.#remaining > 0) this.#phase = 'list';
      return reader.position;
    }
    return this.#readWhole(bytes, start, tag, reader);
  }

  #hasRest(bytes: Buffer, start: number): boolean {
    return this.#phase === 'list' && bytes.length - start >= this.#remaining;
  }

  #readWhole(bytes: Buffer, start: number, tag: number, reader: ProtobufReader): number | undefined {
    const limit = this.#phase === 'list' ? start + this.#remaining : Infinity;
    if ((tag & 7) !== 2) reader.skip(tag & 7, Math.min(limit, bytes.length));
    else {
      const length = reader.readUnsigned(bytes.length);
      const end = reader.position + length;
      if (end > limit) throw new ProtocolError(`a field of ${length} bytes where the list ends before`);
      if (end > bytes.length) {
        this.#needed = end - start;
        return undefined;
      }
      if (this.#phase === 'list') this.#readListField(bytes, tag, reader.position, end);
      reader.position = end;
    }
    if (this.#phase === 'list') {
      this.#remaining -= reader.position - start;
      if (this.#remaining === 0) this.#phase = 'envelope';
    }
    return reader.position;
  }

  #readListField(bytes: Buffer, tag: number, start: number, end: number): void {
    if (tag === delimited(1)) this.#page = buildPage(decodeListMeta(bytes, start, end));
    else if (tag === delimited(2)) {
      const { protobuf } = this.#codec;
      if (protobuf === undefined) throw new ProtocolError('protobuf of a kind that is read as JSON');
      this.#emit(protobuf(bytes, start, end));
    }
  }
}

class JsonListDecoder<T> implements ListDecoder {
  readonly #codec: Codec<T>;
  readonly #emit: (object: T) => void;
  readonly #chunks: Buffer[] = [];

  constructor(codec: Codec<T>, emit: (object: T) => void) {
    this.#codec = codec;
    this.#emit = emit;
  }

  push(bytes: Buffer, start: number, end: number): void {
    this.#chunks.push(Buffer.from(bytes.subarray(start, end)));
  }

  end(): ListPage {
    const { metadata, items } = parseList(Buffer.concat(this.#chunks));
    for (const item of items) this.#emit(decodeJsonObject(this.#codec, item));
    return buildPage(decodeJsonObject({ json: (json) => project(listMetaShape, json) }, metadata));
  }
}

function parseList(body: Buffer): { readonly metadata: unknown; readonly items: readonly unknown[] } {
  let list: unknown;
  try {
    list = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ProtocolError('a list that is no JSON', { cause });
  }
  if (typeof list !== 'object' || list === null || !('metadata' in list)) {
    throw new ProtocolError('a list without metadata');
  }
  // An empty list may come as null.
  const items: unknown = 'items' in list ? (list.items ?? []) : [];
  if (!Array.isArray(items)) throw new ProtocolError('a list without items');
  return { metadata: list.metadata, items };
}

function buildPage(meta: { readonly resourceVersion?: string; readonly continue?: string }): ListPage {
  if (meta.resourceVersion === undefined) throw new ProtocolError('a list without resourceVersion');
  return { resourceVersion: meta.resourceVersion, continueToken: meta.continue ?? '' };
}
