import { expect } from 'chai';
import { Backoff } from '../../src/kube/backoff.ts';
import { FakeClock } from '../controller/fake-clock.ts';

const limits = { firstMs: 800, maxMs: 30_000, resetMs: 120_000 };

describe('Backoff', () => {
  it('doubles from the first wait up to the longest', () => {
    const backoff = new Backoff(limits, new FakeClock(), () => 0);
    const waits = Array.from({ length: 8 }, () => backoff.next());
    expect(waits).to.deep.equal([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('adds up to as much again, so that many clients spread out', () => {
    expect(new Backoff(limits, new FakeClock(), () => 0.5).next()).to.equal(1_200);
  });

  it('starts again after two good minutes, not sooner', async () => {
    const clock = new FakeClock();
    const backoff = new Backoff(limits, clock, () => 0);
    backoff.next();
    await clock.advance(120_000);
    expect(backoff.next()).to.equal(1_600);
    await clock.advance(120_001);
    expect(backoff.next()).to.equal(800);
  });
});
