/** Whatever a file holds, reading it ends soon, throws nothing, and says where a problem is. */
import { expect } from 'chai';
import fc from 'fast-check';
import { hasMalformedField } from '../../src/core/project.ts';
import { projectManifest } from '../../src/scan/judged-object.ts';
import { Keeper } from '../../src/scan/keeper.ts';
import { readText } from './read-text.ts';

/** Pieces that mean something to YAML, JSON or the decoder of streams. */
const pieces: readonly string[] = [
  ...[
    ' ',
    '\n',
    '\t',
    '\r',
    ':',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '#',
    '&a ',
    '*a',
    '!',
    '!!int ',
    '|\n',
    '>',
  ],
  ...["'", '"', '%', '@', '~', '<<: ', '\\', '---', '\n---\n', '\n...\n', '\0', '\ufeff', '\u2028', '{{', '010', '1e3'],
  ...[
    'apiVersion: v1\n',
    'kind: Pod\n',
    'kind: List\n',
    'metadata: {name: a}\n',
    'items:\n- ',
    'spec:\n  containers:\n',
  ],
  ...['{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}', '{"items":[', '__proto__: ', 'yes', 'null'],
];

async function checkReading(text: string | Buffer): Promise<void> {
  const lineCount = text.toString().split(/\r?\n|\r/).length;
  const { manifests, problems } = await readText(text);
  for (const { line } of problems) expect(line).to.be.within(1, lineCount);
  for (const manifest of manifests) {
    expect(manifest.place.line).to.be.within(1, lineCount);
    expect(manifest.place.lineOf('spec.containers[0].name')).to.be.within(1, lineCount);
    const judged = projectManifest(manifest, new Keeper());
    if (judged === undefined) continue;
    hasMalformedField(judged.object);
    expect(judged.place.lineOf('spec.containers[0].name')).to.equal(manifest.place.lineOf('spec.containers[0].name'));
  }
}

describe('reading a file of anything', () => {
  it('takes any bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) => checkReading(Buffer.from(bytes))));
  });
  it('takes any text made of what YAML, JSON and streams are made of', async () => {
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((some) => some.join(''));
    await fc.assert(fc.asyncProperty(text, checkReading), { numRuns: 1000 });
  });
  it('takes any value in place of an object', async () => {
    await fc.assert(fc.asyncProperty(fc.json(), (json) => checkReading(json)));
  });
  it('takes any value in place of a field of a pod', async () => {
    const pod = fc.record({
      apiVersion: fc.constant('v1'),
      kind: fc.constant('Pod'),
      metadata: fc.constant({ name: 'a' }),
      spec: fc.oneof(fc.jsonValue(), fc.record({ containers: fc.array(fc.jsonValue()), volumes: fc.jsonValue() })),
    });
    await fc.assert(fc.asyncProperty(pod, (object) => checkReading(JSON.stringify(object))));
  });

  const large: readonly (readonly [sentence: string, text: string])[] = [
    ['brackets that open 200,000 times', '['.repeat(200_000)],
    ['braces that open 200,000 times', '{"a":'.repeat(200_000)],
    ['100,000 empty documents', '---\n'.repeat(100_000)],
    ['50,000 JSON values that are none', '{"a":1}\n{"a":1}\n' + '{x\n'.repeat(50_000)],
    ['20,000 broken documents', 'a: {{ x }}\n---\n'.repeat(20_000)],
    ['a word of 1,000,000 letters', 'x'.repeat(1_000_000)],
    ['a number of 100,000 digits', `a: ${'7'.repeat(100_000)}`],
    ['an octal of 100,000 digits', `a: 0${'7'.repeat(100_000)}`],
    ['200,000 line breaks in a string', `a: "${'\n'.repeat(200_000)}"`],
    ['100,000 quotes', `a: '${"''".repeat(100_000)}`],
    ['50,000 keys', Array.from({ length: 50_000 }, (_, index) => `k${index}: 1\n`).join('')],
    ['500 tags and anchors, each inside the other', '- !a &b\n '.repeat(500)],
  ];
  for (const [sentence, text] of large) {
    it(`is done soon with ${sentence}`, async function () {
      // For what would take minutes if it grew with the square of the input, however busy the machine is.
      this.timeout(30_000);
      await checkReading(text);
    });
  }
});
