/** Repairs that wait for the budget, in the order in which they came: each is told its own time, so that not all ask at once. */
import type { BudgetLimits, RepairBudget } from '../remediation/budget.ts';

const minuteMs = 60_000;

export class BudgetLine {
  readonly #budget: RepairBudget;
  readonly #stepMs: number;
  readonly #now: () => number;
  /** Those that wait, first come first. */
  readonly #waiting = new Set<string>();

  /** @param now milliseconds on a clock that only goes forward */
  constructor(budget: RepairBudget, { perMinute }: BudgetLimits, now: () => number) {
    this.#budget = budget;
    this.#stepMs = minuteMs / perMinute;
    this.#now = now;
  }

  /** @returns 0 where a write may begin, otherwise in how many milliseconds to ask again */
  take(namespace: string, who: string): number {
    const waitMs = this.#budget.take(namespace, this.#now());
    if (waitMs === 0) {
      this.#waiting.delete(who);
      return 0;
    }
    this.#waiting.add(who);
    return waitMs + Math.floor([...this.#waiting].indexOf(who) * this.#stepMs);
  }

  /** Whoever does not want to write any more. */
  leave(who: string): void {
    this.#waiting.delete(who);
  }
}
