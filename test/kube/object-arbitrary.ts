/**
 * Dense generated objects of a shape, as a client may send them: odd strings, zero values, empty lists and maps, null,
 * absent fields, and fields that nobody reads.
 */
import fc from 'fast-check';
import type { MessageShape, Shape } from '../../src/core/shape.ts';

type Json = Readonly<Record<string, unknown>>;

/** Fields that are bytes to the API, of which nothing but what they amount to is kept. */
const bytesFields: readonly string[] = ['caBundle'];

export function objectArbitrary(apiVersion: string, kind: string, shape: MessageShape): fc.Arbitrary<Json> {
  return messageArbitrary(shape).map((object) => {
    const metadata = (object['metadata'] ?? {}) as Json;
    // The API server stores no object without a name; all else of a required field may be empty.
    return { ...object, apiVersion, kind, metadata: { ...metadata, name: metadata['name'] || 'web' } };
  });
}

function messageArbitrary(shape: MessageShape): fc.Arbitrary<Json> {
  const inlined = Object.values(shape.fields).flatMap(({ presence, shape: fieldShape }) =>
    presence === 'inline' ? [messageArbitrary(fieldShape as MessageShape)] : [],
  );
  const own = Object.entries(shape.fields)
    .filter(([, { presence }]) => presence !== 'inline')
    .map(
      ([name, { shape: fieldShape }]) =>
        [name, bytesFields.includes(name) ? orNothing(bytesArbitrary()) : fieldArbitrary(fieldShape)] as const,
    );
  return fc
    .tuple(fc.record(Object.fromEntries(own)), ...inlined)
    .map((parts) => Object.assign({}, ...parts.map(withoutAbsent)) as Json);
}

function fieldArbitrary(shape: Shape): fc.Arbitrary<unknown> {
  return orNothing(valueArbitrary(shape));
}

/** Undefined leaves the field out. */
function orNothing(arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 8, arbitrary },
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

function valueArbitrary(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'string':
      return stringArbitrary();
    case 'boolean':
      return fc.boolean();
    case 'integer':
      if (shape.bits === 32) return fc.oneof(fc.constantFrom(0, 1, -1), fc.integer());
      return fc.oneof(fc.constantFrom(0, 1, -1, 127, 128, 2 ** 31, -(2 ** 31), 2 ** 53 - 1), fc.maxSafeInteger());
    case 'time':
      return fc.constantFrom(
        '1970-01-01T00:00:00Z',
        '1969-07-20T20:17:40Z',
        '2026-11-24T16:50:00+02:00',
        '2026-11-24T16:50:00.987654Z',
        '0001-01-01T00:00:00Z',
      );
    case 'map':
      if (shape.ofQuantities === true) {
        return fc.dictionary(fc.constantFrom('cpu', 'memory', 'example.com/gpu'), fc.constantFrom('1', '64Mi', '0'));
      }
      return fc.dictionary(
        fc.oneof(fc.constantFrom('kubernetes.io/config.mirror', '__proto__', ''), stringArbitrary()),
        fc.oneof({ weight: 9, arbitrary: stringArbitrary() }, { weight: 1, arbitrary: fc.constant(null) }),
        { maxKeys: 4 },
      );
    case 'list':
      return fc.array(valueArbitrary(shape.of), { maxLength: 3 });
    case 'message':
      return messageArbitrary(shape);
  }
}

function stringArbitrary(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('', 'default', ' ', '\u0000', 'häß', '日本', '😀', '\ud800', '\n', '"\\', 'x'.repeat(200)),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }),
  );
}

/** As JSON has them: no API server stores another text in such a field. */
function bytesArbitrary(): fc.Arbitrary<string> {
  const bytes = fc.oneof(
    fc.constantFrom('', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    fc.string(),
  );
  return bytes.map((text) => Buffer.from(text).toString('base64'));
}

function withoutAbsent(object: Json): Json {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
