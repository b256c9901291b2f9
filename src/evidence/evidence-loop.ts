/**
 * Gathers the evidence about the API servers again and again, on a slow clock of its own: it costs requests, and what it
 * finds changes when somebody restarts an API server, not when a pod starts.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { ServerEvidence } from '../core/evidence.ts';
import { collectServer } from './collect-server.ts';
import type { SlowReadings } from './collect-server.ts';
import type { DeclaredObjects } from './declared/control-plane-objects.ts';
import { withDeclared } from './declared/declared-flags.ts';
import { concludeEvidence } from './facts/index.ts';
import { isRead } from './reading.ts';
import type { ServerReadings } from './reading.ts';
import type { ServerAccess } from './server-access.ts';

export interface EvidenceIntervals {
  /** Between two rounds. */
  readonly intervalMs: number;
  /** Between two rounds of what shows in audit logs as somebody's without credentials and may alarm people. */
  readonly slowIntervalMs: number;
  /** After a round in which an API server answered nothing at all. */
  readonly retryMs: number;
}

export const defaultEvidenceIntervals: EvidenceIntervals = {
  intervalMs: 600_000,
  slowIntervalMs: 3_600_000,
  retryMs: 60_000,
};

export interface EvidenceLoopOptions {
  readonly servers: readonly ServerAccess[];
  readonly intervals: EvidenceIntervals;
  readonly clock: Clock;
  /** What the cluster's objects declare of all of them, asked once a round. Never rejects; left out, nothing is declared. */
  readonly declared?: () => Promise<DeclaredObjects>;
  /** Random, for names that nobody can have granted anything. */
  readonly nonce: () => string;
  readonly onEvidence: (servers: readonly ServerEvidence[]) => void;
}

interface Gathered {
  readonly instance: string;
  readonly readings: ServerReadings;
}

interface Slow {
  readonly readings: SlowReadings;
  readonly dueAt: number;
}

export class EvidenceLoop {
  readonly #options: EvidenceLoopOptions;
  readonly #slow = new Map<string, Slow>();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: EvidenceLoopOptions) {
    this.#options = options;
  }

  /** One round now, then one per interval. Resolves after the first; never rejects, what failed is unobserved. */
  async start(): Promise<void> {
    await this.#round();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const access of this.#options.servers) access.close();
  }

  async #round(): Promise<void> {
    const { servers, intervals, clock, onEvidence, declared } = this.#options;
    const [objects, ...gathered] = await Promise.all([declared?.(), ...servers.map((access) => this.#gather(access))]);
    if (this.#isStopped) return;
    const instances = gathered.map(({ instance }) => instance);
    const conclude = ({ readings, instance }: Gathered): ServerEvidence => ({
      instance,
      evidence: concludeEvidence(
        objects === undefined ? readings : withDeclared(readings, instance, instances, objects),
      ),
    });
    onEvidence(gathered.map(conclude));
    // What may not be seen, or does not tell, is the same in a minute.
    const isAnswered = gathered.every(({ readings }) => hasAnswered(readings));
    this.#timer = clock.setTimeout(
      () => void this.#round(),
      isAnswered ? intervals.intervalMs : Math.min(intervals.retryMs, intervals.intervalMs),
    );
  }

  async #gather(access: ServerAccess): Promise<Gathered> {
    const { clock, intervals, nonce } = this.#options;
    const known = this.#slow.get(access.instance);
    const slow = known !== undefined && clock.now() < known.dueAt ? known.readings : undefined;
    const readings = await collectServer(access, {
      ...(slow === undefined ? {} : { slow }),
      nonce: nonce(),
      nowMs: () => clock.wallTimeMs(),
    });
    const { anonymousAnswers, tls } = readings;
    // What was not answered is asked again in the next round.
    if (slow === undefined && (isRead(anonymousAnswers) || access.anonymousGet === undefined)) {
      this.#slow.set(access.instance, {
        readings: { anonymousAnswers, tls },
        dueAt: clock.now() + intervals.slowIntervalMs,
      });
    }
    return { instance: access.instance, readings };
  }
}

/** Whether somebody is there at all. */
function hasAnswered({ version, metrics, flags, unknownUser, identity }: ServerReadings): boolean {
  return [version, metrics, ...flags, unknownUser, identity].some((reading) => isRead<unknown>(reading));
}
