/**
 * What kubectl makes of whole documents and streams. `yaml.test.ts` holds our reader to these rows,
 * `kubectl.integration.test.ts` holds the rows to the real kubectl.
 */

/** Something below `apiVersion`, `kind` and `metadata` of one object. */
export interface FieldsRow {
  readonly says: string;
  readonly yaml: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export const header = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: row}\n';

export const fieldRows: readonly FieldsRow[] = [
  { says: 'a key of true', yaml: 'x: {true: a}', fields: { x: { true: 'a' } } },
  { says: 'a key of yes is "true"', yaml: 'x: {yes: a}', fields: { x: { true: 'a' } } },
  { says: 'a key of an integer', yaml: 'x: {010: a}', fields: { x: { '8': 'a' } } },
  {
    says: 'a key of a large integer',
    yaml: 'x: {9223372036854775807: a}',
    fields: { x: { '9223372036854775807': 'a' } },
  },
  { says: 'a key of a float', yaml: 'x: {1.10: a}', fields: { x: { '1.1': 'a' } } },
  { says: 'a key of a large float', yaml: 'x: {1e6: a}', fields: { x: { '1e+06': 'a' } } },
  { says: 'a key of .inf', yaml: 'x: {.inf: a}', fields: { x: { '.inf': 'a' } } },
  { says: 'a key of a date', yaml: 'x: {2001-01-01: a}', fields: { x: { '2001-01-01': 'a' } } },
  { says: 'an empty string as a key', yaml: 'x: {"": a}', fields: { x: { '': 'a' } } },
  { says: 'a key after ?', yaml: 'x:\n  ? a\n  : b\n', fields: { x: { a: 'b' } } },
  { says: 'a key in quotes', yaml: "x: {'010': a}", fields: { x: { '010': 'a' } } },

  { says: 'an alias', yaml: 'x: &a {p: 1}\nw: *a', fields: { x: { p: 1 }, w: { p: 1 } } },
  { says: 'an alias to the last anchor of its name', yaml: 'x: &a 1\nw: &a 2\nz: *a', fields: { x: 1, w: 2, z: 2 } },
  { says: 'an anchor inside one of the same name', yaml: 'x: &a {p: &a 1}\nw: *a', fields: { x: { p: 1 }, w: 1 } },
  { says: 'an alias as a key', yaml: 'x: &a b\nw: {*a : 1}', fields: { x: 'b', w: { b: 1 } } },
  { says: 'a merge', yaml: 'x: &a {p: 1}\nw:\n  <<: *a\n  q: 2', fields: { x: { p: 1 }, w: { p: 1, q: 2 } } },
  {
    says: 'a field after a merge counts',
    yaml: 'x: &a {p: 1}\nw:\n  <<: *a\n  p: 2',
    fields: { x: { p: 1 }, w: { p: 2 } },
  },
  {
    says: 'a field before a merge does not count',
    yaml: 'x: &a {p: 1}\nw:\n  p: 2\n  <<: *a',
    fields: { x: { p: 1 }, w: { p: 1 } },
  },
  {
    says: 'of a list of merges the first counts most',
    yaml: 'x: &a {p: 1}\nw: &b {p: 2, q: 3}\nz:\n  <<: [*a, *b]',
    fields: { x: { p: 1 }, w: { p: 2, q: 3 }, z: { p: 1, q: 3 } },
  },
  {
    says: 'of two merges the last counts',
    yaml: 'x: &a {p: 1}\nw: &b {p: 2}\nz:\n  <<: *a\n  <<: *b',
    fields: { x: { p: 1 }, w: { p: 2 }, z: { p: 2 } },
  },
  { says: 'a merge of a map in place', yaml: 'x:\n  <<: {p: 1}', fields: { x: { p: 1 } } },
  { says: 'a quoted << merges nothing', yaml: 'x:\n  "<<": {p: 1}', fields: { x: { '<<': { p: 1 } } } },

  {
    says: '__proto__ is a key like others',
    yaml: 'x: {__proto__: {p: 1}}',
    fields: { x: JSON.parse('{"__proto__": {"p": 1}}') },
  },
  { says: 'a null list item', yaml: 'x:\n-\n- a', fields: { x: [null, 'a'] } },
  { says: 'a list no deeper than its key', yaml: 'x:\n- a\n- b', fields: { x: ['a', 'b'] } },
  { says: 'a list in a list', yaml: 'x:\n- - a\n  - b', fields: { x: [['a', 'b']] } },
  { says: 'tabs before a comment', yaml: 'x: a\t# b', fields: { x: 'a' } },
  { says: 'a tab after a colon', yaml: 'x:\ta', fields: { x: 'a' } },
  {
    says: 'a key that no YAML 1.1 parser holds for simple',
    yaml: `x:\n  ? ${'k'.repeat(2000)}\n  : 1\n`,
    fields: { x: { ['k'.repeat(2000)]: 1 } },
  },
  { says: 'a long string', yaml: `x: ${'k'.repeat(100_000)}`, fields: { x: 'k'.repeat(100_000) } },
  { says: 'Windows line ends', yaml: 'x: |\r\n  a\r\n  b\r\nw: 1\r\n', fields: { x: 'a\nb\n', w: 1 } },
  { says: 'old Macintosh line ends', yaml: 'x: 1\rw: 2\r', fields: { x: 1, w: 2 } },
  { says: 'letters of all planes', yaml: 'x: "é名🚀"', fields: { x: 'é名🚀' } },
  { says: 'nesting 200 levels deep', yaml: `x: ${'['.repeat(200)}${']'.repeat(200)}`, fields: { x: nested(200) } },
];

