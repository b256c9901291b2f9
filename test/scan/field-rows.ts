/**
 * What kubectl makes of the fields of one object. `kubectl-rows.test.ts` holds our reader to these rows,
 * `kubectl.integration.test.ts` holds the rows to the real kubectl.
 */

/** Something below `apiVersion`, `kind` and `metadata` of one object. */
export interface FieldsRow {
  readonly says: string;
  readonly yaml: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

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
  { says: 'a bracket closed below its key', yaml: 'x:\n  w: [\n    a\n  ]', fields: { x: { w: ['a'] } } },
  { says: 'brackets at the margin', yaml: 'x:\n  w: {\np: [\nq,\nr\n]\n}', fields: { x: { w: { p: ['q', 'r'] } } } },
  { says: 'tabs inside brackets', yaml: 'x:\n  w: [\n\ta,\n\t{b: c}\n\t]', fields: { x: { w: ['a', { b: 'c' }] } } },
  { says: 'a quoted string that goes on at the margin', yaml: 'x:\n  w: "a\nb"', fields: { x: { w: 'a b' } } },
  { says: 'a question mark that starts a word', yaml: 'x: ?a\nw:\n- ?b', fields: { x: '?a', w: ['?b'] } },
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
