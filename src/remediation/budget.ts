/**
 * How many repairs are written in a while: a bucket of tokens for the cluster and one for each namespace. A mistake that
 * is repaired everywhere is a larger mistake. Namespaces that wait for the cluster's stand in a line, and each is told its
 * own time: nobody overtakes, and not all ask at once.
 */
export interface BudgetLimits {
  /** How many in any minute, on average; the bucket holds as many. */
  readonly perMinute: number;
  /** The same, of one namespace. */
  readonly perNamespaceAndMinute: number;
}

export const DEFAULT_BUDGET: BudgetLimits = { perMinute: 120, perNamespaceAndMinute: 10 };

interface Bucket {
  tokens: number;
  /** Until when they were filled in. */
  atMs: number;
}

const minuteMs = 60_000;

export class RepairBudget {
  readonly #limits: BudgetLimits;
  readonly #all: Bucket;
  /** Those that are not full. */
  readonly #ofNamespaces = new Map<string, Bucket>();
  /** Namespaces that wait for the cluster's, first come first. */
  readonly #line = new Set<string>();

  /**
   * @param nowMs on a clock that only goes forward
   * @throws {RangeError} if a limit is less than 1
   */
  constructor(limits: BudgetLimits, nowMs: number) {
    if (!(limits.perMinute >= 1) || !(limits.perNamespaceAndMinute >= 1)) {
      throw new RangeError('a budget allows at least one repair in a minute');
    }
    this.#limits = limits;
    this.#all = { tokens: limits.perMinute, atMs: nowMs };
  }

  /**
   * Takes a token for one write in a namespace, from both buckets or from none. A namespace that has to wait for the
   * cluster's keeps its place in the line until it takes one, or leaves.
   *
   * @returns 0 where it was taken, otherwise in how many milliseconds to ask again
   */
  take(namespace: string, nowMs: number): number {
    const { perMinute, perNamespaceAndMinute } = this.#limits;
    const own = this.#ofNamespaces.get(namespace) ?? { tokens: perNamespaceAndMinute, atMs: nowMs };
    fill(this.#all, perMinute, nowMs);
    fill(own, perNamespaceAndMinute, nowMs);
    const ownWaitMs = waitFor(own, 1, perNamespaceAndMinute);
    const waitMs = waitFor(this.#all, this.#ahead(namespace) + 1, perMinute);
    // Whoever waits for himself is in nobody's way.
    if (waitMs > 0 && ownWaitMs === 0) this.#line.add(namespace);
    else this.leave(namespace);
    if (waitMs > 0 || ownWaitMs > 0) return Math.max(waitMs, ownWaitMs);
    this.#all.tokens -= 1;
    own.tokens -= 1;
    this.#ofNamespaces.set(namespace, own);
    this.#forgetFull(nowMs);
    return 0;
  }

  /** Nothing in the namespace waits any more. */
  leave(namespace: string): void {
    this.#line.delete(namespace);
  }

  /** How many came before. */
  #ahead(namespace: string): number {
    return this.#line.has(namespace) ? [...this.#line].indexOf(namespace) : this.#line.size;
  }

  /** Namespaces come and go: one whose bucket is full again is like one that never asked. */
  #forgetFull(nowMs: number): void {
    if (this.#ofNamespaces.size <= 2 * this.#limits.perMinute) return;
    for (const [namespace, { atMs }] of this.#ofNamespaces) {
      if (nowMs - atMs >= minuteMs) this.#ofNamespaces.delete(namespace);
    }
  }
}

function fill(bucket: Bucket, perMinute: number, nowMs: number): void {
  const passedMs = Math.max(0, nowMs - bucket.atMs);
  bucket.tokens = Math.min(perMinute, bucket.tokens + (passedMs * perMinute) / minuteMs);
  bucket.atMs = Math.max(bucket.atMs, nowMs);
}

function waitFor({ tokens }: Bucket, wanted: number, perMinute: number): number {
  // What is missing by rounding is there.
  return tokens >= wanted - 1e-9 ? 0 : Math.ceil(((wanted - tokens) * minuteMs) / perMinute);
}
