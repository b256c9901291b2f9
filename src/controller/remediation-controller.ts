/**
 * Repairs what postures find, where that is switched on: one repair after the other in each namespace, each as far as it
 * goes. Level-based as the postures are: a key is a namespace, and what is to be done follows from what is there.
 */
import type { HardeningRemediation, REMEDIATION_KIND } from '../api/v1alpha1/hardening-remediation.ts';
import type { Clock } from '../core/clock.ts';
import type { Finding } from '../core/finding.ts';
import { labelsOf } from '../core/judge.ts';
import type { Log } from '../core/log.ts';
import type { AnyRule } from '../core/rule.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Observation } from '../core/snapshot.ts';
import type { Judged, UntimedCondition } from '../core/status.ts';
import { RepairBudget } from '../remediation/budget.ts';
import type { BudgetLimits, Spent } from '../remediation/budget.ts';
import type { RuleMode } from '../remediation/mode.ts';
import type { PresentFinding } from '../remediation/situation.ts';
import type { Repairs } from './posture-controller.ts';
import { describeRepairs, findProblem } from './remediated-condition.ts';
import { scopeOfRecord } from './record-address.ts';
import { RemediationStore } from './remediation-store.ts';
import type { RemediationWriter } from './remediation-writer.ts';
import { digestOfRepair, RepairAgenda } from './repair-agenda.ts';
import { findFinding, gatherCandidates, isTaken, presentFinding, printAddress } from './repair-candidates.ts';
import type { Candidate, Candidates } from './repair-candidates.ts';
import { performRepair } from './repair.ts';
import type { RepairContext, RepairResult } from './repair.ts';
import { readMode, readPolicies, readTerms } from './repair-terms.ts';
import type { TermsSource } from './repair-terms.ts';
import type { Change } from './store.ts';
import { WorkQueue } from './work-queue.ts';
import type { WorkQueueOptions } from './work-queue.ts';

export interface RemediationControllerOptions extends TermsSource {
  readonly rules: readonly AnyRule[];
  readonly writer: RemediationWriter;
  /** Whether this process is the one that writes, at this very moment. */
  readonly mayWrite: () => boolean;
  /** Told of each namespace whose posture may say something else of repairs now. */
  readonly onChange: (namespace: string) => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly queue: Omit<WorkQueueOptions, 'onError' | 'clock'>;
  readonly budget: BudgetLimits;
}

export class RemediationController implements Repairs {
  readonly records: RemediationStore;

