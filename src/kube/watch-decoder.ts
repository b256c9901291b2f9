/**
 * Decodes a watch stream in either encoding, event by event as the bytes arrive.
 *
 * Source: k8s.io/apimachinery v0.37.2, pkg/apis/meta/v1 `WatchEvent`; KEP-3157 for the end of the initial events.
 */
import { project } from '../core/project.ts';
import { message, required, string, stringMapOf, value } from '../core/shape.ts';
import type { Infer } from '../core/shape.ts';
import { readJsonStatus } from './api-status.ts';
import type { ApiStatus } from './api-status.ts';
import { LengthFrames, LineFrames } from './byte-frames.ts';
import type { FrameReader, FrameSplitter } from './byte-frames.ts';
import type { Codec, Encoding } from './codec.ts';
import { compileDecoder } from './protobuf.ts';
import { readUnwrappedStatus, unwrapWatchEvent } from './protobuf-envelope.ts';
import { ProtocolError } from './protocol-error.ts';

export type ObjectEventType = 'added' | 'modified' | 'deleted';

export type WatchEvent<T> =
  | { readonly type: ObjectEventType; readonly object: T }
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly endsInitialEvents: boolean }
  | { readonly type: 'error'; readonly status: ApiStatus };

export class WatchDecoder<T> {
  readonly #codec: Codec<T>;
  readonly #frames: FrameSplitter;
  readonly #read: FrameReader;

  constructor(encoding: Encoding, codec: Codec<T>, emit: (event: WatchEvent<T>) => void) {
    this.#codec = codec;
    this.#frames = encoding === 'protobuf' ? new LengthFrames() : new LineFrames();
    // One for all pieces.
    this.#read =
      encoding === 'protobuf'
        ? (bytes, start, end) => {
            emit(this.#decodeProtobuf(bytes, start, end));
          }
        : (bytes, start, end) => {
            emit(this.#decodeJson(bytes, start, end));
          };
  }

  /** @throws {ProtocolError} after the events that came before the fault, and whatever `emit` throws */
  push(bytes: Buffer, start: number, end: number): void {
    this.#frames.push(bytes, start, end, this.#read);
  }

  /** The stream is at its end. @throws {ProtocolError} if that is within an event */
  end(): void {
    this.#frames.end();
  }

  #decodeProtobuf(bytes: Buffer, start: number, end: number): WatchEvent<T> {
    const { type, object } = unwrapWatchEvent(bytes, start, end);
    switch (type) {
      case 'ERROR':
        return { type: 'error', status: readUnwrappedStatus(bytes, object) };
      case 'BOOKMARK':
        return buildBookmark(decodeBookmark(bytes, object.start, object.end));
      default: {
        const { protobuf } = this.#codec;
        if (protobuf === undefined) throw new ProtocolError('protobuf of a kind that is read as JSON');
        return { type: objectEventType(type), object: protobuf(bytes, object.start, object.end) };
      }
    }
  }

  #decodeJson(bytes: Buffer, start: number, end: number): WatchEvent<T> {
    const { type, object } = parseEvent(bytes.toString('utf8', start, end));
    switch (type) {
      case 'ERROR':
        return { type: 'error', status: readJsonStatus(object) };
      case 'BOOKMARK':
        return buildBookmark(decodeJsonObject(bookmarkCodec, object));
      default:
        return { type: objectEventType(type), object: decodeJsonObject(this.#codec, object) };
    }
  }
}

/** @throws {ProtocolError} if the codec finds no such object */
export function decodeJsonObject<T>(codec: Codec<T>, json: unknown): T {
  try {
    return codec.json(json);
  } catch (cause) {
    throw new ProtocolError('JSON that is no object of the kind that was asked for', { cause });
  }
}

function parseEvent(line: string): { readonly type: unknown; readonly object: unknown } {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw new ProtocolError('a watch event that is no JSON', { cause });
  }
  if (typeof event !== 'object' || event === null || !('type' in event) || !('object' in event)) {
    throw new ProtocolError('a watch event without type or object');
  }
  return event;
}

function objectEventType(type: unknown): ObjectEventType {
  switch (type) {
    case 'ADDED':
      return 'added';
    case 'MODIFIED':
      return 'modified';
    case 'DELETED':
      return 'deleted';
    default:
      throw new ProtocolError(`a watch event of type ${JSON.stringify(type)}`);
  }
}

const endsInitialEvents = 'k8s.io/initial-events-end';
const bookmarkShape = message({
  metadata: required(
    1,
    message({
      resourceVersion: value(6, string),
      annotations: value(
        12,
        stringMapOf((key) => key === endsInitialEvents),
      ),
    }),
  ),
});
const decodeBookmark = compileDecoder(bookmarkShape);
const bookmarkCodec: Codec<Bookmark> = { json: (json) => project(bookmarkShape, json) };
type Bookmark = Infer<typeof bookmarkShape>;

function buildBookmark<T>({ metadata }: Bookmark): WatchEvent<T> {
  const { resourceVersion, annotations } = metadata;
  if (resourceVersion === undefined) throw new ProtocolError('a bookmark without resourceVersion');
  return { type: 'bookmark', resourceVersion, endsInitialEvents: annotations?.[endsInitialEvents] === 'true' };
}
