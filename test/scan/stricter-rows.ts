/** Where we are stricter than kubectl; held to us and to the real kubectl as `field-rows.ts` is. */
import type { RefusedRow } from './refused-rows.ts';
import { a, b, c, header, jsonA } from './row-texts.ts';

/** What kubectl accepts and we do not, because readers differ on what it means, or because it grows without bound. */
export const stricterRows: readonly RefusedRow[] = [
  { says: 'a key given twice', text: `${header}x: {p: 1, p: 2}\n`, line: 4, reason: /^key "p" is given twice$/ },
  {
    says: 'a key given twice far apart',
    text: `${header}x: 1\nw: 2\nx: 3\n---\n${a}`,
    line: 6,
    reason: /^key "x" is given twice$/,
    names: ['a'],
  },
  {
    says: 'a key given as a number and a string',
    text: `${header}x:\n  1: a\n  "1": b\n`,
    line: 6,
    reason: /^key "1" is given twice$/,
  },
  {
    says: 'a key given before and after a merge of it',
    text: `${header}x:\n  p: 1\n  <<: {p: 2}\n  p: 3\n`,
    line: 7,
    reason: /^key "p" is given twice$/,
  },
  {
    says: 'a key given twice in JSON',
    text: '{"kind": "ConfigMap",\n"apiVersion": "v1", "metadata": {"name": "x"},\n"kind": "Pod"}\n' + jsonA,
    line: 3,
    reason: /^key "kind" is given twice$/,
    names: ['a'],
  },
  {
    says: 'text after a document end',
    text: `${a}...\n# x\n${b}---\n${c}`,
    line: 4,
    reason: /does not read on after "\.\.\."/,
    names: ['a', 'c'],
  },
  {
    says: 'text after a separator that only old Macintoshs see',
    text: `${a}---\r${b}`.replaceAll('\n', '\r'),
    line: 1,
    reason: /does not read on/,
    names: ['a'],
  },
  {
    says: 'a colon that kubectl takes for a part of the key',
    text: `${header}x: {p:}\n`,
    line: 4,
    reason: /needs a space after this ":"/,
  },
  {
    says: 'a question mark that kubectl takes for an indicator',
    text: `${header}x: {?p: 1}\n`,
    line: 4,
    reason: /needs quotes/,
  },
  {
    says: 'a comma that kubectl takes for a part of the tag',
    text: `${header}x: [!p, {q: 1}]\n`,
    line: 4,
    reason: /tag needs a space/,
  },
  {
    says: 'an anchor that ends elsewhere for kubectl',
    text: `${header}x: &p:q r\n`,
    line: 4,
    reason: /name of an anchor/,
  },
  {
    says: 'U+2028, a line break to kubectl, in a comment',
    text: `${header}# x\u2028hostPID: true\n`,
    line: 4,
    reason: /U\+2028/,
  },
  {
    says: 'U+0085, a line break to kubectl, in a block',
    text: `${header}x: |\n  p\u0085hostPID: true\n`,
    line: 5,
    reason: /U\+0085/,
  },
  { says: 'a number as an alias for a key', text: `${header}x: &p 1\nw: {*p : 2}\n`, line: 5, reason: /can be a key/ },
  {
    says: 'nesting 1200 levels deep',
    text: `${header}x: ${'['.repeat(1200)}${']'.repeat(1200)}\n`,
    line: 4,
    reason: /nesting/,
  },
  {
    says: 'nesting 1200 levels deep by aliases',
    text: `${header}${deepAliases()}`,
    line: 6,
    reason: /1000 levels/,
  },
  {
    says: 'JSON nesting 1200 levels deep',
    text: `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "x":\n${'['.repeat(1200)}${']'.repeat(1200)}}\n${jsonA}`,
    line: 2,
    reason: /1000 levels/,
    names: ['a'],
  },
];

/** Three times 400 levels, each around the one before. */
function deepAliases(): string {
  const wrap = (inner: string) => `${'['.repeat(400)}${inner}${']'.repeat(400)}`;
  return `p: &p ${wrap('')}\nq: &q ${wrap('*p')}\nr: ${wrap('*q')}\n`;
}
