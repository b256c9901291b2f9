import { expect } from 'chai';
import { hasMalformedField, malformedFieldsOf, project } from '../../src/core/project.ts';
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
import type { Infer } from '../../src/core/shape.ts';

const item = message({ name: required(1, string), isOn: pointer(2, boolean) });
const shape = message({
  text: value(1, string),
  count: value(2, integer),
  isOn: value(3, boolean),
  since: pointer(4, time),
  countOrNone: pointer(5, integer),
  isOnOrNot: pointer(6, boolean),
  labels: value(7, stringMap),
  annotations: value(
    8,
    stringMapOf((key) => key.startsWith('a/')),
  ),
  items: value(9, list(item)),
  words: value(10, list(string)),
  inner: pointer(11, message({ text: value(1, string) })),
  limits: value(13, amounts),
  common: inline(12, message({ shared: value(1, string) })),
});

describe('project', () => {
  const rows: readonly (readonly [sentence: string, json: object, projected: object])[] = [
    [
      'keeps what the shape names',
      { text: 'a', count: 1, isOn: true, since: '2026-01-01T00:00:00Z' },
      { text: 'a', count: 1, isOn: true, since: '2026-01-01T00:00:00Z' },
    ],
    ['leaves out what the shape does not name', { text: 'a', other: 1, toString: 2 }, { text: 'a' }],
    ['takes null for absent', { text: null, countOrNone: null, labels: null, items: null, inner: null }, {}],
    [
      'takes the zero value of a field that is no pointer for absent',
      { text: '', count: 0, isOn: false, words: [] },
      {},
    ],
    [
      'keeps the zero value of a pointer',
      { countOrNone: 0, isOnOrNot: false, inner: {} },
      { countOrNone: 0, isOnOrNot: false, inner: {} },
    ],
    ['takes an empty map for absent', { labels: {} }, {}],
    [
      'keeps of an amount that there is one, a number too',
      { limits: { memory: '64Mi', cpu: 1.5, pods: '1e3', storage: ' .5 ', gpu: 1e21 } },
      { limits: { memory: '', cpu: '', pods: '', storage: '', gpu: '' } },
    ],
    [
      'takes an amount of zero for none',
      { limits: { memory: '0', cpu: 0, pods: '0.00', storage: '0Mi', gpu: '0e3', ram: null } },
      {},
    ],
    ['reads null in a map as the empty string', { labels: { a: null } }, { labels: { a: '' } }],
    [
      'keeps only the entries of a map that the shape accepts',
      { annotations: { 'a/b': 'x', 'c/d': 'y' } },
      { annotations: { 'a/b': 'x' } },
    ],
    ['takes a map of nothing that it accepts for absent', { annotations: { 'c/d': 5 } }, {}],
    ['reads null in a list of strings as the empty string', { words: ['a', null] }, { words: ['a', ''] }],
    ['reads the fields of an embedded struct beside the others', { shared: 'a' }, { shared: 'a' }],
    ['reads an integral float as an integer', { count: 1.0 }, { count: 1 }],
    [
      'projects the items of a list',
      { items: [{ name: 'a', isOn: false, other: 1 }] },
      { items: [{ name: 'a', isOn: false }] },
    ],
  ];
  for (const [sentence, json, projected] of rows) {
    it(sentence, () => {
      expect(project(shape, json)).to.deep.equal(projected);
    });
  }

  const malformed: readonly (readonly [
    sentence: string,
    json: object,
    read: (p: Infer<typeof shape>) => unknown,
    message: string,
  ])[] = [
    [
      'a string in place of a boolean',
      { isOnOrNot: 'true' },
      (p) => p.isOnOrNot,
      'field "isOnOrNot" must be a boolean, found the string "true"',
    ],
    [
      'a number in place of a boolean',
      { isOn: 0 },
      (p) => p.isOn,
      'field "isOn" must be a boolean, found the number 0',
    ],
    [
      'a boolean in place of a string',
      { text: true },
      (p) => p.text,
      'field "text" must be a string, found the boolean true',
    ],
    [
      'a string in place of an integer',
      { count: '1' },
      (p) => p.count,
      'field "count" must be an integer, found the string "1"',
    ],
    [
      'a fraction in place of an integer',
      { count: 1.5 },
      (p) => p.count,
      'field "count" must be an integer, found the number 1.5',
    ],
    ['a number in place of a time', { since: 5 }, (p) => p.since, 'field "since" must be a time, found the number 5'],
    [
      'a list in place of a map',
      { labels: [] },
      (p) => p.labels,
      'field "labels" must be a map of strings, found a list',
    ],
    [
      'a number in a map',
      { labels: { 'a.b/c': 1 } },
      (p) => p.labels?.['a.b/c'],
      'field "labels["a.b/c"]" must be a string, found the number 1',
    ],
    [
      'an amount that is none',
      { limits: { memory: '64MiB' } },
      (p) => p.limits?.['memory'],
      'field "limits["memory"]" must be a quantity, found the string "64MiB"',
    ],
    [
      'an amount below zero',
      { limits: { memory: -1 } },
      (p) => p.limits?.['memory'],
      'field "limits["memory"]" must be a quantity, found the number -1',
    ],
    [
      'an object in place of an amount',
      { limits: { memory: {} } },
      (p) => p.limits?.['memory'],
      'field "limits["memory"]" must be a quantity, found an object',
    ],
    ['an object in place of a list', { items: {} }, (p) => p.items, 'field "items" must be a list, found an object'],
    [
      'a string in a list of objects',
      { items: [{ name: 'a' }, 'b'] },
      (p) => p.items?.[1],
      'field "items[1]" must be an object, found the string "b"',
    ],
    [
      'a field in an item',
      { items: [{ name: 'a', isOn: 'x' }] },
      (p) => p.items?.[0]?.isOn,
      'field "items[0].isOn" must be a boolean, found the string "x"',
    ],
    [
      'a required field that is absent',
      { items: [{}] },
      (p) => p.items?.[0]?.name,
      'field "items[0].name" must be present, found nothing',
    ],
    [
      'a required field that is null',
      { items: [{ name: null }] },
      (p) => p.items?.[0]?.name,
      'field "items[0].name" must be present, found nothing',
    ],
    [
      'the fields of a null item',
      { items: [null] },
      (p) => p.items?.[0]?.name,
      'field "items[0].name" must be present, found nothing',
    ],
    [
      'a string in place of an object',
      { inner: 'x' },
      (p) => p.inner,
      'field "inner" must be an object, found the string "x"',
    ],
    [
      'a field of an embedded struct',
      { shared: 1 },
      (p) => p.shared,
      'field "shared" must be a string, found the number 1',
    ],
    [
      'a long string, which it does not quote',
      { count: 'x'.repeat(41) },
      (p) => p.count,
      'field "count" must be an integer, found a string',
    ],
  ];
  for (const [sentence, json, read, text] of malformed) {
    it(`throws for whoever reads ${sentence}`, () => {
      const projected = project(shape, json);
      expect(() => read(projected)).to.throw(MalformedField, text);
      expect(hasMalformedField(projected)).to.equal(true);
    });
  }

  it('lets everything else be read beside a field of a wrong type', () => {
    const projected = project(shape, { isOn: 'x', text: 'a', items: ['b', { name: 'c' }] });
    expect(projected.text).to.equal('a');
    expect(projected.items).to.have.lengthOf(2);
    expect(projected.items?.[1]?.name).to.equal('c');
  });
  it('names the path of a malformed field, for its line', () => {
    const projected = project(shape, { items: [{ name: 5 }] });
    expect(() => projected.items?.[0]?.name)
      .to.throw(MalformedField)
      .with.property('path', 'items[0].name');
  });
  it('finds a field of a wrong type behind no absent one', () => {
    expect('isOn' in project(shape, { isOn: 'x' })).to.equal(true);
    expect('isOn' in project(shape, {})).to.equal(false);
  });
  it('takes an empty list where the API requires one for malformed', () => {
    const pods = message({ containers: required(1, list(item)) });
    expect(() => project(pods, { containers: [] }).containers).to.throw(
      MalformedField,
      'must be present, found an empty list',
    );
    expect(() => project(pods, {}).containers).to.throw(MalformedField, 'must be present, found nothing');
  });
  it('reads no field from the prototype', () => {
    const json: unknown = JSON.parse('{"__proto__": {"text": "a"}, "labels": {"__proto__": "b"}}');
    const projected = project(shape, json);
    expect(projected.text).to.equal(undefined);
    expect(Object.entries(projected.labels ?? {})).to.deep.equal([['__proto__', 'b']]);
    expect(project(message({ constructor: value(1, string) }), {})).to.deep.equal({});
  });
  it('shares nothing that can change with its input', () => {
    const json = { labels: { a: 'b' }, words: ['a'], items: [{ name: 'a' }] };
    const projected = project(shape, json);
    json.labels.a = 'c';
    json.words.push('b');
    json.items.pop();
    expect(projected).to.deep.equal({ labels: { a: 'b' }, words: ['a'], items: [{ name: 'a' }] });
  });

  const noObjects: readonly (readonly [sentence: string, json: unknown])[] = [
    ['null', null],
    ['a string', 'a'],
    ['a list', []],
    ['nothing', undefined],
  ];
  for (const [sentence, json] of noObjects) {
    it(`refuses ${sentence} in place of the object`, () => {
      expect(() => project(shape, json)).to.throw(MalformedField);
    });
  }
});

