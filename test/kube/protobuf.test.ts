import { expect } from 'chai';
import fc from 'fast-check';
import {
  amounts,
  boolean,
  inline,
  integer,
  list,
  MalformedField,
  message,
  pointer,
  required,
  string,
  stringMap,
  stringMapOf,
  time,
  value,
} from '../../src/core/shape.ts';
import type { MessageShape } from '../../src/core/shape.ts';
import { kinds } from '../../src/core/kinds.ts';
import { compileDecoder } from '../../src/kube/protobuf.ts';
import { ProtocolError } from '../../src/kube/protocol-error.ts';
import { delimitedField, encodeMessage, encodeVarint, stringField, varintField } from '../support/fault-protobuf.ts';
import { showMalformed } from './malformed-fields.ts';

interface DecodeRow {
  readonly name: string;
  readonly shape: MessageShape;
  readonly bytes: readonly Buffer[];
  readonly gives: unknown;
}

const decoded: readonly DecodeRow[] = [
  {
    name: 'a value field with its zero value is absent',
    shape: message({ a: value(1, string), b: value(2, boolean), c: value(3, integer), d: value(4, list(string)) }),
    bytes: [stringField(1, ''), varintField(2, 0), varintField(3, 0)],
    gives: {},
  },
  {
    name: 'a pointer field keeps its zero value',
    shape: message({ a: pointer(1, string), b: pointer(2, boolean), c: pointer(3, integer) }),
    bytes: [stringField(1, ''), varintField(2, 0), varintField(3, 0)],
    gives: { a: '', b: false, c: 0 },
  },
  {
    name: 'a required scalar that is not on the wire has its zero value',
    shape: message({ a: required(1, string), b: required(2, boolean), c: required(3, integer) }),
    bytes: [],
    gives: { a: '', b: false, c: 0 },
  },
  {
    name: 'a required list or struct that is not on the wire is malformed',
    shape: message({ a: required(1, list(string)), b: required(2, message({})) }),
    bytes: [],
    gives: { a: 'MALFORMED', b: 'MALFORMED' },
  },
  {
    name: 'an empty message that is there is there',
    shape: message({ a: pointer(1, message({})), b: value(2, message({})) }),
    bytes: [delimitedField(1, Buffer.alloc(0)), delimitedField(2, Buffer.alloc(0))],
    gives: { a: {}, b: {} },
  },
  {
    name: 'an embedded struct lends its fields to its parent',
    shape: message({ common: inline(1, message({ name: required(1, string) })), own: value(2, string) }),
    bytes: [delimitedField(1, stringField(1, 'web')), stringField(2, 'x')],
    gives: { name: 'web', own: 'x' },
  },
  {
    name: 'a list keeps its order, its empty strings and its zeroes',
    shape: message({ a: value(1, list(string)), b: value(2, list(integer)) }),
    bytes: [stringField(1, 'x'), varintField(2, 7), stringField(1, ''), varintField(2, 0), stringField(1, 'x')],
    gives: { a: ['x', '', 'x'], b: [7, 0] },
  },
  {
    name: 'a packed list reads as one that is not',
    shape: message({ a: value(1, list(integer)) }),
    bytes: [delimitedField(1, Buffer.concat([encodeVarint(1), encodeVarint(300)])), varintField(1, 2)],
    gives: { a: [1, 300, 2] },
  },
  {
    name: 'a map takes entries without key or value, and the last of two',
    shape: message({ a: value(1, stringMap) }),
    bytes: [
      delimitedField(1, stringField(1, 'no value')),
      delimitedField(1, stringField(2, 'no key')),
      delimitedField(1, Buffer.concat([stringField(1, 'k'), stringField(2, 'first')])),
      delimitedField(1, Buffer.concat([stringField(1, 'k'), stringField(2, 'last')])),
    ],
    gives: { a: { 'no value': '', '': 'no key', k: 'last' } },
  },
  {
    name: 'a map without an accepted key is absent, whatever the order of key and value',
    shape: message({
      a: value(
        1,
        stringMapOf((key) => key === 'wanted'),
      ),
    }),
    bytes: [
      delimitedField(1, Buffer.concat([stringField(1, 'k'), stringField(2, 'v')])),
      delimitedField(1, Buffer.concat([stringField(2, 'v'), stringField(1, 'k')])),
    ],
    gives: {},
  },
  {
    name: 'of a map of quantities those of zero are left out',
    shape: message({ a: value(1, amounts), b: value(2, amounts) }),
    bytes: [
      delimitedField(1, Buffer.concat([stringField(1, 'memory'), delimitedField(2, stringField(1, '64Mi'))])),
      delimitedField(1, Buffer.concat([delimitedField(2, stringField(1, '100m')), stringField(1, 'cpu')])),
      delimitedField(1, Buffer.concat([stringField(1, 'none'), delimitedField(2, stringField(1, '0'))])),
      delimitedField(2, Buffer.concat([stringField(1, 'memory'), delimitedField(2, Buffer.alloc(0))])),
      delimitedField(2, stringField(1, 'cpu')),
    ],
    gives: { a: { memory: '', cpu: '' } },
  },
  {
    name: 'a map may have a key named __proto__',
    shape: message({ a: value(1, stringMap) }),
    bytes: [delimitedField(1, Buffer.concat([stringField(1, '__proto__'), stringField(2, 'v')]))],
    gives: { a: JSON.parse('{"__proto__":"v"}') as unknown },
  },
  {
    name: 'integers are signed, and beyond 2^53 the nearest number',
    shape: message({ a: pointer(1, integer), b: pointer(2, integer), c: pointer(3, integer), d: pointer(4, integer) }),
    bytes: [
      varintField(1, -1),
      varintField(2, -(2n ** 63n)),
      varintField(3, 2n ** 63n - 1n),
      varintField(4, 2n ** 53n - 1n),
    ],
    gives: { a: -1, b: -(2 ** 63), c: 2 ** 63, d: 2 ** 53 - 1 },
  },
  {
    name: 'a time is in UTC with seconds; the zero time is absent, the epoch is not',
    shape: message({ a: pointer(1, time), b: pointer(2, time), c: pointer(3, time), d: pointer(4, time) }),
    bytes: [
      delimitedField(1, Buffer.concat([varintField(1, 1_795_539_000), varintField(2, 999_999_999)])),
      delimitedField(2, Buffer.alloc(0)),
      delimitedField(3, Buffer.concat([varintField(1, 0), varintField(2, 0)])),
      delimitedField(4, varintField(1, -14_182_940)),
    ],
    gives: { a: '2026-11-24T16:50:00Z', c: '1970-01-01T00:00:00Z', d: '1969-07-20T20:17:40Z' },
  },
  {
    name: 'unknown fields of every wire type are stepped over',
    shape: message({ a: value(20, string) }),
    bytes: [
      varintField(1, 2n ** 63n),
      Buffer.concat([Buffer.from([(2 << 3) | 1]), Buffer.alloc(8, 0xff)]),
      delimitedField(3, Buffer.alloc(300, 0xff)),
      Buffer.concat([Buffer.from([(4 << 3) | 5]), Buffer.alloc(4, 0xff)]),
      varintField(536_870_911, 1),
      stringField(20, 'found'),
    ],
    gives: { a: 'found' },
  },
  {
    name: 'text beyond ASCII is UTF-8',
    shape: message({ a: value(1, string) }),
    bytes: [stringField(1, 'häß 日本 😀')],
    gives: { a: 'häß 日本 😀' },
  },
  {
    name: 'a later scalar counts, also a zero',
    shape: message({ a: value(1, string), b: value(2, boolean) }),
    bytes: [stringField(1, 'first'), stringField(1, 'last'), varintField(2, 1), varintField(2, 0)],
    gives: { a: 'last' },
  },
];

