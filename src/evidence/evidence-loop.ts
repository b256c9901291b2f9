/**
 * Gathers the evidence about the API servers again and again, on a slow clock of its own: it costs requests, and what it
 * finds changes when somebody restarts an API server, not when a pod starts.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { ServerEvidence } from '../core/evidence.ts';
import type { Log } from '../core/log.ts';
import { collectInstance, concludeInstances, explainFault, hasAnswered } from './collect-instance.ts';
import { collectSlow, startOf } from './collect-server.ts';
import type { RoundOptions, SlowReadings } from './collect-server.ts';
import { MAX_TRIED, shareGuard } from './dry-run-probes.ts';
import type { SharedGuard } from './dry-run-probes.ts';
import type { DeclaredObjects } from './declared/control-plane-objects.ts';
import { isRead } from './reading.ts';
import type { InstanceReading } from './server-readings.ts';
import type { ServerAccess } from './server-access.ts';
import type { HeardInstance, ServerSet } from './server-set.ts';
import { compareTroubles, isThere, watchSources } from './source-watch.ts';
import type { SourceHistory, SourceNews } from './source-watch.ts';
import { hearStart, isAnother, noStarts } from './server-starts.ts';
import type { ServerStarts } from './server-starts.ts';

export interface EvidenceIntervals {
  /** Between two rounds. */
  readonly intervalMs: number;
  /** Between two rounds of what shows in audit logs as somebody's without credentials and may alarm people. */
  readonly slowIntervalMs: number;
  /** After a round in which an API server answered nothing at all, until that one is asked again. */
  readonly retryMs: number;
  /** From the start of an API server until it is asked, so that it has begun to serve, and others that are started with it. */
  readonly settleMs: number;
  /** The least between two rounds, however much news there is. */
  readonly leastMs: number;
}

export const defaultEvidenceIntervals: EvidenceIntervals = {
  intervalMs: 600_000,
  slowIntervalMs: 3_600_000,
  retryMs: 60_000,
  settleMs: 3_000,
  leastMs: 30_000,
};

/** What is due so soon is asked together with what is due now. */
const EARLY_MS = 1_000;

export interface EvidenceLoopOptions {
  readonly servers: ServerSet;
  readonly intervals: EvidenceIntervals;
  readonly clock: Clock;
  /** Told of faults of Merlon's own, and of what an API server answers that nobody can use, when it begins and ends. */
  readonly log: Log;
  /** What the cluster's objects declare of all of them, asked once a round. Never rejects; left out, nothing is declared. */
  readonly declared?: () => Promise<DeclaredObjects>;
  /** Random, for names that nobody can have granted anything. */
  readonly nonce: () => string;
  readonly reviewers?: RoundOptions['reviewers'];
  /** Told what each API server said, before what follows from it. */
  readonly onHeard?: (heard: readonly HeardInstance[]) => void;
  /** @param doubt why there may be API servers that were not asked; undefined where there are none */
  readonly onEvidence: (servers: readonly ServerEvidence[], doubt: string | undefined) => void;
}

/** What one API server said last. */
interface Known {
  readonly reading: InstanceReading;
  readonly hasAnswered: boolean;
  /** When it is asked again. */
  readonly dueAt: number;
  readonly starts: ServerStarts;
  readonly sources: SourceHistory;
  readonly slow?: Slow;
}

interface Round {
  /** There is news of API servers. */
  readonly isHastened: boolean;
  readonly guard: SharedGuard;
  readonly mayTry?: boolean;
}

interface Slow {
  readonly readings: SlowReadings;
  readonly dueAt: number;
}

export class EvidenceLoop {
  readonly #options: EvidenceLoopOptions;
  #known = new Map<ServerAccess, Known>();
  #timer: Timer | undefined;
  /** Sources of all API servers together that are of no use. */
  #troubled: ReadonlySet<string> = new Set();
  #roundAt = 0;
  #isUnderWay = false;
  /** There is news of API servers, and no round has begun since. */
  #isHastened = false;
  /** The last round came to nothing. */
  #hasFailed = false;
  #isStopped = false;

