/**
 * What is enforced and what is reported never differ: generated pods and workloads, each created on trial where Merlon's
 * policies warn and where they refuse. `SEED=… mocha FILE` repeats a run; `make campaign-enforcement` is the same with more.
 */
import { expect } from 'chai';

import { numbersFrom } from '../support/campaign.ts';
import { useControlPlane } from '../support/integration.ts';
import {
  compareEnforcement,
  printDifference,
  printEnforcementTally,
  shrinkDifference,
  startEnforcementTally,
} from './pod-differential.ts';
import { PodOracle } from './pod-oracle.ts';
import { ruleSets } from './rule-sets.ts';

const cases = 600;

describe('what is enforced of pods', () => {
  const controlPlane = useControlPlane({ needs: ['build'], own: { controllerManager: false, auditLog: false } });
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

  it(`is what is reported, of ${cases} generated pods and workloads (SEED=${seed})`, async function () {
    this.timeout(120_000);
    const run = { oracle: await PodOracle.open(controlPlane()), minor: controlPlane().minor, seed };
    const tally = startEnforcementTally();
    await compareEnforcement(run, numbersFrom(0, cases), tally);
    const [first] = tally.differing;
    const smallest = first === undefined ? undefined : await shrinkDifference(run, first);
    const shown = smallest === undefined ? 'none when asked again' : printDifference(smallest);
    expect(tally.differing, `SEED=${seed}, the first of them: ${shown}`).to.deep.equal([]);
    expect(tally.judged + tally.invalid).to.equal(cases);
    expect(tally.invalid, tally.invalidExamples.join('\n')).to.be.lessThan(cases * 0.03);
    expect(tally.allowed, printEnforcementTally('asked', tally, 0)).to.be.greaterThan(cases * 0.02);
    const ids = new Set(ruleSets.flatMap(({ rules }) => rules.map(({ rule }) => rule.id)));
    expect([...tally.byRule.keys()]).to.have.members([...ids]);
  });
});