interface RefusalRow {
  readonly name: string;
  readonly bytes: Buffer;
}

const shape = message({
  name: required(1, string),
  ready: value(2, boolean),
  inner: value(3, message({ a: value(1, string) })),
});

const refused: readonly RefusalRow[] = [
  { name: 'a field that is longer than the message', bytes: Buffer.from([0x0a, 5, 0x61]) },
  {
    name: 'a length that goes beyond all memory',
    bytes: Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
  },
  { name: 'an inner message that is longer than the outer one', bytes: Buffer.from([0x1a, 3, 0x0a, 5, 0x61]) },
  { name: 'a tag that is cut off', bytes: Buffer.from([0x80]) },
  { name: 'a varint of eleven bytes', bytes: Buffer.concat([Buffer.from([0x10]), Buffer.alloc(11, 0xff)]) },
  { name: 'a string where a boolean belongs', bytes: stringField(2, 'x') },
  { name: 'a number where a string belongs', bytes: varintField(1, 7) },
  { name: 'field number 0', bytes: Buffer.from([0x02, 0]) },
  { name: 'a group, which Kubernetes never writes', bytes: Buffer.from([(9 << 3) | 3, (9 << 3) | 4]) },
  { name: 'an unknown field that is cut off', bytes: Buffer.from([(9 << 3) | 1, 1, 2, 3]) },
];

