/**
 * How many repairs are written in a while: so many in any minute in the cluster, and so many in each namespace. A mistake
 * that is repaired everywhere is a larger mistake. Namespaces that wait for the cluster's stand in a line, and each is told
 * its own time: nobody overtakes, and not all ask at once.
 */
export interface BudgetLimits {
  /** How many in any 60 s, wherever these begin. */
  readonly perMinute: number;
  /** The same, of one namespace. */
  readonly perNamespaceAndMinute: number;
}

export const DEFAULT_BUDGET: BudgetLimits = { perMinute: 120, perNamespaceAndMinute: 10 };

/** One write. */
export interface Spent {
  /** A namespace, or the cluster. */
  readonly scope: string;
  /** When it was taken, or the write that it was taken for had ended. */
  readonly atMs: number;
}

/** How long a write counts. */
export const BUDGET_MS = 60_000;

export class RepairBudget {
  readonly #limits: BudgetLimits;
  /** Of the last minute, oldest first: never more than the cluster may have. */
  #spent: readonly Spent[] = [];
  /** Namespaces that wait for the cluster's, first come first. */
  readonly #line = new Set<string>();

  /** @throws {RangeError} unless both limits are whole numbers from 1 on */
  constructor(limits: BudgetLimits) {
    for (const limit of [limits.perMinute, limits.perNamespaceAndMinute]) {
      if (!Number.isInteger(limit) || limit < 1) {
        throw new RangeError(`a budget allows at least one repair in a minute, and no half ones, not ${limit}`);
      }
    }
    this.#limits = limits;
  }

  /**
   * Takes one write in a namespace. A namespace that has to wait for the cluster's keeps its place in the line until it
   * takes one, or leaves.
   *
   * @param nowMs on a clock that only goes forward
   * @returns 0 where it was taken, otherwise in how many milliseconds to ask again
   */
  take(scope: string, nowMs: number): number {
    this.#spent = this.#spent.filter(({ atMs }) => nowMs - atMs < BUDGET_MS);
    const own = this.#spent.filter((one) => one.scope === scope);
    const ownWaitMs = waitFor(own, 0, this.#limits.perNamespaceAndMinute, nowMs);
    const waitMs = waitFor(this.#spent, this.#ahead(scope), this.#limits.perMinute, nowMs);
    // Whoever waits for himself is in nobody's way.
    if (waitMs > 0 && ownWaitMs === 0) this.#line.add(scope);
    else this.leave(scope);
    if (waitMs > 0 || ownWaitMs > 0) return Math.max(waitMs, ownWaitMs);
    this.#spent = [...this.#spent, { scope, atMs: nowMs }];
    return 0;
  }

  /**
   * The write that the namespace took last has ended: from now on its minute counts, so that no minute has more writes
   * than it may have by the API server's clock either, however long one was under way.
   */
  ended(scope: string, nowMs: number): void {
    const index = this.#spent.findLastIndex((one) => one.scope === scope);
    if (index >= 0) this.#spent = [...this.#spent.toSpliced(index, 1), { scope, atMs: nowMs }];
  }

  /** What was written before this process ran counts, too. @param spent in any order */
  remember(spent: readonly Spent[]): void {
    const all = [...spent, ...this.#spent].toSorted((a, b) => a.atMs - b.atMs);
    // Of more than there may be, the first to come after a minute has room only when the last so many are over.
    this.#spent = all.slice(-this.#limits.perMinute);
  }

  /** Nothing in the namespace waits any more. */
  leave(scope: string): void {
    this.#line.delete(scope);
  }

  /** How many came before. */
  #ahead(scope: string): number {
    return this.#line.has(scope) ? [...this.#line].indexOf(scope) : this.#line.size;
  }
}

/** Where everybody who is `ahead` takes what becomes free as soon as it is. */
function waitFor(spent: readonly Spent[], ahead: number, perMinute: number, nowMs: number): number {
  const free = perMinute - spent.length;
  if (ahead < free) return 0;
  const turns = ahead - free;
  // What is free now is taken now, and free again in a minute.
  const atMs = spent[turns % perMinute]?.atMs ?? nowMs;
  return atMs + BUDGET_MS * (1 + Math.floor(turns / perMinute)) - nowMs;
}
