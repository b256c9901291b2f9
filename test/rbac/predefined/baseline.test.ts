import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { baselineMinors, baselineOf } from '../../../src/rbac/predefined/baseline.ts';

describe('baselines', () => {
  it('are those of all files that were recorded, each of its own minor version', () => {
    const names = readdirSync(join(import.meta.dirname, '../../../src/rbac/predefined')).filter((name) =>
      /^v1\./.test(name),
    );
    expect(names.sort()).to.deep.equal(baselineMinors.map((minor) => `v1.${minor}.json`));
    for (const minor of baselineMinors)
      expect(baselineOf(minor)?.release).to.match(new RegExp(`^1\\.${minor}\\.\\d+$`));
  });

  it('are none for any other version', () => {
    expect(baselineOf(12)).to.equal(undefined);
  });
});
