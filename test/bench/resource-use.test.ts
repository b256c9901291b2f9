import { expect } from 'chai';
import { followResourceUse, readResourceUse } from './resource-use.ts';

describe('what a process costs', () => {
  it('is read of a process that runs', () => {
    const use = readResourceUse(process.pid);

    expect(use?.peakRssMB).to.be.within(20, 4000);
    expect(use?.cpuS).to.be.greaterThan(0);
  });

  it('is not known of a process that is gone', () => {
    expect(readResourceUse(2 ** 22 + 1)).to.equal(undefined);
  });

  it('is followed until the follower stops', () => {
    const stop = followResourceUse(process.pid);

    expect(stop().peakRssMB).to.be.greaterThan(0);
  });
});