describe('compileDecoder', () => {
  for (const row of decoded) {
    it(row.name, () => {
      const bytes = Buffer.concat(row.bytes);
      expect(showMalformed(compileDecoder(row.shape)(bytes, 0, bytes.length))).to.deep.equal(row.gives);
    });
  }

  for (const { name, bytes } of refused) {
    it(`refuses ${name}`, () => {
      expect(() => compileDecoder(shape)(bytes, 0, bytes.length)).to.throw(ProtocolError);
    });
  }

  it('refuses to read beyond the buffer, whatever it is told', () => {
    expect(() => compileDecoder(shape)(Buffer.alloc(3), 0, 4)).to.throw(ProtocolError);
  });

  it('reads only between the two positions', () => {
    const bytes = Buffer.concat([Buffer.from([0xff]), stringField(1, 'web'), Buffer.from([0xff])]);
    expect(compileDecoder(shape)(bytes, 1, bytes.length - 1)).to.deep.equal({ name: 'web' });
  });

  it('says which field is malformed to whoever reads it', () => {
    const decode = compileDecoder(message({ containers: required(2, list(string)) }));
    const object = decode(Buffer.alloc(0), 0, 0);
    expect(() => object.containers).to.throw(MalformedField, '"containers" must be present');
  });

  it('gives an object or a ProtocolError for any bytes', () => {
    const decode = compileDecoder(kinds.Pod.shape);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (array) => {
        decodesOrRefuses(decode, Buffer.from(array));
      }),
      { numRuns: 5_000 },
    );
  });

  it('gives an object or a ProtocolError for a pod with some bytes changed', () => {
    const decode = compileDecoder(kinds.Pod.shape);
    const pod = encodeMessage(kinds.Pod.shape, {
      metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '7' },
      spec: {
        containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
        volumes: [
          { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }, { secret: { name: 's' } }] } },
        ],
      },
    });
    const changes = fc.array(fc.tuple(fc.nat(pod.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.nat(pod.length), (changed, length) => {
        const bytes = Buffer.from(pod.subarray(0, length));
        for (const [index, byte] of changed) if (index < bytes.length) bytes[index] = byte;
        decodesOrRefuses(decode, bytes);
      }),
      { numRuns: 5_000 },
    );
  });
});

function decodesOrRefuses(decode: (bytes: Buffer, start: number, end: number) => unknown, bytes: Buffer): void {
  try {
    decode(bytes, 0, bytes.length);
  } catch (error) {
    expect(error).to.be.instanceOf(ProtocolError);
  }
}