function nested(levels: number): unknown {
  let list: unknown = [];
  for (let level = 1; level < levels; level += 1) list = [list];
  return list;
}

export interface StreamRow {
  readonly says: string;
  readonly text: string | Buffer;
  /** The names of the objects that kubectl sees. */
  readonly names: readonly string[];
}

const a = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n';
const b = '{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n';
const c = '{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n';
const jsonA = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}';
const jsonB = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}';
const jsonC = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}';

export const streamRows: readonly StreamRow[] = [
  { says: 'documents between separators', text: `${a}---\n${b}---\n${c}`, names: ['a', 'b', 'c'] },
  { says: 'a separator first and last', text: `---\n${a}---\n`, names: ['a'] },
  { says: 'a separator as the last three characters', text: `${a}---`, names: ['a'] },
  { says: 'empty documents', text: `---\n---\n\n---\n${a}---\n  \n---\n`, names: ['a'] },
  { says: 'documents of comments alone', text: `# one\n---\n# two\n---\n${a}`, names: ['a'] },
  { says: 'a comment behind a separator', text: `${a}--- # next\n${b}`, names: ['a', 'b'] },
  { says: 'a comment right behind a separator', text: `${a}---# next\n${b}`, names: ['a', 'b'] },
  { says: 'spaces behind a separator', text: `${a}---  \t\n${b}`, names: ['a', 'b'] },
  { says: 'Windows line ends', text: `${a}---\n${b}`.replaceAll('\n', '\r\n'), names: ['a', 'b'] },
  { says: 'a separator inside a block is text', text: `${header}x: |\n  ---\n---\n${a}`, names: ['row', 'a'] },
  { says: 'a document end', text: `${a}...\n---\n${b}`, names: ['a', 'b'] },
  { says: 'a byte order mark', text: `\ufeff${a}`, names: ['a'] },
  { says: 'a byte order mark in the middle', text: `${a}---\n\ufeff${b}`, names: ['a', 'b'] },
  { says: 'UTF-16 with its mark', text: Buffer.from(`\ufeff${a}`, 'utf16le'), names: ['a'] },
  { says: 'big-endian UTF-16 with its mark', text: Buffer.from(`\ufeff${a}`, 'utf16le').swap16(), names: ['a'] },
  {
    says: 'bytes that are no UTF-8',
    text: Buffer.concat([Buffer.from(`${header}x: "`), Buffer.from([0xff, 0x22, 0x0a])]),
    names: ['row'],
  },

  { says: 'a JSON object', text: jsonA, names: ['a'] },
  { says: 'JSON with tabs', text: jsonA.replaceAll(' ', '\n\t'), names: ['a'] },
  { says: 'JSON after a byte order mark', text: `\ufeff${jsonA}`, names: ['a'] },
  { says: 'JSON objects one after another', text: jsonA + jsonB + jsonC, names: ['a', 'b', 'c'] },
  { says: 'JSON objects line by line', text: `${jsonA}\n${jsonB}\n\n${jsonC}\n`, names: ['a', 'b', 'c'] },
  { says: 'a separator after one JSON object', text: `${jsonA}\n---\n${jsonB}\n---\n${jsonC}`, names: ['a', 'b', 'c'] },
  { says: 'YAML after one JSON object', text: `${jsonA}\n---\n${b}`, names: ['a', 'b'] },
  { says: 'JSON that is only YAML', text: jsonA.replace('}}', '},}'), names: ['a'] },

  { says: 'a List', text: `kind: List\napiVersion: v1\nitems:\n- ${a}- ${b}`, names: ['a', 'b'] },
  { says: 'a List of nothing', text: 'kind: List\napiVersion: v1\nitems: []\n', names: [] },
  { says: 'a List of null', text: `kind: List\napiVersion: v1\nitems:\n---\n${a}`, names: ['a'] },
  {
    says: 'a typed list whose items say nothing of themselves',
    text: 'kind: ConfigMapList\napiVersion: v1\nitems:\n- metadata: {name: a}\n',
    names: ['a'],
  },
];

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
