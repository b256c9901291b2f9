import { expect } from 'chai';
import { buildPainter, hasColour, printable } from '../../src/report/terminal.ts';

describe('printable', () => {
  const rows: readonly (readonly [sentence: string, text: string, shown: string])[] = [
    ['leaves plain text alone', 'web-1: image "a/b:c" (100 %)', 'web-1: image "a/b:c" (100 %)'],
    ['leaves letters of every script alone', 'größe Ω 名前 ไทย 🚀', 'größe Ω 名前 ไทย 🚀'],
    ['leaves combining marks alone', 'e\u0301', 'e\u0301'],
    ['spells out an escape sequence that clears the screen', 'a\x1b[2Jb', 'a\\x1b[2Jb'],
    ['spells out the 8-bit form of an escape sequence', 'a\u009b2J', 'a\\x9b2J'],
    ['spells out a hyperlink', '\x1b]8;;http://evil\x07x\x1b]8;;\x07', '\\x1b]8;;http://evil\\x07x\\x1b]8;;\\x07'],
    ['spells out a carriage return that would retype the line', 'FAIL\rPASS', 'FAIL\\rPASS'],
    ['spells out line feeds and tabs', 'a\nb\tc', 'a\\nb\\tc'],
    ['spells out backspace and delete', 'a\bb\x7f', 'a\\x08b\\x7f'],
    ['spells out NUL', 'a\0b', 'a\\x00b'],
    ['spells out a direction override', 'a\u202egnp.exe', 'a\\u202egnp.exe'],
    ['spells out direction isolates and marks', '\u2066a\u2069\u200f\u061c', '\\u2066a\\u2069\\u200f\\u061c'],
    ['spells out zero-width characters', 'ad\u200bmin\u200d\ufeff', 'ad\\u200bmin\\u200d\\ufeff'],
    ['spells out soft hyphens', 'ad\u00admin', 'ad\\xadmin'],
    ['spells out line and paragraph separators', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['spells out spaces that are not the space', 'a\u00a0b\u3000c', 'a\\xa0b\\u3000c'],
    ['spells out letters without a shape', 'a\u3164\u115f\u2800', 'a\\u3164\\u115f\\u2800'],
    ['spells out invisible tag characters', 'a\u{e0041}', 'a\\u{e0041}'],
    ['spells out variation selectors', 'a\ufe0f\u{e0100}', 'a\\ufe0f\\u{e0100}'],
    ['spells out half a surrogate pair', 'a\ud800b', 'a\\ud800b'],
    ['spells out unassigned characters', 'a\u0378', 'a\\u0378'],
  ];
  for (const [sentence, text, shown] of rows) {
    it(sentence, () => {
      expect(printable(text)).to.equal(shown);
    });
  }
});

describe('hasColour', () => {
  const rows: readonly (readonly [sentence: string, isTTY: boolean | undefined, env: object, expected: boolean])[] = [
    ['is true on a terminal', true, { TERM: 'xterm' }, true],
    ['is false in a pipe', undefined, {}, false],
    ['is false with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['is false with NO_COLOR=0, because any value counts', true, { NO_COLOR: '0' }, false],
    ['is true with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['is false on a dumb terminal', true, { TERM: 'dumb' }, false],
  ];
  for (const [sentence, isTTY, env, expected] of rows) {
    it(sentence, () => {
      expect(hasColour({ isTTY }, env as Record<string, string>)).to.equal(expected);
    });
  }
});

describe('buildPainter', () => {
  it('puts colour around text', () => {
    expect(buildPainter(true)('red', 'a')).to.equal('\x1b[31ma\x1b[0m');
  });
  it('leaves text alone without colours', () => {
    expect(buildPainter(false)('red', 'a')).to.equal('a');
  });
});
