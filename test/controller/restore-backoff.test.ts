import { expect } from 'chai';

import { RestoreBackoff } from '../../src/controller/restore-backoff.ts';

describe('the backoff of restores', () => {
  it('leaves an object alone for the usual time after a first write, and after each that says something new', () => {
    const backoff = new RestoreBackoff(250);
    expect(backoff.intervalAfter('namespace/shop', 'a', 0)).to.equal(250);
    expect(backoff.intervalAfter('namespace/shop', 'b', 250)).to.equal(250);
    expect(backoff.intervalAfter('cluster', 'a', 300)).to.equal(250);
  });

  it('doubles that time after three repeats, while the same has to be written again and again, up to a minute', () => {
    const backoff = new RestoreBackoff(250);
    for (let write = 0; write < 3; write += 1) {
      expect(backoff.intervalAfter('cluster', 'a', write * 250)).to.equal(250);
    }
    const intervals: number[] = [];
    for (let nowMs = 750; intervals.length < 11; nowMs += intervals.at(-1) ?? 0) {
      intervals.push(backoff.intervalAfter('cluster', 'a', nowMs));
    }
    expect(intervals).to.deep.equal([250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000]);
  });

  it('starts anew where nobody wrote over it for a minute after it was due', () => {
    const backoff = new RestoreBackoff(250);
    for (let write = 0; write < 5; write += 1) backoff.intervalAfter('cluster', 'a', write * 250);
    expect(backoff.intervalAfter('cluster', 'a', 5 * 250)).to.equal(1000);
    expect(backoff.intervalAfter('cluster', 'a', 5 * 250 + 1000 + 60_000)).to.equal(250);
  });

  it('knows nothing of what was forgotten', () => {
    const backoff = new RestoreBackoff(250);
    for (let write = 0; write < 5; write += 1) backoff.intervalAfter('cluster', 'a', write * 250);
    backoff.forget('cluster');
    expect(backoff.intervalAfter('cluster', 'a', 5 * 250)).to.equal(250);
  });
});
