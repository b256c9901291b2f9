import { expect } from 'chai';

import { RetryTimes } from '../../src/controller/retry-times.ts';

const hourMs = 3_600_000;

describe('RetryTimes', () => {
  it('lets what has not failed be tried at once, and what has after an hour', () => {
    const times = new RetryTimes(() => 100_000);
    expect(times.notBeforeMs('shop/a')).to.equal(0);
    expect(times.failed('namespace/shop', 'shop/a')).to.equal(100_000 + hourMs);
    expect(times.notBeforeMs('shop/a')).to.equal(100_000 + hourMs);
  });

  it('lets it be tried at once when rights change there, or everywhere', () => {
    const times = new RetryTimes(() => 100_000);
    times.failed('namespace/shop', 'shop/a');
    times.failed('namespace/farm', 'farm/b');
    expect(times.permit('namespace/shop')).to.deep.equal([{ scope: 'namespace/shop', address: 'shop/a' }]);
    expect(times.notBeforeMs('shop/a')).to.equal(0);
    expect(times.permit('everywhere')).to.deep.equal([{ scope: 'namespace/farm', address: 'farm/b' }]);
  });

  it('tries again soon what fails right after rights have changed: the API server may not know yet', () => {
    let nowMs = 100_000;
    const times = new RetryTimes(() => nowMs);
    times.permit('namespace/shop');
    nowMs += 500;
    expect(times.failed('namespace/shop', 'shop/a')).to.equal(nowMs + 1000);
    nowMs += 10_000;
    expect(times.failed('namespace/shop', 'shop/a')).to.equal(nowMs + hourMs);
  });
});
