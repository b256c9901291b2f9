/** Texts that are nearly YAML: pieces of manifests, with bits inserted, dropped and repeated. */
import fc from 'fast-check';

const seeds: readonly string[] = [
  'x: 1\nw:\n  c: p\n  d:\n  - e\n  - f: 1\n    g: 2\n',
  'x: &x {p: 1, q: 2}\nw:\n  <<: *x\n  p: 3\n',
  'x: |\n  p\n   q\n\n  r\nw: >-\n  p\n  q\n',
  "x: \"p\n  q\"\nw: 'it''s'\n",
  'spec:\n  containers:\n  - name: c\n    securityContext: {privileged: true}\n  - {name: d, args: ["-c", \'x w\', z]}\n',
  'x: {"a": {"b": [1, 2, {"c": null}]}}\n',
  'x: 1\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: second}\nw: 2\n---\n# c\n',
  'x:\n- a\n- b: c\n- - d\n',
  'x:\n  ? a\n  : b\n  ? c\n',
  'x: {a: [b, {c: d}], e: }\n',
  'x:\n  y: [\n    a,\n    {b: c},\n  ]\n  z: {\n  d: "e\nf",\n\tg: h\n}\n',
  'x:\n- "a\nb"\n- - \'c\nd\'\n  - [e,\nf]\n',
  'x: |2-\n   a\n\n  b\nw: >+\n\n  c\n\n   d\n\n',
  'x: !!str 5\nw: !!int "5"\nv: ! 5\nu: !y [z]\n',
];

const pieces: readonly string[] = [
  ...[' ', ' ', '  ', '\n', '\n', '\n  ', '\n- ', '\t', ':', ': ', ': ', '- ', '-', '? ', '?', '[', ']', '{', '}', ','],
  ...[
    ', ',
    '#',
    ' #c',
    '&x ',
    '*x',
    '&y',
    '*y ',
    '!',
    '!!str ',
    '!!int ',
    '!foo ',
    '|',
    '|\n  ',
    '>',
    '>-\n',
    "'",
    '"',
  ],
  ...[
    '%',
    '@',
    '`',
    '~',
    '<<: ',
    '<<: *x',
    'a',
    'b',
    'yes',
    '0',
    '1',
    '010',
    '1.5',
    '.',
    '\\n',
    '---',
    '\n---\n',
    '...',
  ],
  ...['\n...\n', '=', 'k: 1\n', 'l: {p: 1}\n', 'm: [x, w]\n', '"k": v', "'it''s'", '\r\n', '\r', 'null', 'é', '\u2028'],
  ...['\ufeff', '{"a":1}', '+', '(', ')', '/', 'http://x', '12:30'],
];

interface Edit {
  /** Where, as a share of the text so far. */
  readonly at: number;
  readonly change: { readonly insert: string } | { readonly drop: number } | { readonly repeat: number };
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  change: fc.oneof(
    { weight: 6, arbitrary: fc.record({ insert: fc.constantFrom(...pieces) }) },
    { weight: 3, arbitrary: fc.record({ drop: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ repeat: fc.integer({ min: 1, max: 12 }) }) },
  ),
});

/** The fields of one object, mostly with one to four faults. */
export const nearlyYaml: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([seed, edits]) => edits.reduce(applyEdit, seed));

function applyEdit(text: string, { at, change }: Edit): string {
  const offset = Math.round(at * text.length);
  const before = text.slice(0, offset);
  const after = text.slice(offset);
  if ('insert' in change) return before + change.insert + after;
  if ('drop' in change) return before + after.slice(change.drop);
  return before + after.slice(0, change.repeat) + after;
}
