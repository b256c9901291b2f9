import assert from 'node:assert/strict';

import { compileGlob, isPattern } from '../../src/core/glob.ts';

const matchesGlob = (pattern: string, text: string): boolean => compileGlob(pattern)(text);

describe('glob', () => {
  it('takes a text without a star for itself', () => {
    assert.equal(matchesGlob('web', 'web'), true);
    assert.equal(matchesGlob('web', 'web-1'), false);
    assert.equal(matchesGlob('web', 'the-web'), false);
    assert.equal(matchesGlob('', ''), true);
    assert.equal(matchesGlob('', 'web'), false);
  });

  it('lets a star stand for any characters and for none', () => {
    assert.equal(matchesGlob('*', ''), true);
    assert.equal(matchesGlob('web-*', 'web-'), true);
    assert.equal(matchesGlob('web-*', 'web-1'), true);
    assert.equal(matchesGlob('*-agent', 'node-agent'), true);
    assert.equal(matchesGlob('kube-*-manager', 'kube-controller-manager'), true);
    assert.equal(matchesGlob('kube-*-manager', 'kube-manager'), false);
    assert.equal(matchesGlob('cis-1.12/5.2.*', 'cis-1.12/5.2.6'), true);
  });

  it('uses no character twice', () => {
    assert.equal(matchesGlob('ab*ba', 'aba'), false);
    assert.equal(matchesGlob('ab*ba', 'abba'), true);
    assert.equal(matchesGlob('*ab*ab*', 'xabx'), false);
    assert.equal(matchesGlob('*aab*', 'aaab'), true);
  });

  it('gives every other character its plain meaning', () => {
    assert.equal(matchesGlob('a.c', 'abc'), false);
    assert.equal(matchesGlob('a?c', 'abc'), false);
    assert.equal(matchesGlob('[ab]', 'a'), false);
    assert.equal(matchesGlob('(a+)+$', 'aaaa'), false);
    assert.equal(matchesGlob('^a', 'a'), false);
  });

  it('says what a naive matcher says, whatever is asked', () => {
    const random = seeded(20_261_126);
    let matching = 0;
    for (let round = 0; round < 60_000; round += 1) {
      const pattern = randomText('ab*', 10, random);
      const text = randomText('ab', 12, random);
      const expected = matchesNaively(pattern, text);
      assert.equal(matchesGlob(pattern, text), expected, `${JSON.stringify(pattern)} on ${JSON.stringify(text)}`);
      if (expected) matching += 1;
    }
    // Otherwise a matcher that never matches would do.
    assert.ok(matching > 5_000, `only ${matching} matched`);
  });

  it('is done at once with what a backtracking matcher never finishes', () => {
    const glob = compileGlob(`${'*a'.repeat(120)}*b`);
    const started = performance.now();
    assert.equal(glob('a'.repeat(1_000_000)), false);
    assert.equal(compileGlob(`*${'a'.repeat(250)}b*`)('a'.repeat(1_000_000)), false);
    assert.ok(performance.now() - started < 2_000);
  });

  it('refuses a pattern that is longer than any name', () => {
    assert.equal(compileGlob('a'.repeat(253))('a'.repeat(253)), true);
    assert.throws(() => compileGlob('a'.repeat(254)), RangeError);
  });

  it('tells a pattern from a name', () => {
    assert.equal(isPattern('web-*'), true);
    assert.equal(isPattern('web'), false);
  });
});

/** What a glob means, said as simply as it can be: exponential, and obviously right. */
function matchesNaively(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    return matchesNaively(pattern.slice(1), text) || (text !== '' && matchesNaively(pattern, text.slice(1)));
  }
  return text.startsWith(pattern.charAt(0)) && matchesNaively(pattern.slice(1), text.slice(1));
}

function randomText(letters: string, maxLength: number, random: () => number): string {
  const length = Math.floor(random() * (maxLength + 1));
  return Array.from({ length }, () => letters.charAt(Math.floor(random() * letters.length))).join('');
}

/** Numbers from 0 to 1, the same on every machine. Source: mulberry32, public domain. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
