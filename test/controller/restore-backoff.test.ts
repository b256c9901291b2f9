import { expect } from 'chai';

import { RestoreBackoff } from '../../src/controller/restore-backoff.ts';

describe('the backoff of restores', () => {
  it('leaves an object alone for the usual time after a first write, and after each that says something new', () => {
    const backoff = new RestoreBackoff(250);
    expect(backoff.intervalAfter('namespace/shop', 'a', 0)).to.equal(250);
    expect(backoff.intervalAfter('namespace/shop', 'b', 250)).to.equal(250);
    expect(backoff.intervalAfter('cluster', 'a', 300)).to.equal(250);
  });

  it('doubles that time while the same has to be written again and again, up to a minute', () => {
    const backoff = new RestoreBackoff(250);
    const intervals: number[] = [];
    for (let nowMs = 0; intervals.length < 11; nowMs += intervals.at(-1) ?? 0) {
      intervals.push(backoff.intervalAfter('cluster', 'a', nowMs));
    }
    expect(intervals).to.deep.equal([250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000]);
  });

  it('starts anew where nobody wrote over it for a minute after it was due', () => {
    const backoff = new RestoreBackoff(250);
    backoff.intervalAfter('cluster', 'a', 0);
    backoff.intervalAfter('cluster', 'a', 250);
    expect(backoff.intervalAfter('cluster', 'a', 250 + 500 + 60_000)).to.equal(250);
  });

  it('knows nothing of what was forgotten', () => {
    const backoff = new RestoreBackoff(250);
    backoff.intervalAfter('cluster', 'a', 0);
    backoff.forget('cluster');
    expect(backoff.intervalAfter('cluster', 'a', 250)).to.equal(250);
  });
});
