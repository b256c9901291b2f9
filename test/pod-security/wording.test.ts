import { expect } from 'chai';

import {
  conjugateUse,
  nameContainers,
  nameEach,
  nameSetters,
  printAnnotation,
  quoteEach,
  sortDistinct,
} from '../../src/pod-security/wording.ts';

const web = { path: 'spec.containers[0]', container: { name: 'web' } };
const proxy = { path: 'spec.containers[1]', container: { name: 'proxy' } };

describe("Pod Security's words", () => {
  it('names are quoted, not escaped', () => {
    expect(quoteEach([])).to.equal('');
    expect(quoteEach(['a'])).to.equal('"a"');
    expect(quoteEach(['a', 'b"c', 'd\\'])).to.equal('"a", "b"c", "d\\"');
    expect(quoteEach(['', ''])).to.equal('"", ""');
  });

  it('one is singular, none and more are plural', () => {
    expect(nameEach('volume', ['a'])).to.equal('volume "a"');
    expect(nameEach('volume', ['a', 'b'])).to.equal('volumes "a", "b"');
    expect(nameEach('volume', [])).to.equal('volumes ');
    expect(conjugateUse(1)).to.equal('uses');
    expect(conjugateUse(2)).to.equal('use');
  });

  it('setters are the pod, containers, or both', () => {
    expect(nameContainers([web])).to.equal('container "web"');
    expect(nameContainers([web, proxy])).to.equal('containers "web", "proxy"');
    expect(nameSetters(true, undefined)).to.equal('pod');
    expect(nameSetters(true, [])).to.equal('pod');
    expect(nameSetters(true, [web])).to.equal('pod and container "web"');
    expect(nameSetters(false, [web, proxy])).to.equal('containers "web", "proxy"');
  });

  it('sets are sorted by the bytes of UTF-8, each text once', () => {
    expect(sortDistinct(['b', 'B', 'a', 'ab', 'b', ''])).to.deep.equal(['', 'B', 'a', 'ab', 'b']);
    expect(sortDistinct(['\u{10000}', '\uFFFF', '\uE000', '\uD7FF'])).to.deep.equal([
      '\uD7FF',
      '\uE000',
      '\uFFFF',
      '\u{10000}',
    ]);
    expect(sortDistinct(['a\u{10FFFF}', 'a\u{10000}', 'a'])).to.deep.equal(['a', 'a\u{10000}', 'a\u{10FFFF}']);
  });

  it('half a character is what Go makes of it', () => {
    expect(sortDistinct(['\uD800', '\uDC00'])).to.deep.equal(['\uFFFD']);
  });

  const quoted: readonly (readonly [string, string])[] = [
    ['unconfined', 'k="unconfined"'],
    ['', 'k=""'],
    ['say "no"', 'k="say \\"no\\""'],
    ['a\\b', 'k="a\\\\b"'],
    ['\x07\b\f\n\r\t\v', 'k="\\a\\b\\f\\n\\r\\t\\v"'],
    ['\x00\x1b\x7f', 'k="\\x00\\x1b\\x7f"'],
    ['\u0085\u00a0\u2028\ufeff', 'k="\\u0085\\u00a0\\u2028\\ufeff"'],
    ['\u{e0001}', 'k="\\U000e0001"'],
    ['grün 日本 ½ €\u0301 \u{1f600}', 'k="grün 日本 ½ €\u0301 \u{1f600}"'],
    ['\ud800', 'k="\ufffd"'],
  ];
  for (const [value, printed] of quoted) {
    it(`an annotation ${JSON.stringify(value)} is printed as Go quotes it`, () => {
      expect(printAnnotation('k', value)).to.equal(printed);
    });
  }
});
