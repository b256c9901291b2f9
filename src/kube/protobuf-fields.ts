/** Where the fields of a message stand that are looked at as bytes, before anything is decoded. */
import { delimited } from './protobuf-envelope.ts';
import type { Span } from './protobuf-envelope.ts';
import { ProtobufReader } from './protobuf-reader.ts';

/** @returns what is within the field; undefined where there is none, or more than one @throws {ProtocolError} */
export function findOnly(bytes: Buffer, start: number, end: number, tag: number): Span | undefined {
  const reader = new ProtobufReader(bytes, start);
  let found: Span | undefined;
  while (reader.position < end) {
    const one = reader.readTag(end);
    if (one !== tag) {
      reader.skip(one & 7, end);
      continue;
    }
    if (found !== undefined) return undefined;
    const fieldEnd = reader.readLength(end);
    found = { start: reader.position, end: fieldEnd };
    reader.position = fieldEnd;
  }
  return found;
}

/**
 * @param path of field numbers, each within the message before
 * @returns what is within each field that the path leads to @throws {ProtocolError}
 */
export function findFields(bytes: Buffer, { start, end }: Span, path: readonly number[]): readonly Span[] {
  const [number, ...further] = path;
  if (number === undefined) return [{ start, end }];
  const reader = new ProtobufReader(bytes, start);
  const found: Span[] = [];
  while (reader.position < end) {
    const tag = reader.readTag(end);
    if (tag !== delimited(number)) {
      reader.skip(tag & 7, end);
      continue;
    }
    const fieldEnd = reader.readLength(end);
    found.push(...findFields(bytes, { start: reader.position, end: fieldEnd }, further));
    reader.position = fieldEnd;
  }
  return found;
}