  constructor(options: EvidenceLoopOptions) {
    this.#options = options;
  }

  /** One round now, then one per interval. Resolves after the first; never rejects, what failed is unobserved. */
  async start(): Promise<void> {
    await this.#round();
  }

  /**
   * An API server was started, or is declared to be started otherwise: a round comes soon, of all of them, as nobody can
   * tell which one it was.
   */
  hasten(): void {
    if (this.#isStopped || this.#isHastened) return;
    this.#isHastened = true;
    if (!this.#isUnderWay) this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#options.servers.close();
  }

  async #round(): Promise<void> {
    const isHastened = this.#isHastened;
    this.#isHastened = false;
    this.#isUnderWay = true;
    this.#roundAt = this.#options.clock.now();
    this.#hasFailed = false;
    try {
      await this.#askAll(isHastened);
    } catch (error) {
      this.#hasFailed = true;
      this.#options.log.error('a round of evidence came to nothing', { error: describeFault(error) });
    }
    this.#isUnderWay = false;
    if (!this.#isStopped) this.#schedule();
  }

  async #askAll(isHastened: boolean): Promise<void> {
    const { servers: set, onEvidence, declared } = this.#options;
    const [{ servers, doubt, unasked }, objects] = await Promise.all([set.refresh(), declared?.()]);
    const round = { isHastened, guard: shareGuard() };
    let known = await this.#visit(servers, round);
    // Where none of them can be reached by itself, at least one can that Merlon was told of.
    if (!servers.includes(set.configured) && ![...known.values()].some((one) => one.hasAnswered)) {
      known = new Map([...(await this.#visit([set.configured], round)), ...known]);
    }
    if (this.#isStopped) return;
    this.#known = known;
    if (objects !== undefined && [...known.values()].some((one) => one.hasAnswered)) this.#watchDeclared(objects);
    const heard = [...known].map(([{ instance }, { reading }]) => ({ instance, reading }));
    const shared = [...known].flatMap(([{ instance }, { starts }]) =>
      starts.sharedAt === undefined ? [] : [instance],
    );
    this.#options.onHeard?.(heard);
    onEvidence(
      concludeInstances([...heard, ...unasked], objects, (instance, error) => {
        this.#noteFault(instance, error);
      }),
      doubt ?? explainShared(shared),
    );
  }

  #schedule(): void {
    const { clock, intervals } = this.#options;
    const dueAt = this.#isHastened
      ? Math.max(clock.now() + intervals.settleMs, this.#roundAt + intervals.leastMs)
      : this.#hasFailed
        ? this.#roundAt + intervals.retryMs
        : Math.min(...[...this.#known.values()].map((one) => one.dueAt));
    this.#timer?.cancel();
    this.#timer = clock.setTimeout(() => void this.#round(), Math.max(0, dueAt - clock.now()));
  }

  async #visit(servers: readonly ServerAccess[], round: Round): Promise<Map<ServerAccess, Known>> {
    const { clock } = this.#options;
    const isDue = ({ dueAt }: Known): boolean => round.isHastened || dueAt - clock.now() <= EARLY_MS;
    const visited = servers.map(async (access, index) => {
      const before = this.#known.get(access);
      if (before !== undefined && !isDue(before)) return [access, before] as const;
      const gathered = this.#gather(access, before, { ...round, mayTry: index < MAX_TRIED });
      return [access, await gathered.catch((error: unknown) => this.#giveUp(access, error))] as const;
    });
    return new Map(await Promise.all(visited));
  }

  /** What Merlon fails at it fails at again: no sooner than usual. */
  #giveUp({ instance }: ServerAccess, error: unknown): Known {
    const { clock, intervals } = this.#options;
    this.#noteFault(instance, error);
    return {
      reading: { missing: explainFault(error) },
      hasAnswered: false,
      dueAt: clock.now() + intervals.intervalMs,
      starts: noStarts,
      sources: new Map(),
    };
  }

  #noteFault(instance: string, error: unknown): void {
    this.#options.log.error('an API server could not be read', { instance, error: describeFault(error) });
  }

  async #gather(access: ServerAccess, before: Known | undefined, { isHastened, ...trials }: Round): Promise<Known> {
    const { clock, intervals, nonce, reviewers } = this.#options;
    const nowMs = (): number => clock.wallTimeMs();
    const slowBefore = before?.slow;
    let slow = slowBefore !== undefined && clock.now() < slowBefore.dueAt ? slowBefore : undefined;
    let reading = await collectInstance(access, {
      ...(slow === undefined ? {} : { slow: slow.readings }),
      nonce: nonce(),
      nowMs,
      ...trials,
      ...(reviewers === undefined ? {} : { reviewers }),
    });
    const start = isRead(reading) ? startOf(reading.read) : undefined;
    const starts = before?.starts ?? noStarts;
    // Who does not say when he was started may be the one that was.
    const isNew = start === undefined ? isHastened : isAnother(starts, start, isHastened);
    if (slow !== undefined && isRead(reading) && isNew) {
      slow = undefined;
      reading = { read: { ...reading.read, ...(await collectSlow(access, nowMs)) } };
    }
    slow ??= this.#slowOf(access, reading);
    const isAnswered = hasAnswered(reading);
    let sources = before?.sources ?? new Map();
    // Of who answers nothing at all, no source is worth a line.
    if (isRead(reading) && isThere(reading.read)) {
      const watched = watchSources(sources, reading.read, { isNew });
      reading = { read: watched.readings };
      sources = watched.history;
      for (const one of watched.news) this.#noteSource(access.instance, one);
    }
    // What may not be seen, or does not tell, is the same in a minute.
    const againMs = isAnswered ? intervals.intervalMs : Math.min(intervals.retryMs, intervals.intervalMs);
    return {
      reading,
      hasAnswered: isAnswered,
      dueAt: clock.now() + againMs,
      sources,
      starts: start === undefined ? starts : hearStart(starts, start, clock.now(), intervals.slowIntervalMs),
      // Whoever was away may have been started again since.
      ...(slow === undefined || !isRead(reading) ? {} : { slow }),
    };
  }

  /** What is read once for all API servers. */
  #watchDeclared({ clientAuthorities, openShift }: DeclaredObjects): void {
    const { instance } = this.#options.servers.configured;
    const { news, troubled } = compareTroubles(this.#troubled, {
      'extension-apiserver-authentication': clientAuthorities,
      'openshift-kube-apiserver/config': openShift,
    });
    this.#troubled = troubled;
    for (const one of news) this.#noteSource(instance, one);
  }

  #noteSource(instance: string, { source, trouble }: SourceNews): void {
    const { log } = this.#options;
    if (trouble === undefined) log.info('a source of evidence is of use again', { instance, source });
    else log.warn('a source of evidence is of no use', { instance, source, trouble });
  }

  #slowOf(access: ServerAccess, reading: InstanceReading): Slow | undefined {
    if (!isRead(reading)) return undefined;
    const { anonymousAnswers, tls } = reading.read;
    // What was not answered is asked again in the next round.
    if (!isRead(anonymousAnswers) && access.anonymousGet !== undefined) return undefined;
    const { clock, intervals } = this.#options;
    return { readings: { anonymousAnswers, tls }, dueAt: clock.now() + intervals.slowIntervalMs };
  }
}

/** Of what is asked of all of them as of one, each question may have been answered by another. */
function explainShared(addresses: readonly string[]): string | undefined {
  return addresses.length === 0
    ? undefined
    : `several API servers answer at ${addresses.join(' and at ')}; name each with --api-server-endpoint`;
}

function describeFault(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
