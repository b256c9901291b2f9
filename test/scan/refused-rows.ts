/** What kubectl refuses; held to us and to the real kubectl as `field-rows.ts` is. */
import { a, b, c, header, jsonA, jsonB, jsonC } from './row-texts.ts';

export interface RefusedRow {
  readonly says: string;
  readonly text: string;
  /** The line that we name. */
  readonly line: number;
  readonly reason: RegExp;
  /** What we read of the rest; kubectl stops at the first refusal. */
  readonly names?: readonly string[];
}

/** What kubectl refuses. */
export const refusedRows: readonly RefusedRow[] = [
  {
    says: 'text behind a separator',
    text: `${a}--- ${b}---\n${c}`,
    line: 2,
    reason: /only a comment may follow "---"/,
    names: ['a', 'c'],
  },
  {
    says: 'text right behind a separator',
    text: `${a}---b\n${c}`,
    line: 2,
    reason: /only a comment may follow "---"/,
    names: ['a', 'c'],
  },
  { says: 'a %YAML directive', text: `%YAML 1.1\n---\n${a}`, line: 1, reason: /directive/, names: ['a'] },
  {
    says: 'a %TAG directive',
    text: `%TAG ! tag:example.com,2000:\n---\n${a}`,
    line: 1,
    reason: /directive/,
    names: ['a'],
  },
  {
    says: 'a string',
    text: `hello\n---\n${a}`,
    line: 1,
    reason: /^is a string, not a Kubernetes object$/,
    names: ['a'],
  },
  { says: 'a list', text: `- a\n---\n${a}`, line: 1, reason: /^is a list, not a Kubernetes object$/, names: ['a'] },
  {
    says: 'an object without kind',
    text: `apiVersion: v1\nmetadata: {name: x}\n---\n${a}`,
    line: 1,
    reason: /^has no "kind", so it is no Kubernetes object$/,
    names: ['a'],
  },
  {
    says: 'a kind that is a number',
    text: 'apiVersion: v1\nkind: 5\nmetadata: {name: x}\n',
    line: 1,
    reason: /^has a number as "kind", so it is no Kubernetes object$/,
  },
  {
    says: 'an item of a List that is no object',
    text: 'kind: PodList\napiVersion: v1\nitems:\n- a\n',
    line: 4,
    reason: /^is a string, not a Kubernetes object$/,
  },
  {
    says: 'items that are no list',
    text: 'kind: List\napiVersion: v1\nitems: a\n',
    line: 3,
    reason: /^"items" must be a list$/,
  },
  { says: 'a tab as indentation', text: 'apiVersion: v1\nmetadata:\n\tname: x\n', line: 3, reason: /tab/ },
  {
    says: 'a field out of line',
    text: `${header}x:\n    w: 1\n  z: 2\n---\n${a}`,
    line: 6,
    reason: /indentation/,
    names: ['a'],
  },
  {
    says: 'an alias without an anchor',
    text: `${header}x: *a\n`,
    line: 4,
    reason: /^alias "\*a" has no anchor before it$/,
  },
  {
    says: 'an alias inside its anchor',
    text: `${header}x: &a\n  w: *a\n`,
    line: 5,
    reason: /^alias "\*a" stands inside its own anchor$/,
  },
  { says: 'a billion laughs', text: `${header}${billionLaughs()}`, line: 7, reason: /too many aliases/ },
  { says: 'a document end inside brackets', text: `${header}x: [\n...\n]\n`, line: 5, reason: /indentation/ },
  { says: 'a null as a key', text: `${header}x: {~: 1}\n`, line: 4, reason: /can be a key/ },
  { says: 'a list as a key', text: `${header}x: {[a]: 1}\n`, line: 4, reason: /cannot be a key/ },
  {
    says: 'an integer of 64 bits without sign as a key',
    text: `${header}x: {18446744073709551615: 1}\n`,
    line: 4,
    reason: /can be a key/,
  },
  { says: 'a merge of a number', text: `${header}x:\n  <<: 5\n`, line: 5, reason: /needs a map/ },
  { says: 'a merge of nothing', text: `${header}x:\n  <<:\n`, line: 5, reason: /needs a map/ },
  {
    says: 'a merge of an alias to a list',
    text: `${header}x: &l [{p: 1}]\nw:\n  <<: *l\n`,
    line: 6,
    reason: /needs a map/,
  },
  { says: 'a control character', text: `${header}x: a\u0007\n`, line: 4, reason: /non-printable/ },
  { says: 'a NUL', text: `${header}x: a\0\n`, line: 4, reason: /null byte/ },
  { says: 'nesting 11,000 levels deep', text: `${header}x: ${'['.repeat(11_000)}`, line: 4, reason: /nesting|levels/ },
  {
    says: 'JSON nesting 11,000 levels deep',
    text: `${'{"x":'.repeat(11_000)}1${'}'.repeat(11_000)}`,
    line: 1,
    reason: /levels deep/,
  },
  { says: 'JSON that ends early', text: jsonA.slice(0, -1), line: 1, reason: /unexpected end/ },
  {
    says: 'a third JSON value that is none',
    text: `${jsonA}\n${jsonB}\n{x}\n${jsonC}\n`,
    line: 3,
    reason: /key in double quotes/,
    names: ['a', 'b', 'c'],
  },
  {
    says: 'a separator after two JSON objects',
    text: `${jsonA}\n${jsonB}\n---\n${jsonC}\n`,
    line: 3,
    reason: /a value was expected/,
    names: ['a', 'b', 'c'],
  },
];

/** Nine times nine times nine … */
function billionLaughs(): string {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [index, name] of ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].entries()) {
    lines.push(
      `${name}: &${name} [${Array<string>(9)
        .fill(`*${'abcdefgh'.charAt(index)}`)
        .join(', ')}]`,
    );
  }
  return lines.join('\n');
}
