/**
 * Decodes the fields that a shape names from a protobuf message and steps over all others, which are most: of a pod of
 * 3 kB some hundred bytes are read. The result is what `core/project.ts` makes of the same object's JSON.
 *
 * Source: k8s.io/api and k8s.io/apimachinery v0.37.2, `generated.proto` and the Go code generated from it.
 */
import { isZeroQuantity } from '../core/quantity.ts';
import { defineEntry, isZero, MalformedField } from '../core/shape.ts';
import type { Infer, MapShape, MessageShape, Presence, Shape } from '../core/shape.ts';
import { DELIMITED, ProtobufReader, VARINT } from './protobuf-reader.ts';
import { ProtocolError } from './protocol-error.ts';

/** @throws {ProtocolError} if `bytes` between the two positions are no message of that kind */
export type ProtobufDecoder<T> = (bytes: Buffer, start: number, end: number) => T;

/** Builds the tables that decode a shape; once for each shape, not for each object. */
export function compileDecoder<S extends MessageShape>(shape: S): ProtobufDecoder<Infer<S>> {
  const table = compileMessage(shape);
  return (bytes, start, end) => {
    if (end > bytes.length) throw new ProtocolError(`a message of ${end - start} bytes in ${bytes.length - start}`);
    const target: Target = {};
    try {
      readMessage(table, new ProtobufReader(bytes, start), end, target);
    } catch (error) {
      // A second part of a message whose first lacked what is required; Kubernetes writes no message in parts.
      throw error instanceof MalformedField ? new ProtocolError(error.message, { cause: error }) : error;
    }
    return target as Infer<S>;
  };
}

type Target = Record<string, unknown>;

interface MessageTable {
  /** By field number. */
  readonly fields: readonly (FieldEntry | undefined)[];
  /** What a message without these fields reads as all the same. */
  readonly required: readonly RequiredField[];
}

interface FieldEntry {
  readonly name: string;
  readonly presence: Presence;
  readonly shape: Shape;
  readonly wireType: number;
  /** Of a list its elements' kind. */
  readonly kind: Shape['kind'];
  /** Of a message, of a list's messages, or of an inlined struct. */
  readonly table: MessageTable | undefined;
}

interface RequiredField {
  readonly name: string;
  /** Undefined where Go's zero value is none that the API server stores: the field is malformed then. */
  readonly zero: unknown;
}

const compiled = new WeakMap<MessageShape, MessageTable>();

function compileMessage(shape: MessageShape): MessageTable {
  const known = compiled.get(shape);
  if (known !== undefined) return known;
  const fields: (FieldEntry | undefined)[] = [];
  const required: RequiredField[] = [];
  for (const [name, { number, presence, shape: fieldShape }] of Object.entries(shape.fields)) {
    const element = fieldShape.kind === 'list' ? fieldShape.of : fieldShape;
    const table = element.kind === 'message' ? compileMessage(element) : undefined;
    const wireType = element.kind === 'boolean' || element.kind === 'integer' ? VARINT : DELIMITED;
    while (fields.length <= number) fields.push(undefined);
    fields[number] = { name, presence, shape: fieldShape, wireType, kind: element.kind, table };
    if (presence === 'inline' && table !== undefined) required.push(...table.required);
    if (presence === 'required') required.push({ name, zero: zeroOfRequired(fieldShape) });
  }
  const table = { fields, required };
  compiled.set(shape, table);
  return table;
}

/** As `core/project.ts` has it: a required list holds something, and a required struct is there. */
function zeroOfRequired({ kind }: Shape): unknown {
  return kind === 'string' ? '' : kind === 'boolean' ? false : kind === 'integer' ? 0 : undefined;
}

function readMessage(table: MessageTable, reader: ProtobufReader, end: number, target: Target): void {
  const { fields } = table;
  while (reader.position < end) {
    const tag = reader.readTag(end);
    const field = fields[tag >>> 3];
    if (field === undefined) reader.skip(tag & 7, end);
    else if (field.shape.kind === 'list') readElement(field, tag & 7, reader, end, target);
    else readField(field, tag & 7, reader, end, target);
  }
  // Most have nothing that is required.
  if (table.required.length > 0) fillRequired(table, target);
}

function fillRequired({ required }: MessageTable, target: Target): void {
  for (const { name, zero } of required) {
    if (name in target) continue;
    if (zero !== undefined) target[name] = zero;
    else defineMissing(target, name);
  }
}