  readonly #options: RemediationControllerOptions;
  readonly #queue: WorkQueue<string>;
  readonly #agenda: RepairAgenda;
  readonly #budget: RepairBudget;
  readonly #findings = new Map<string, readonly Finding[]>();
  #recordsInput: Observation<typeof REMEDIATION_KIND> = {
    source: 'HardeningRemediation',
    state: 'pending',
    message: 'not read yet',
  };
  #isRunning = false;

  constructor(options: RemediationControllerOptions) {
    const { clock, log } = options;
    this.#options = options;
    this.#agenda = new RepairAgenda(() => clock.wallTimeMs());
    this.#budget = new RepairBudget(options.budget);
    this.records = new RemediationStore(
      (record) => {
        this.#noteRecord(record);
      },
      () => clock.now(),
    );
    this.#queue = new WorkQueue<string>(
      {
        ...options.queue,
        clock,
        onError: (namespace, error) => {
          log.warn('a repair will be tried again', { namespace, error: String(error) });
        },
      },
      (namespace) => this.#reconcile(namespace),
    );
  }

  /** Starts to repair. Call it when every source is read or refused. */
  start(): void {
    this.#isRunning = true;
    this.#budget.remember(this.#readSpent());
    this.#addAll();
  }

  /** Stops; resolves when no write is under way. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#queue.stop();
  }

  async whenIdle(): Promise<void> {
    await this.#queue.whenIdle();
  }

  /** Takes note of how well the records can be read: without knowing them nothing is repaired. */
  observeRecords(observation: Observation<typeof REMEDIATION_KIND>): void {
    this.#recordsInput = observation;
    this.#addAll();
    for (const namespace of this.#findings.keys()) this.#options.onChange(namespace);
  }

  noteJudged(namespace: string, judged: Judged | undefined): void {
    if (judged === undefined) this.#findings.delete(namespace);
    else this.#findings.set(namespace, judged.findings);
    this.#add(namespace);
  }

  /** What was forbidden may be allowed now. */
  noteChange({ source, namespace }: Change): void {
    const isOfRights =
      source === 'RoleBinding' || source === 'ClusterRoleBinding' || source === 'Role' || source === 'ClusterRole';
    if (!isOfRights) return;
    for (const permitted of this.#agenda.permit(namespace)) this.#add(permitted);
  }

  conditionOf(namespace: string): UntimedCondition {
    const terms = readTerms(this.#options, namespace);
    if (terms === undefined) return UNKNOWN;
    const candidates = this.#gather(namespace);
    const problem = findProblem(candidates, this.#recordsInput, (address) =>
      this.#agenda.unrecordedMessage(namespace, printAddress(address)),
    );
    return describeRepairs(terms, candidates, this.#options.snapshot(), problem);
  }

  #noteRecord(record: HardeningRemediation): void {
    const scope = scopeOfRecord(record);
    if (scope === undefined) return;
    const { namespace = '', name } = record.metadata;
    this.#agenda.reopen(scope, printAddress({ namespace, name }));
    this.#add(scope);
    if (this.#isRunning) this.#options.onChange(scope);
  }

  /** What was repaired within the last minute, whoever did it. */
  #readSpent(): readonly Spent[] {
    const { clock } = this.#options;
    return this.records.all().flatMap((record) => {
      const scope = scopeOfRecord(record);
      const appliedMs = Date.parse(record.status?.appliedTime ?? '');
      if (scope === undefined || Number.isNaN(appliedMs)) return [];
      // The record knows no fractions of a second.
      const agoMs = Math.max(0, clock.wallTimeMs() - appliedMs - 1000);
      return agoMs < 60_000 ? [{ namespace: scope, atMs: clock.now() - agoMs }] : [];
    });
  }

  #add(namespace: string): void {
    if (this.#isRunning) this.#queue.add(namespace);
  }

  #addAll(): void {
    for (const namespace of this.#findings.keys()) this.#add(namespace);
    // A namespace may have gone while nobody looked.
    for (const record of this.records.list(this.#options.ownNamespace)) this.#add(scopeOfRecord(record) ?? '');
  }

  #gather(namespace: string): Candidates {
    const { rules, ownNamespace } = this.#options;
    const own = namespace === ownNamespace ? [] : this.records.list(ownNamespace);
    return gatherCandidates({
      namespace,
      ownNamespace,
      rules,
      findings: this.#findings.get(namespace) ?? [],
      records: [...this.records.list(namespace), ...own],
      lost: this.records.lost(namespace),
    });
  }

  /** @returns how long the namespace is left alone now, in milliseconds */
  async #reconcile(namespace: string): Promise<number> {
    if (labelsOf(this.#options.snapshot(), namespace) === undefined) {
      await this.#forget(namespace);
      return 0;
    }
    const outcomes = new Set<RepairResult['outcome'] | undefined>();
    const failures: unknown[] = [];
    const lost = this.records.lost(namespace);
    const findings = isReadable(this.#recordsInput) ? this.#findings.get(namespace) : undefined;
    const { repairs = [], strangers = [] } = findings === undefined ? {} : this.#gather(namespace);
    for (const candidate of repairs) {
      if (isTaken(candidate.address, strangers)) continue;
      try {
        outcomes.add((await this.#look(namespace, candidate, findings))?.outcome);
      } catch (error) {
        failures.push(error);
      }
    }
    if (!outcomes.has('waits')) this.#budget.leave(namespace);
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
    if (findings !== undefined) this.records.lookedFor(lost);
    return 0;
  }

  /** A namespace that is gone takes its records with it, but for those of itself, which are in Merlon's own. */
  async #forget(namespace: string): Promise<void> {
    const { ownNamespace, writer, mayWrite } = this.#options;
    this.records.lookedFor(this.records.lost(namespace));
    this.#agenda.forget(namespace);
    this.#budget.leave(namespace);
    this.#queue.forget(namespace);
    for (const record of this.records.list(ownNamespace)) {
      const isOfIt = scopeOfRecord(record) === namespace && record.status?.target?.kind === 'Namespace';
      if (!isOfIt || !mayWrite()) continue;
      const deleted = await writer.deleteRecord(record);
      if (deleted.outcome === 'written' || deleted.outcome === 'gone') this.records.absent(record);
    }
  }

  /**
   * @param gatheredFrom what had been found when the candidate was gathered
   * @returns what came of it, now or the last time; undefined for what is no matter of Merlon's
   */
  async #look(
    namespace: string,
    candidate: Candidate,
    gatheredFrom: readonly Finding[] | undefined,
  ): Promise<RepairResult | undefined> {
    const { snapshot, log } = this.#options;
    const { rule, subject } = candidate;
    const address = printAddress(candidate.address);
    const mode = readMode(this.#options, namespace, rule);
    if (mode === undefined) return undefined;
    const isLost = this.records.lost(namespace).some(({ metadata: { name } }) => name === candidate.address.name);
    if (candidate.record === undefined && mode.mode === 'off' && !isLost) return undefined;
    const finding = (): PresentFinding => {
      const findings = this.#findings.get(namespace);
      if (findings === undefined) return { outcome: 'unknown' };
      const found = findings === gatheredFrom ? candidate.finding : findFinding(findings, candidate);
      return presentFinding(found, snapshot());
    };
    const digest = digestOfRepair(subject, finding(), mode, snapshot());
    const settled = this.#agenda.settledResult(namespace, address, digest);
    if (settled !== undefined) return settled;

    const known = () => ({
      record: this.records.get(candidate.address.namespace, candidate.address.name),
      unrecorded: this.#agenda.unrecordedMessage(namespace, address),
    });
    const before = known();
    this.#agenda.begin(address);
    const context = this.#contextOf(namespace, candidate, finding, mode);
    const wentBy = new Set([digest]);
    const result = await performRepair(candidate, {
      ...context,
      // What a look decided by must be what it is remembered by: a switch may be turned off and on again meanwhile.
      mode: () => {
        const now = context.mode();
        wentBy.add(digestOfRepair(subject, finding(), now, snapshot()));
        return now;
      },
    });
    if (result.outcome === 'patched') {
      log.info('repaired', { namespace, kind: subject.kind, name: subject.name, rule: rule.id });
    }
    const recheckInMs = this.#agenda.settle(namespace, address, wentBy.size === 1 ? digest : undefined, result);
    if (recheckInMs !== undefined) this.#queue.addAfter(namespace, recheckInMs);
    const after = known();
    if (before.record !== after.record || before.unrecorded !== after.unrecorded) this.#options.onChange(namespace);
    return result;
  }

  #contextOf(
    namespace: string,
    candidate: Candidate,
    finding: () => PresentFinding,
    lastMode: RuleMode,
  ): RepairContext {
    const { writer, mayWrite, clock } = this.#options;
    const address = printAddress(candidate.address);
    return {
      writer,
      records: this.records,
      finding,
      // What is not known any more is as good as off, and nothing is written for it.
      mode: () => readMode(this.#options, namespace, candidate.rule) ?? { ...lastMode, mode: 'off', isKilled: true },
      policies: () => readPolicies(this.#options, namespace),
      assertMayWrite: () => {
        if (!mayWrite()) throw new Error('another process writes now');
      },
      takeBudget: () => this.#budget.take(namespace, clock.now()),
      noteEnded: () => {
        this.#budget.ended(namespace, clock.now());
      },
      notBeforeMs: () => this.#agenda.notBeforeMs(address),
      nowMs: () => clock.wallTimeMs(),
    };
  }
}

const UNKNOWN: UntimedCondition = {
  type: 'Remediated',
  status: 'Unknown',
  reason: 'Unknown',
  message: 'nothing is repaired: the policies or the labels of namespaces, which decide about it, could not be read',
};
