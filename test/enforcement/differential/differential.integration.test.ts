/**
 * What is enforced and what is reported never differ: generated objects, each put to a real API server where Merlon's
 * policies set, warn and refuse, family by family. `SEED=… mocha FILE` repeats a run; `make campaign-enforcement` is the same
 * with more.
 */
import { expect } from 'chai';

import { numbersFrom } from '../../support/campaign.ts';
import { useControlPlane } from '../../support/integration.ts';
import { compareEnforcement, printComparisonTally, shrinkDifference, startComparisonTally } from './comparison.ts';
import { comparedFamilies, countOf, openFamilies } from './families.ts';
import type { OpenedFamily } from './families.ts';

const objects = 3200;

describe('what is enforced', () => {
  const cluster = useControlPlane({ needs: ['build'], own: { controllerManager: false, auditLog: false } });
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
  let opened: readonly OpenedFamily[];

  before('all policies', async function () {
    this.timeout(120_000);
    opened = await openFamilies(cluster());
  });

  for (const family of comparedFamilies) {
    const count = countOf(family, comparedFamilies, objects);
    it(`is what is reported: ${family.name}, of ${count} generated objects (SEED=${seed})`, async function () {
      this.timeout(120_000);
      const generate = opened.find((one) => one.family === family)?.generate;
      // What such an API server does instead is compared, too.
      if (generate === undefined) return this.skip();
      const tally = startComparisonTally();
      const started = performance.now();
      await compareEnforcement(generate, seed, numbersFrom(0, count), tally);
      const [first] = tally.differing;
      const smallest = first === undefined ? undefined : await shrinkDifference(generate(seed, first));
      const shown = smallest ?? 'none when asked again';
      expect(tally.differing, `SEED=${seed}, the first of them: ${shown}`).to.deep.equal([]);
      expect(tally.judged + tally.invalid).to.equal(count);
      expect(tally.invalid, tally.invalidExamples.join('\n')).to.be.lessThan(count * 0.03);
      const seconds = (performance.now() - started) / 1000;
      const asked = printComparisonTally(`SEED=${seed}, ${family.name}`, tally, seconds);
      expect(tally.allowed, asked).to.be.greaterThan(count * 0.02);
      expect([...tally.counts.keys()], asked).to.include.members([...family.aims(cluster().minor)]);
    });
  }
});