/** Whoever reads the field learns that it is malformed; the others of the object can be read. */
function defineMissing(target: Target, name: string): void {
  Object.defineProperty(target, name, {
    enumerable: true,
    configurable: true,
    get() {
      throw new MalformedField(name, 'present', 'nothing');
    },
  });
}

function readField(field: FieldEntry, wireType: number, reader: ProtobufReader, end: number, target: Target): void {
  const { name, presence, shape, table } = field;
  expectWireType(field, wireType);
  if (table !== undefined) {
    // A message that comes in parts is one message.
    const part = presence === 'inline' ? target : ((target[name] ??= {}) as Target);
    const messageEnd = reader.readLength(end);
    readMessage(table, reader, messageEnd, part);
  } else if (shape.kind === 'map') {
    readMapEntry(name, shape, reader, reader.readLength(end), target);
  } else {
    const decoded = readScalar(field, reader, end);
    if (presence === 'value' && isZero(decoded)) {
      if (target[name] !== undefined) Reflect.deleteProperty(target, name);
    } else if (decoded !== undefined) {
      target[name] = decoded;
    }
  }
}

function readElement(field: FieldEntry, wireType: number, reader: ProtobufReader, end: number, target: Target): void {
  const elements = (target[field.name] ??= []) as unknown[];
  if (field.table !== undefined) {
    expectWireType(field, wireType);
    const element: Target = {};
    const elementEnd = reader.readLength(end);
    readMessage(field.table, reader, elementEnd, element);
    elements.push(element);
  } else if (field.wireType === VARINT && wireType === DELIMITED) {
    const packedEnd = reader.readLength(end);
    while (reader.position < packedEnd) elements.push(readScalar(field, reader, packedEnd));
  } else {
    expectWireType(field, wireType);
    elements.push(readScalar(field, reader, end));
  }
}

function readScalar({ kind, name, shape }: FieldEntry, reader: ProtobufReader, end: number): unknown {
  switch (kind) {
    case 'string': {
      const text = reader.readString(end);
      return shape.kind === 'string' && shape.classify !== undefined ? shape.classify(text) : text;
    }
    case 'boolean':
      return reader.readInteger(end) !== 0;
    case 'integer':
      return reader.readInteger(end);
    case 'time':
      return readTime(reader, reader.readLength(end));
    case 'map':
    case 'list':
    case 'message':
      throw new TypeError(`the shape of "${name}" nests a ${kind} where protobuf cannot`);
  }
}

/** @returns undefined for the zero time, which JSON writes as null */
function readTime(reader: ProtobufReader, end: number): string | undefined {
  if (reader.position === end) return undefined;
  let seconds = 0;
  while (reader.position < end) {
    const tag = reader.readTag(end);
    if (tag === ((1 << 3) | VARINT)) seconds = reader.readInteger(end);
    else reader.skip(tag & 7, end);
  }
  const moment = new Date(seconds * 1000);
  if (Number.isNaN(moment.getTime())) throw new ProtocolError(`a time of ${seconds} s`);
  return moment.toISOString().replace('.000Z', 'Z');
}

function readMapEntry(name: string, shape: MapShape, reader: ProtobufReader, end: number, target: Target): void {
  let key = '';
  let entry = '';
  while (reader.position < end) {
    const tag = reader.readTag(end);
    if (tag === ((1 << 3) | DELIMITED)) {
      key = reader.readString(end);
      // A large annotation that nobody reads never becomes a string, as its key comes first.
      if (shape.keys?.(key) === false) {
        reader.position = end;
        return;
      }
    } else if (tag === ((2 << 3) | DELIMITED)) {
      entry = shape.ofQuantities === true ? readQuantity(reader, reader.readLength(end)) : reader.readString(end);
    } else reader.skip(tag & 7, end);
  }
  if (shape.keys?.(key) === false) return;
  if (shape.ofQuantities === true) {
    if (entry === '' || isZeroQuantity(entry)) return;
    entry = '';
  }
  defineEntry((target[name] ??= {}) as Target, key, entry);
}

/** @returns the text of a message that holds nothing else; empty for zero */
function readQuantity(reader: ProtobufReader, end: number): string {
  let text = '';
  while (reader.position < end) {
    const tag = reader.readTag(end);
    if (tag === ((1 << 3) | DELIMITED)) text = reader.readString(end);
    else reader.skip(tag & 7, end);
  }
  return text;
}

function expectWireType({ name, wireType }: FieldEntry, found: number): void {
  if (found !== wireType) throw new ProtocolError(`field "${name}" has wire type ${found} instead of ${wireType}`);
}
