import { expect } from 'chai';
import { addTallies, closingLine, forbidSkips, tallyMocha } from './test-tally.ts';

describe('the tally of a test run', () => {
  it('sums its steps', () => {
    const sum = addTallies([
      { passed: 3, failed: 0, skipped: ['a'] },
      { passed: 0, failed: 1, skipped: ['b'], failures: ['c: broke'] },
    ]);

    expect(sum).to.deep.equal({ passed: 3, failed: 1, skipped: ['a', 'b'], failures: ['c: broke'] });
  });

  for (const { tally, line } of [
    { tally: { passed: 12, failed: 0, skipped: [] }, line: '12 passed, 0 failed' },
    { tally: { passed: 0, failed: 2, skipped: [] }, line: '0 passed, 2 failed' },
    { tally: { passed: 5, failed: 0, skipped: ['a', 'b'] }, line: '5 passed, 0 failed, 2 skipped' },
  ]) {
    it(`closes with "${line}"`, () => {
      expect(closingLine(tally)).to.equal(line);
    });
  }

  it('counts what was skipped as failed where nothing may be', () => {
    expect(forbidSkips({ passed: 5, failed: 1, skipped: ['a', 'b'] })).to.deep.equal({
      passed: 5,
      failed: 3,
      skipped: [],
    });
  });

  it('counts a run that never got to its end as one failure', () => {
    expect(tallyMocha(undefined, false)).to.deep.equal({ passed: 0, failed: 1, skipped: [] });
  });

  it('counts a run that ended badly as one failure even if no test failed', () => {
    expect(tallyMocha({ passed: 5, failed: 0, skipped: [] }, false).failed).to.equal(1);
    expect(tallyMocha({ passed: 5, failed: 2, skipped: [] }, false).failed).to.equal(2);
    expect(tallyMocha({ passed: 5, failed: 0, skipped: [] }, true).failed).to.equal(0);
  });
});