describe('malformedFieldsOf', () => {
  it('names every malformed field, wherever it stands', () => {
    const projected = project(shape, { text: 1, items: [{ name: 'a' }, 'b', { isOn: 'x' }], labels: { a: 'b', c: 2 } });
    expect(malformedFieldsOf(projected).map(({ path }) => path)).to.have.members([
      'text',
      'items[1]',
      'items[2].name',
      'items[2].isOn',
      'labels["c"]',
    ]);
  });
  it('names none where all is well', () => {
    expect(malformedFieldsOf(project(shape, { text: 'a', items: [{ name: 'a' }], labels: { a: 'b' } }))).to.deep.equal(
      [],
    );
  });
});

describe('hasMalformedField', () => {
  const rows: readonly (readonly [sentence: string, json: object, expected: boolean])[] = [
    ['is false where all is well', { text: 'a', items: [{ name: 'a' }], labels: { a: 'b' } }, false],
    ['is true for a field', { text: 1 }, true],
    ['is true for an entry of a map', { labels: { a: 1 } }, true],
    ['is true for a field deep inside', { items: [{ name: 'a' }, { name: 1 }] }, true],
    ['does not mind what the shape does not name', { other: 1, annotations: { 'c/d': 1 } }, false],
  ];
  for (const [sentence, json, expected] of rows) {
    it(sentence, () => {
      expect(hasMalformedField(project(shape, json))).to.equal(expected);
    });
  }
});
