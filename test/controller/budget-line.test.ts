import { expect } from 'chai';

import { BudgetLine } from '../../src/controller/budget-line.ts';
import { RepairBudget } from '../../src/remediation/budget.ts';

const limits = { perMinute: 60, perNamespaceAndMinute: 10 };

describe('BudgetLine', () => {
  it('tells those that wait one after the other', () => {
    const line = new BudgetLine(new RepairBudget(limits, 0), limits, () => 0);
    for (let number = 0; number < 60; number += 1) expect(line.take(`n${number}`, `r${number}`)).to.equal(0);
    expect(line.take('a', 'a')).to.equal(1000);
    expect(line.take('b', 'b')).to.equal(2000);
    // Whoever asks again keeps the place.
    expect(line.take('a', 'a')).to.equal(1000);
    line.leave('a');
    expect(line.take('b', 'b')).to.equal(1000);
  });

  it('lets 500 repairs through within the budget, all of them in the end', () => {
    let nowMs = 0;
    const line = new BudgetLine(new RepairBudget(limits, 0), limits, () => nowMs);
    const due = new Map(Array.from({ length: 500 }, (_, index) => [`n${index}`, 0]));
    const writtenAtMs: number[] = [];
    let asked = 0;
    while (due.size > 0) {
      nowMs = Math.max(nowMs, Math.min(...due.values()));
      for (const [who, atMs] of due) {
        if (atMs > nowMs) continue;
        asked += 1;
        const waitMs = line.take(who, who);
        if (waitMs > 0) due.set(who, nowMs + waitMs);
        else {
          due.delete(who);
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
});
