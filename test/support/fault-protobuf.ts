/** Writes objects as the API server encodes them in protobuf, for the fields that a shape names. */
import type { Field, MessageShape, Shape } from '../../src/core/shape.ts';

/** @param object fields that the shape does not name are left out */
export function encodeMessage(shape: MessageShape, object: object): Buffer {
  const fields = object as Readonly<Record<string, unknown>>;
  return Buffer.concat(
    Object.entries(shape.fields).flatMap(([name, field]) =>
      field.presence === 'inline'
        ? [delimitedField(field.number, encodeMessage(field.shape as MessageShape, object))]
        : encodeField(field, fields[name]),
    ),
  );
}

/** The magic number, `runtime.Unknown` and in it the object. */
export function encodeEnvelope(apiVersion: string, kind: string, raw: Buffer): Buffer {
  const typeMeta = Buffer.concat([stringField(1, apiVersion), stringField(2, kind)]);
  return Buffer.concat([
    Buffer.from('k8s\0', 'latin1'),
    delimitedField(1, typeMeta),
    delimitedField(2, raw),
    stringField(3, ''),
    stringField(4, ''),
  ]);
}

/** A watch event with its length before it. @param object in its envelope */
export function encodeWatchFrame(type: string, object: Buffer): Buffer {
  const event = Buffer.concat([stringField(1, type), delimitedField(2, delimitedField(1, object))]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}

/** A list in its envelope. */
export function encodeList(page: { resourceVersion: string; continue: string }, items: readonly Buffer[]): Buffer {
  const meta = Buffer.concat([stringField(2, page.resourceVersion), stringField(3, page.continue)]);
  const list = Buffer.concat([delimitedField(1, meta), ...items.map((item) => delimitedField(2, item))]);
  return encodeEnvelope('v1', 'List', list);
}

export function delimitedField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([encodeVarint(number * 8 + 2), encodeVarint(bytes.length), bytes]);
}

export function stringField(number: number, text: string): Buffer {
  return delimitedField(number, Buffer.from(text));
}

export function varintField(number: number, value: number | bigint): Buffer {
  return Buffer.concat([encodeVarint(number * 8), encodeVarint(value)]);
}

/** @param value negative ones in two's complement of 64 bits */
export function encodeVarint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const more = rest > 0x7fn;
    bytes.push(Number(rest & 0x7fn) | (more ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

function encodeField({ number, shape }: Field, value: unknown): Buffer[] {
  if (value === undefined) return [];
  if (shape.kind === 'list')
    return (value as readonly unknown[]).map((element) => encodeOne(number, shape.of, element));
  if (shape.kind !== 'map') return [encodeOne(number, shape, value)];
  const { ofQuantities } = shape;
  return Object.entries(value as Readonly<Record<string, string>>).map(([key, entry]) => {
    // What is kept of a quantity is that there is one.
    const encoded = ofQuantities === true ? delimitedField(2, stringField(1, '1')) : stringField(2, entry);
    return delimitedField(number, Buffer.concat([stringField(1, key), encoded]));
  });
}

function encodeOne(number: number, shape: Shape, value: unknown): Buffer {
  switch (shape.kind) {
    case 'string':
      return stringField(number, value as string);
    case 'integer':
      return varintField(number, value as number);
    case 'boolean':
      return varintField(number, value === true ? 1 : 0);
    case 'time':
      return delimitedField(number, varintField(1, Date.parse(value as string) / 1000));
    case 'message':
      return delimitedField(number, encodeMessage(shape, value as object));
    case 'list':
    case 'map':
      throw new TypeError(`protobuf has no ${shape.kind} within a list`);
  }
}
