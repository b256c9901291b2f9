/**
 * How many repairs are written in a while: a bucket of tokens for the cluster and one for each namespace. A mistake that
 * is repaired everywhere is a larger mistake.
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
   * Takes a token for one write in a namespace, from both buckets or from none.
   * @returns 0 where it was taken, otherwise in how many milliseconds to ask again
   */
  take(namespace: string, nowMs: number): number {
    const { perMinute, perNamespaceAndMinute } = this.#limits;
    const own = this.#ofNamespaces.get(namespace) ?? { tokens: perNamespaceAndMinute, atMs: nowMs };
    fill(this.#all, perMinute, nowMs);
    fill(own, perNamespaceAndMinute, nowMs);
    const waitMs = Math.max(waitOf(this.#all, perMinute), waitOf(own, perNamespaceAndMinute));
    if (waitMs > 0) return waitMs;
    this.#all.tokens -= 1;
    own.tokens -= 1;
    this.#ofNamespaces.set(namespace, own);
    this.#forgetFull(nowMs);
    return 0;
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

function waitOf({ tokens }: Bucket, perMinute: number): number {
  // What is missing by rounding is there.
  return tokens >= 1 - 1e-9 ? 0 : Math.ceil(((1 - tokens) * minuteMs) / perMinute);
}
