/**
 * What the API server puts around its protobuf objects: the magic number with `runtime.Unknown`, watch events, lists.
 *
 * Source: k8s.io/apimachinery v0.37.2: pkg/runtime/serializer/protobuf, pkg/runtime/generated.proto,
 * pkg/apis/meta/v1/generated.proto.
 */
import { message, string, value } from '../core/shape.ts';
import { buildApiStatus, statusShape } from './api-status.ts';
import type { ApiStatus } from './api-status.ts';
import { compileDecoder } from './protobuf.ts';
import { DELIMITED, ProtobufReader } from './protobuf-reader.ts';
import { ProtocolError } from './protocol-error.ts';
import { isSame } from './same-bytes.ts';

/** A part of a buffer. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Unwrapped extends Span {
  /** Between these stands of which kind the object is; nothing does where they are the same. */
  readonly typeStart: number;
  readonly typeEnd: number;
}

export interface RawWatchEvent {
  /** As `ADDED`. */
  readonly type: string;
  readonly object: Unwrapped;
}

/** No text is made of those that come with every event. */
const eventTypes = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'].map((text) => ({
  text,
  bytes: Buffer.from(text, 'latin1'),
}));

/** Every encoded object starts with it. */
const magic = Buffer.from('k8s\0', 'latin1');

const decodeTypeMeta = compileDecoder(message({ apiVersion: value(1, string), kind: value(2, string) }));
const decodeStatus = compileDecoder(statusShape);

/** Finds the object within its envelope. @throws {ProtocolError} */
export function unwrapObject(bytes: Buffer, start: number, end: number): Unwrapped {
  if (end - start < magic.length || !isSame(bytes, start, magic, 0, magic.length)) {
    throw new ProtocolError('an object that does not start as Kubernetes protobuf does');
  }
  const reader = new ProtobufReader(bytes, start + magic.length);
  let typeStart = end;
  let typeEnd = end;
  let rawStart = end;
  let rawEnd = end;
  while (reader.position < end) {
    const tag = reader.readTag(end);
    if (tag === delimited(1)) {
      typeEnd = reader.readLength(end);
      typeStart = reader.position;
      reader.position = typeEnd;
    } else if (tag === delimited(2)) {
      rawEnd = reader.readLength(end);
      rawStart = reader.position;
      reader.position = rawEnd;
    } else if (tag === delimited(3)) {
      const encoding = reader.readString(end);
      if (encoding !== '') throw new ProtocolError(`an object in content encoding "${encoding}"`);
    } else reader.skip(tag & 7, end);
  }
  return { start: rawStart, end: rawEnd, typeStart, typeEnd };
}

/** A `meta/v1 WatchEvent` with the object in it. @throws {ProtocolError} */
export function unwrapWatchEvent(bytes: Buffer, start: number, end: number): RawWatchEvent {
  const reader = new ProtobufReader(bytes, start);
  let type = '';
  let object: Unwrapped | undefined;
  while (reader.position < end) {
    const tag = reader.readTag(end);
    if (tag === delimited(1)) {
      const typeEnd = reader.readLength(end);
      type = readEventType(bytes, reader.position, typeEnd);
      reader.position = typeEnd;
    } else if (tag === delimited(2)) {
      const extensionEnd = reader.readLength(end);
      object = unwrapExtension(bytes, reader, extensionEnd);
    } else reader.skip(tag & 7, end);
  }
  if (type === '' || object === undefined) throw new ProtocolError('a watch event without type or object');
  return { type, object };
}

function readEventType(bytes: Buffer, start: number, end: number): string {
  for (const known of eventTypes) {
    const { length } = known.bytes;
    if (length === end - start && isSame(bytes, start, known.bytes, 0, length)) return known.text;
  }
  return bytes.toString('utf8', start, end);
}

function unwrapExtension(bytes: Buffer, reader: ProtobufReader, end: number): Unwrapped | undefined {
  let object: Unwrapped | undefined;
  while (reader.position < end) {
    const tag = reader.readTag(end);
    if (tag === delimited(1)) {
      const rawEnd = reader.readLength(end);
      object = unwrapObject(bytes, reader.position, rawEnd);
      reader.position = rawEnd;
    } else reader.skip(tag & 7, end);
  }
  return object;
}

/** The `Status` of an error, as an answer's body. @throws {ProtocolError} */
export function readProtobufStatus(bytes: Buffer, httpCode = 0): ApiStatus {
  return readUnwrappedStatus(bytes, unwrapObject(bytes, 0, bytes.length), httpCode);
}

/** @throws {ProtocolError} if the object is no `Status` */
export function readUnwrappedStatus(
  bytes: Buffer,
  { typeStart, typeEnd, start, end }: Unwrapped,
  httpCode = 0,
): ApiStatus {
  const { kind = '' } = decodeTypeMeta(bytes, typeStart, typeEnd);
  if (kind !== 'Status') throw new ProtocolError(`a ${kind === '' ? 'nameless object' : kind} in place of a Status`);
  return buildApiStatus(decodeStatus(bytes, start, end), httpCode);
}

export function delimited(fieldNumber: number): number {
  return (fieldNumber << 3) | DELIMITED;
}
