import { expect } from 'chai';

import type { CrdSchema } from '../../src/api/v1alpha1/schema.ts';
import { findSchemaProblem } from '../../src/core/schema-problem.ts';

const schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 5, pattern: '^[a-z]+$' },
    level: { type: 'string', enum: ['low', 'high'] },
    since: { type: 'string', format: 'date-time' },
    count: { type: 'integer', format: 'int32', minimum: 1, maximum: 9 },
    floor: { type: 'integer', format: 'int32', minimum: 0 },
    ceiling: { type: 'integer', format: 'int32', maximum: 9 },
    isOn: { type: 'boolean' },
    labels: { type: 'object', maxProperties: 2, additionalProperties: { type: 'string', maxLength: 3 } },
    open: { type: 'object', maxProperties: 1, 'x-kubernetes-preserve-unknown-fields': true },
    items: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
    distinct: { type: 'array', maxItems: 9, items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    named: {
      type: 'array',
      maxItems: 9,
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, size: { type: 'integer', format: 'int32' } },
      },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
  },
} as const satisfies CrdSchema;

describe('a value held against a schema', () => {
  it('is in order where it says what it must and nothing else', () => {
    const value = { name: 'abc', level: 'low', count: 9, labels: { a: 'b' }, open: { a: [1] }, named: [{ name: 'a' }] };
    expect(findSchemaProblem(schema, value, 'spec')).to.equal(undefined);
  });

  const rows: readonly (readonly [sentence: string, value: unknown, path: string, rest: string])[] = [
    ['is no object', [], 'spec', 'must be an object, and is []'],
    ['lacks what is required', {}, 'spec.name', 'is missing'],
    [
      'has a field that does not exist',
      { name: 'a', nmae: 'b' },
      'spec.nmae',
      'does not exist; there is "name", "level", "since", "count", "floor", "ceiling", "isOn", "labels", "open", "items", "distinct", "named"',
    ],
    ['has a number for a text', { name: 7 }, 'spec.name', 'must be a string, and is 7'],
    ['has null for a text', { name: null }, 'spec.name', 'must be a string, and is null'],
    ['has an empty text', { name: '' }, 'spec.name', 'is "", and must have at least 1 characters'],
    ['has a long text', { name: 'abcdef' }, 'spec.name', 'has 6 characters, and may have 5'],
    ['has a text of another form', { name: 'A' }, 'spec.name', 'is "A", and must match ^[a-z]+$'],
    [
      'has a word that is not allowed',
      { name: 'a', level: 'mid' },
      'spec.level',
      'is "mid", and must be one of "low", "high"',
    ],
    ['has a time that is none', { name: 'a', since: 'soon' }, 'spec.since', 'is "soon", and must be a time'],
    ['has a text for a number', { name: 'a', count: '7' }, 'spec.count', 'must be an integer, and is "7"'],
    ['has a fraction', { name: 'a', count: 1.5 }, 'spec.count', 'must be an integer, and is 1.5'],
    ['has a number that is too large', { name: 'a', count: 10 }, 'spec.count', 'is 10, and must be from 1 to 9'],
    ['has a number below the only bound', { name: 'a', floor: -1 }, 'spec.floor', 'is -1, and must be 0 or more'],
    ['has a number above the only bound', { name: 'a', ceiling: 10 }, 'spec.ceiling', 'is 10, and must be 9 or less'],
    ['has a text for a truth', { name: 'a', isOn: 'yes' }, 'spec.isOn', 'must be true or false, and is "yes"'],
    ['has a text for a list', { name: 'a', items: 'b' }, 'spec.items', 'must be a list, and is "b"'],
    ['has too few items', { name: 'a', items: [] }, 'spec.items', 'has 0 items, and must have at least 1'],
    ['has too many items', { name: 'a', items: ['b', 'c', 'd'] }, 'spec.items', 'has 3 items, and may have 2'],
    ['has a wrong item', { name: 'a', items: ['b', 7] }, 'spec.items[1]', 'must be a string, and is 7'],
    ['repeats a member of a set', { name: 'a', distinct: ['b', 'b'] }, 'spec.distinct[1]', 'repeats "b"'],
    [
      'repeats the key of an item',
      { name: 'a', named: [{ name: 'b' }, { name: 'b', size: 1 }] },
      'spec.named[1]',
      'repeats ["b"]',
    ],
    ['lacks something in an item', { name: 'a', named: [{ size: 1 }] }, 'spec.named[0].name', 'is missing'],
    [
      'has too many entries',
      { name: 'a', labels: { a: 'b', c: 'd', e: 'f' } },
      'spec.labels',
      'has 3 entries, and may have 2',
    ],
    [
      'has a wrong entry, whose key is no plain word',
      { name: 'a', labels: { 'b.c/d': 7 } },
      'spec.labels["b.c/d"]',
      'must be a string, and is 7',
    ],
    [
      'has too much where anything is allowed',
      { name: 'a', open: { b: 1, c: 2 } },
      'spec.open',
      'has 2 entries, and may have 1',
    ],
    [
      'has the name of something that every object has',
      { name: 'a', constructor: 1 },
      'spec.constructor',
      'does not exist; there is "name", "level", "since", "count", "floor", "ceiling", "isOn", "labels", "open", "items", "distinct", "named"',
    ],
  ];
  for (const [sentence, value, path, rest] of rows) {
    it(`is not where it ${sentence}`, () => {
      expect(findSchemaProblem(schema, value, 'spec')).to.deep.equal({ path, message: `${path} ${rest}` });
    });
  }

  it('counts the characters of a text as the API server does', () => {
    expect(findSchemaProblem({ type: 'string', maxLength: 2 }, '🚀🚀', 'a')).to.equal(undefined);
  });
  it('does not repeat a long value', () => {
    const { message = '' } = findSchemaProblem({ type: 'string' }, ['x'.repeat(1000)], 'a') ?? {};
    expect(message).to.have.length.lessThan(150);
  });
});
