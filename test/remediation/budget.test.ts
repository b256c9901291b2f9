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

  it('tells those that wait for the cluster one after the other, and lets nobody overtake', () => {
    const budget = new RepairBudget({ perMinute: 60, perNamespaceAndMinute: 10 }, 0);
    for (let number = 0; number < 60; number += 1) expect(budget.take(`n${number}`, 0)).to.equal(0);
    expect(budget.take('a', 0)).to.equal(1000);
    expect(budget.take('b', 0)).to.equal(2000);
    // Whoever asks again keeps the place, and whoever comes when the token is there finds it spoken for.
    expect(budget.take('a', 0)).to.equal(1000);
    expect(budget.take('c', 1000)).to.equal(2000);
    expect(budget.take('a', 1000)).to.equal(0);
    expect(budget.take('b', 2000)).to.equal(0);
    expect(budget.take('c', 3000)).to.equal(0);
  });

  it('moves up who stands behind one that does not want any more', () => {
    const budget = new RepairBudget({ perMinute: 1, perNamespaceAndMinute: 1 }, 0);
    budget.take('first', 0);
    budget.take('a', 0);
    expect(budget.take('b', 0)).to.equal(120_000);
    budget.leave('a');
    expect(budget.take('b', 0)).to.equal(60_000);
  });

  it('keeps no place in the line for a namespace that has spent its own', () => {
    const budget = new RepairBudget({ perMinute: 2, perNamespaceAndMinute: 1 }, 0);
    expect(budget.take('greedy', 0)).to.equal(0);
    expect(budget.take('a', 0)).to.equal(0);
    expect(budget.take('greedy', 0)).to.equal(60_000);
    expect(budget.take('b', 0)).to.equal(30_000);
    expect(budget.take('b', 30_000)).to.equal(0);
  });

  it('lets 500 namespaces through, all of them in the end', () => {
    const budget = new RepairBudget({ perMinute: 60, perNamespaceAndMinute: 10 }, 0);
    let nowMs = 0;
    const due = new Map(Array.from({ length: 500 }, (_, index) => [`n${index}`, 0]));
    const writtenAtMs: number[] = [];
    let asked = 0;
    while (due.size > 0) {
      nowMs = Math.max(nowMs, Math.min(...due.values()));
      for (const [namespace, atMs] of due) {
        if (atMs > nowMs) continue;
        asked += 1;
        const waitMs = budget.take(namespace, nowMs);
        if (waitMs > 0) due.set(namespace, nowMs + waitMs);
        else {
          due.delete(namespace);
          writtenAtMs.push(nowMs);
        }
      }
    }
    for (const atMs of writtenAtMs) {
      expect(writtenAtMs.filter((one) => one >= atMs && one < atMs + 60_000).length).to.be.at.most(120);
    }
    expect(writtenAtMs.at(-1)).to.be.at.most(500_000);
    expect(asked).to.be.below(3000);
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
