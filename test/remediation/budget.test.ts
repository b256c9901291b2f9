import { expect } from 'chai';
import fc from 'fast-check';

import { RepairBudget } from '../../src/remediation/budget.ts';

/** The most that any 60 s saw. @param atMs in order */
function mostInAMinute(atMs: readonly number[]): number {
  return Math.max(0, ...atMs.map((from) => atMs.filter((one) => one >= from && one < from + 60_000).length));
}

describe('the budget of repairs', () => {
  it('lets a namespace have as many at once as in a minute, and the next when that is over', () => {
    const budget = new RepairBudget({ perMinute: 100, perNamespaceAndMinute: 2 });
    expect(budget.take('shop', 0)).to.equal(0);
    expect(budget.take('shop', 20_000)).to.equal(0);
    expect(budget.take('shop', 20_000)).to.equal(40_000);
    expect(budget.take('shop', 59_999)).to.equal(1);
    expect(budget.take('shop', 60_000)).to.equal(0);
    expect(budget.take('shop', 60_000)).to.equal(20_000);
  });

  it('lets no namespace wait for another', () => {
    const budget = new RepairBudget({ perMinute: 100, perNamespaceAndMinute: 1 });
    expect(budget.take('shop', 0)).to.equal(0);
    expect(budget.take('shop', 0)).to.equal(60_000);
    expect(budget.take('bank', 0)).to.equal(0);
  });

  it('holds for the whole cluster, and what it refuses costs the namespace nothing', () => {
    const budget = new RepairBudget({ perMinute: 2, perNamespaceAndMinute: 1 });
    expect(budget.take('a', 0)).to.equal(0);
    expect(budget.take('b', 0)).to.equal(0);
    expect(budget.take('c', 0)).to.equal(60_000);
    expect(budget.take('c', 60_000)).to.equal(0);
  });

  it('counts the minute of a write from its end', () => {
    const budget = new RepairBudget({ perMinute: 1, perNamespaceAndMinute: 1 });
    expect(budget.take('slow', 0)).to.equal(0);
    budget.ended('slow', 9_000);
    expect(budget.take('a', 60_000)).to.equal(9_000);
    expect(budget.take('a', 69_000)).to.equal(0);
  });

  it('counts what was written before it was there, though that was more than it lets', () => {
    const budget = new RepairBudget({ perMinute: 2, perNamespaceAndMinute: 1 });
    budget.remember([
      { scope: 'c', atMs: 3_000 },
      { scope: 'a', atMs: 1_000 },
      { scope: 'b', atMs: 2_000 },
    ]);
    expect(budget.take('d', 4_000)).to.equal(58_000);
    expect(budget.take('c', 62_000)).to.equal(1_000);
    expect(budget.take('d', 62_000)).to.equal(0);
    expect(budget.take('c', 63_000)).to.equal(0);
  });

  it('tells those that wait for the cluster one after the other, and lets nobody overtake', () => {
    const budget = new RepairBudget({ perMinute: 3, perNamespaceAndMinute: 10 });
    for (const second of [0, 1, 2]) expect(budget.take(`n${second}`, second * 1000)).to.equal(0);
    expect(budget.take('a', 10_000)).to.equal(50_000);
    expect(budget.take('b', 10_000)).to.equal(51_000);
    expect(budget.take('c', 10_000)).to.equal(52_000);
    expect(budget.take('d', 10_000)).to.equal(110_000);
    // Whoever asks again keeps the place, and whoever comes when there is one finds it spoken for.
    expect(budget.take('a', 20_000)).to.equal(40_000);
    expect(budget.take('late', 60_000)).to.equal(61_000);
    expect(budget.take('a', 60_000)).to.equal(0);
    expect(budget.take('b', 61_000)).to.equal(0);
    expect(budget.take('c', 62_000)).to.equal(0);
    expect(budget.take('d', 120_000)).to.equal(0);
  });

  it('moves up who stands behind one that does not want any more', () => {
    const budget = new RepairBudget({ perMinute: 1, perNamespaceAndMinute: 1 });
    budget.take('first', 0);
    budget.take('a', 0);
    expect(budget.take('b', 0)).to.equal(120_000);
    budget.leave('a');
    expect(budget.take('b', 0)).to.equal(60_000);
  });

  it('keeps no place in the line for a namespace that has spent its own', () => {
    const budget = new RepairBudget({ perMinute: 2, perNamespaceAndMinute: 1 });
    expect(budget.take('greedy', 0)).to.equal(0);
    expect(budget.take('a', 0)).to.equal(0);
    expect(budget.take('greedy', 0)).to.equal(60_000);
    expect(budget.take('b', 0)).to.equal(60_000);
    expect(budget.take('b', 60_000)).to.equal(0);
  });

  it('lets 500 namespaces through, all of them in the end', () => {
    const budget = new RepairBudget({ perMinute: 60, perNamespaceAndMinute: 10 });
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
    expect(mostInAMinute(writtenAtMs)).to.equal(60);
    expect(writtenAtMs.at(-1)).to.equal(480_000);
    expect(asked).to.equal(500 + 440);
  });

  it('is none that allows nothing, or not a whole number', () => {
    expect(() => new RepairBudget({ perMinute: 0, perNamespaceAndMinute: 1 })).to.throw(RangeError);
    expect(() => new RepairBudget({ perMinute: 1, perNamespaceAndMinute: NaN })).to.throw(RangeError);
    expect(() => new RepairBudget({ perMinute: 1.5, perNamespaceAndMinute: 1 })).to.throw(RangeError);
  });

  it('is kept whoever asks when, and whoever waits as long as he is told gets his', () => {
    const asks = fc.array(
      fc.record({
        waitMs: fc.nat(20_000),
        takesMs: fc.nat(3_000),
        namespace: fc.constantFrom('a', 'b', 'c'),
      }),
      { minLength: 50, maxLength: 300 },
    );
    fc.assert(
      fc.property(asks, (asked) => {
        const budget = new RepairBudget({ perMinute: 5, perNamespaceAndMinute: 3 });
        const taken: { readonly atMs: number; readonly namespace: string }[] = [];
        let nowMs = 0;
        for (const { waitMs, takesMs, namespace } of asked) {
          nowMs += waitMs;
          const refusedMs = budget.take(namespace, nowMs);
          nowMs += refusedMs;
          if (refusedMs > 0) expect(budget.take(namespace, nowMs)).to.equal(0);
          // The API server sees the write at any moment until its end.
          taken.push({ atMs: nowMs + Math.floor(takesMs / 2), namespace });
          nowMs += takesMs;
          budget.ended(namespace, nowMs);
        }
        expect(mostInAMinute(taken.map(({ atMs }) => atMs))).to.be.at.most(5);
        const ofA = taken.filter(({ namespace }) => namespace === 'a');
        expect(mostInAMinute(ofA.map(({ atMs }) => atMs))).to.be.at.most(3);
      }),
    );
  });
});
