import { expect } from 'chai';
import fc from 'fast-check';

import { RepairBudget } from '../../src/remediation/budget.ts';

describe('the budget of repairs', () => {
  it('lets a namespace have as many at once as in a minute, then one after the other', () => {
    const budget = new RepairBudget({ perMinute: 100, perNamespaceAndMinute: 2 }, 0);
    expect(budget.take('shop', 0)).to.equal(0);
    expect(budget.take('shop', 0)).to.equal(0);
    expect(budget.take('shop', 0)).to.equal(30_000);
    expect(budget.take('shop', 29_999)).to.equal(1);
    expect(budget.take('shop', 30_000)).to.equal(0);
    expect(budget.take('shop', 30_000)).to.equal(30_000);
  });

  it('lets no namespace wait for another', () => {
    const budget = new RepairBudget({ perMinute: 100, perNamespaceAndMinute: 1 }, 0);
    expect(budget.take('shop', 0)).to.equal(0);
    expect(budget.take('shop', 0)).to.equal(60_000);
    expect(budget.take('bank', 0)).to.equal(0);
  });

  it('holds for the whole cluster, and what it refuses costs the namespace nothing', () => {
    const budget = new RepairBudget({ perMinute: 2, perNamespaceAndMinute: 1 }, 0);
    expect(budget.take('a', 0)).to.equal(0);
    expect(budget.take('b', 0)).to.equal(0);
    expect(budget.take('c', 0)).to.equal(30_000);
    expect(budget.take('c', 30_000)).to.equal(0);
  });

  it('is none that allows nothing', () => {
    expect(() => new RepairBudget({ perMinute: 0, perNamespaceAndMinute: 1 }, 0)).to.throw(RangeError);
    expect(() => new RepairBudget({ perMinute: 1, perNamespaceAndMinute: NaN }, 0)).to.throw(RangeError);
  });

  it('is kept whoever asks when, and whoever waits as long as he is told gets his', () => {
    const asks = fc.array(fc.record({ waitMs: fc.nat(20_000), namespace: fc.constantFrom('a', 'b', 'c') }), {
      minLength: 50,
      maxLength: 300,
    });
    fc.assert(
      fc.property(asks, (asked) => {
        const budget = new RepairBudget({ perMinute: 5, perNamespaceAndMinute: 3 }, 0);
        const taken: { readonly atMs: number; readonly namespace: string }[] = [];
        let nowMs = 0;
        for (const { waitMs, namespace } of asked) {
          nowMs += waitMs;
          const refusedMs = budget.take(namespace, nowMs);
          nowMs += refusedMs;
          if (refusedMs > 0) expect(budget.take(namespace, nowMs)).to.equal(0);
          taken.push({ atMs: nowMs, namespace });
        }
        for (const { atMs } of taken) {
          const within = taken.filter((one) => one.atMs >= atMs && one.atMs < atMs + 60_000);
          // A full bucket, and what flows in meanwhile.
          expect(within.length).to.be.at.most(10);
          expect(within.filter(({ namespace }) => namespace === 'a').length).to.be.at.most(6);
        }
      }),
    );
  });
});
