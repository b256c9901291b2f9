/** Whatever a manifest looks like: what is edited means what it meant with the patch in it, and nothing else has moved. */
import { expect } from 'chai';
import { diffLines } from 'diff';
import fc from 'fast-check';

import { editManifests } from '../../src/manifest-edit/manifest-edit.ts';
import { DocumentRefused } from '../../src/scan/input-problem.ts';
import { readDocuments } from '../../src/scan/document-stream.ts';
import { KeyTable } from '../../src/scan/key-table.ts';
import { mergeStrategically } from '../remediation/repaired-yaml.ts';
import { nearlyYaml } from '../scan/yaml-generator.ts';
import { styledFile } from './styled-manifests.ts';

const patches = [
  { metadata: { labels: { 'example.com/level': 'restricted' } } },
  { spec: { automountServiceAccountToken: false } },
  { spec: { containers: [{ name: 'two', imagePullPolicy: 'Always' }] } },
  {
    spec: {
      containers: [
        { name: 'one', imagePullPolicy: 'Always' },
        { name: 'two', securityContext: { privileged: false } },
      ],
    },
  },
] as const;

function valuesOf(bytes: Buffer): unknown[] {
  return [...readDocuments(bytes, new KeyTable())].map((event) =>
    event instanceof DocumentRefused ? event.message : event.value,
  );
}

/** How many lines of the one are not in the other. */
function countLost(before: string, after: string): number {
  return diffLines(before, after).reduce((lost, { removed, count }) => lost + (removed ? count : 0), 0);
}

function isManifest(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && 'metadata' in value;
}

describe('the edit of manifests in every style', function () {
  this.timeout(60_000);

  it('is made in each, means the same with the patch in it, and keeps every comment and every other line', () => {
    const target = fc.tuple(fc.nat({ max: 2 }), fc.constantFrom(...patches));
    fc.assert(
      fc.property(styledFile, target, ({ text, count, comments }, [at, patch]) => {
        const index = at % count;
        const before = Buffer.from(text);
        const { bytes, refused } = editManifests(before, 'a.yaml', [{ index, patch }]);
        expect(refused.map(({ reason }) => reason)).to.deep.equal([]);
        const expected = valuesOf(before).map((value, document) =>
          document === index ? mergeStrategically(value, patch) : value,
        );
        expect(valuesOf(bytes)).to.deep.equal(expected);
        const after = bytes.toString('utf8');
        const kept = [...after.matchAll(/# comment \d+ of many/g)].map(([comment]) => comment);
        expect(kept).to.deep.equal([...text.matchAll(/# comment \d+ of many/g)].map(([comment]) => comment));
        expect(kept).to.have.members(comments);
        // A value is changed, or a comma is added, on at most two lines of a container, or of the map around.
        expect(countLost(text.trimEnd(), after)).to.be.at.most(4);
      }),
      { numRuns: 1500 },
    );
  });

  it('of anything else is refused, or proven', () => {
    fc.assert(
      fc.property(nearlyYaml, (fields) => {
        const text = `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\n${fields}`;
        const before = Buffer.from(text);
        const patch = { metadata: { labels: { a: 'b' } }, x: 'new' };
        const { bytes, made } = editManifests(before, 'a.yaml', [{ index: 0, patch }]);
        if (made.length === 0) expect(bytes.toString('utf8')).to.equal(text);
        else {
          const values = valuesOf(before);
          // What cannot be read, or is no object, has no number.
          const object = values.findIndex(isManifest);
          const expected = values.map((value, at) => (at === object ? mergeStrategically(value, patch) : value));
          expect(valuesOf(bytes)).to.deep.equal(expected);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
