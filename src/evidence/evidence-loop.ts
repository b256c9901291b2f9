/**
 * Gathers the evidence about the API server again and again, on a slow clock of its own: it costs requests, and what it
 * finds changes when somebody restarts an API server, not when a pod starts.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { Evidence } from '../core/evidence.ts';
import { isObserved } from '../core/evidence.ts';

export interface EvidenceCollectors {
  readonly anonymousRequests: () => Promise<Evidence['anonymousRequests']>;
  readonly unknownUserAllowed: () => Promise<Evidence['unknownUserAllowed']>;
  readonly minorVersion: () => Promise<Evidence['minorVersion']>;
}

export interface EvidenceIntervals {
  /** Between two reviews of the authorizer. */
  readonly intervalMs: number;
  /** Between two rounds of requests without credentials: they show in audit logs and may alarm somebody. */
  readonly anonymousIntervalMs: number;
  /** After a round in which something could not be observed. */
  readonly retryMs: number;
}

export const defaultEvidenceIntervals: EvidenceIntervals = {
  intervalMs: 600_000,
  anonymousIntervalMs: 3_600_000,
  retryMs: 60_000,
};

export class EvidenceLoop {
  readonly #collectors: EvidenceCollectors;
  readonly #intervals: EvidenceIntervals;
  readonly #clock: Clock;
  readonly #onEvidence: (evidence: Evidence) => void;
  #evidence: Evidence | undefined;
  #anonymousDueAt = 0;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(
    collectors: EvidenceCollectors,
    intervals: EvidenceIntervals,
    clock: Clock,
    onEvidence: (evidence: Evidence) => void,
  ) {
    this.#collectors = collectors;
    this.#intervals = intervals;
    this.#clock = clock;
    this.#onEvidence = onEvidence;
  }

  /** One round now, then one per interval. Resolves after the first; never rejects, what failed is unobserved. */
  async start(): Promise<void> {
    await this.#round();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #round(): Promise<void> {
    const before = this.#evidence;
    const isAnonymousDue =
      before === undefined || !isObserved(before.anonymousRequests) || this.#clock.now() >= this.#anonymousDueAt;
    const [unknownUserAllowed, minorVersion, anonymousRequests] = await Promise.all([
      this.#collectors.unknownUserAllowed(),
      this.#collectors.minorVersion(),
      isAnonymousDue ? this.#collectors.anonymousRequests() : before.anonymousRequests,
    ]);
    if (this.#isStopped) return;
    if (isAnonymousDue) this.#anonymousDueAt = this.#clock.now() + this.#intervals.anonymousIntervalMs;
    this.#evidence = { anonymousRequests, unknownUserAllowed, minorVersion };
    this.#onEvidence(this.#evidence);
    const isComplete = [anonymousRequests, unknownUserAllowed, minorVersion].every((fact) => isObserved<object>(fact));
    this.#timer = this.#clock.setTimeout(
      () => void this.#round(),
      isComplete ? this.#intervals.intervalMs : this.#intervals.retryMs,
    );
  }
}
