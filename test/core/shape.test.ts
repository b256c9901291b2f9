import { expect } from 'chai';
import { project } from '../../src/core/project.ts';
import {
  boolean,
  defineEntry,
  inline,
  integer,
  isZero,
  list,
  MalformedField,
  message,
  pointer,
  required,
  string,
  stringMap,
  time,
  value,
  zeroOf,
} from '../../src/core/shape.ts';
import type { Infer, Shape } from '../../src/core/shape.ts';

describe('isZero', () => {
  const rows: readonly (readonly [sentence: string, decoded: unknown, expected: boolean])[] = [
    ['holds for the empty string', '', true],
    ['holds for 0', 0, true],
    ['holds for -0', -0, true],
    ['holds for false', false, true],
    ['holds for an empty list', [], true],
    ['does not hold for an empty object, a struct without fields', {}, false],
    ['does not hold for "0"', '0', false],
    ['does not hold for a list of nothing much', [''], false],
    ['does not hold for what is malformed', new MalformedField('a', 'b', 'c'), false],
  ];
  for (const [sentence, decoded, expected] of rows) {
    it(sentence, () => {
      expect(isZero(decoded)).to.equal(expected);
    });
  }
});

describe('zeroOf', () => {
  const rows: readonly (readonly [sentence: string, shape: Shape, zero: unknown])[] = [
    ['is empty for a string', string, ''],
    ['is empty for a time', time, ''],
    ['is 0 for an integer', integer, 0],
    ['is false for a boolean', boolean, false],
    ['is empty for a list', list(string), []],
    ['is nothing for a map', stringMap, undefined],
    ['is nothing for a message', message({}), undefined],
  ];
  for (const [sentence, shape, zero] of rows) {
    it(sentence, () => {
      expect(zeroOf(shape)).to.deep.equal(zero);
    });
  }
  it('gives no list that somebody could fill', () => {
    expect(zeroOf(list(string))).to.satisfy(Object.isFrozen);
  });
});

describe('defineEntry', () => {
  it('defines __proto__ as a key like others', () => {
    const target: Record<string, unknown> = {};
    defineEntry(target, '__proto__', { polluted: true });
    defineEntry(target, 'a', 1);
    expect(Object.keys(target)).to.deep.equal(['__proto__', 'a']);
    expect(Object.getPrototypeOf(target)).to.equal(Object.prototype);
    expect(target['polluted']).to.equal(undefined);
  });
  it('lets a later entry take the place of an earlier one', () => {
    const target: Record<string, unknown> = {};
    defineEntry(target, '__proto__', 1);
    defineEntry(target, '__proto__', 2);
    expect(Object.entries(target)).to.deep.equal([['__proto__', 2]]);
  });
});

describe('MalformedField', () => {
  it('says which field, what it must be and what it is', () => {
    const error = new MalformedField('spec.hostPID', 'a boolean', 'the string "yes"');
    expect(error.message).to.equal('field "spec.hostPID" must be a boolean, found the string "yes"');
    expect(error).to.include({ name: 'MalformedField', path: 'spec.hostPID' });
  });
});

const everyPresence = message({
  name: required(1, string),
  count: value(2, integer),
  isOn: pointer(3, boolean),
  labels: value(4, stringMap),
  items: required(5, list(message({ since: pointer(1, time) }))),
  common: inline(6, message({ shared: value(1, string) })),
});

describe('Infer', () => {
  it('makes the type that rules see: required fields there, others perhaps, embedded ones beside them', () => {
    // The test is that both lines compile: neither type asks for more than the other.
    const inferred: Infer<typeof everyPresence> = {
      name: 'a',
      items: [{ since: 'b' }],
      shared: 'c',
    } satisfies Expected;
    const expected: Expected = project(everyPresence, inferred);
    expect(expected).to.deep.equal(inferred);
  });
});

interface Expected {
  readonly name: string;
  readonly count?: number;
  readonly isOn?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly items: readonly { readonly since?: string }[];
  readonly shared?: string;
}
