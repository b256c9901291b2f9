import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { bindingKinds, roleKinds } from '../../../src/core/rbac-kinds.ts';
import { baselineMinors, baselineOf } from '../../../src/rbac/predefined/baseline.ts';
import { baselinePath, printBaseline } from './baseline-file.ts';

describe('baselines', () => {
  it('are those of all files that were recorded, each of its own minor version', () => {
    const names = readdirSync(join(import.meta.dirname, '../../../src/rbac/predefined')).filter((name) =>
      /^v1\./.test(name),
    );
    expect(names.sort()).to.deep.equal(baselineMinors.map((minor) => `v1.${minor}.json`));
    for (const minor of baselineMinors)
      expect(baselineOf(minor)?.release).to.match(new RegExp(`^1\\.${minor}\\.\\d+$`));
  });

  for (const minor of baselineMinors) {
    it(`of 1.${minor} are what was recorded, to the letter`, () => {
      const baseline = baselineOf(minor);
      expect(baseline === undefined ? 'none' : printBaseline(baseline)).to.equal(
        readFileSync(baselinePath(minor), 'utf8'),
      );
    });
  }

  it('of releases that make the same hold the same objects', () => {
    const texts = new Map<string, unknown>();
    const baselines = baselineMinors.flatMap((minor) => baselineOf(minor) ?? []);
    const all = baselines.flatMap((baseline) =>
      [baseline, baseline.gated].flatMap((objects) =>
        [...roleKinds, ...bindingKinds].flatMap((kind) =>
          objects[kind].map((object) => ({ text: `${kind} ${JSON.stringify(object)}`, object })),
        ),
      ),
    );
    for (const { text, object } of all) {
      expect(texts.get(text) ?? object, text).to.equal(object);
      texts.set(text, object);
    }
    expect(all.length).to.be.above(4 * texts.size);
  });

  it('are none for any other version', () => {
    expect(baselineOf(12)).to.equal(undefined);
  });
});
