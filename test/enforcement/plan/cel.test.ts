import { expect } from 'chai';

import { celLiteral, readTextList } from '../../../src/enforcement/plan/cel.ts';
import type { CelValue } from '../../../src/enforcement/plan/cel.ts';

describe('a value in CEL', () => {
  const rows: readonly (readonly [value: CelValue, literal: string])[] = [
    ['', "''"],
    ['oncall', "'oncall'"],
    ["it's", String.raw`'it\'s'`],
    ['a\\', String.raw`'a\\'`],
    ["' || true || '", String.raw`'\' || true || \''`],
    ['"', `'"'`],
    ['a\nb\t\0', String.raw`'a\u000ab\u0009\u0000'`],
    ['ü', String.raw`'\u00fc'`],
    ['😀', String.raw`'\U0001f600'`],
    ['\u2028', String.raw`'\u2028'`],
    [true, 'true'],
    [-7, '-7'],
    [-0, '0'],
    [[], '[]'],
    [['a', "b'"], String.raw`['a', 'b\'']`],
    [[1, -2], '[1, -2]'],
  ];
  for (const [value, literal] of rows) {
    it(`${JSON.stringify(value)} is ${literal}`, () => {
      expect(celLiteral(value)).to.equal(literal);
    });
  }

  for (const value of ['\ud83d', 'a\udc00b', 0.5, 2 ** 53, Number.NaN, Infinity]) {
    it(`${JSON.stringify(String(value))} as a ${typeof value} cannot be said`, () => {
      expect(() => celLiteral(value)).to.throw(RangeError);
    });
  }

  it('is one line of printable ASCII, whatever it holds', () => {
    const every = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).join('');
    expect(celLiteral(every)).to.match(/^[ -~]*$/);
  });
});

describe('a list of texts in CEL, read back', () => {
  for (const texts of [[], ['a'], ["it's", 'a\\', '', ', '], ["', '", '\\u0041', '\n😀ü'], ['\u{10ffff}']]) {
    it(`is ${JSON.stringify(texts)}`, () => {
      expect(readTextList(celLiteral(texts))).to.deep.equal(texts);
    });
  }

  const foreign: readonly (readonly [sentence: string, list: string])[] = [
    ['words that are escaped without need', String.raw`['\u0073ystem:authenticated']`],
    ['words that are escaped otherwise', String.raw`['\x41']`],
    ['a character that there is not', String.raw`['\U00110000']`],
    ['half a character', String.raw`['\ud83d']`],
    ['other quotes', '["a"]'],
    ['other spaces', "['a','b']"],
    ['more than a list', "['a'] + ['b']"],
    ['what ends early', String.raw`['a\']`],
    ['no list', "'a'"],
  ];
  for (const [sentence, list] of foreign) {
    it(`is not taken for one of ours with ${sentence}`, () => {
      expect(readTextList(list)).to.equal(undefined);
    });
  }
});
