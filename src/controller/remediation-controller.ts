/**
 * Repairs what postures find, where that is switched on: one repair after the other in each scope, each as far as it
 * goes. Level-based as the postures are: a key is a namespace or the cluster, and what is to be done follows from what is
 * there.
 */
import type { HardeningRemediation, REMEDIATION_KIND } from '../api/v1alpha1/hardening-remediation.ts';
import type { Clock } from '../core/clock.ts';
import type { Finding } from '../core/finding.ts';
import { labelsOf } from '../core/judge.ts';
import type { Log } from '../core/log.ts';
import { isBindingKind, isRoleKind } from '../core/rbac-kinds.ts';
import type { Observation } from '../core/snapshot.ts';
import type { Judged, UntimedCondition } from '../core/status.ts';
import { RepairBudget } from '../remediation/budget.ts';
import type { BudgetLimits } from '../remediation/budget.ts';
import type { RuleMode } from '../remediation/mode.ts';
import type { PresentFinding } from '../remediation/situation.ts';
import { namespaceKey } from './enqueue.ts';
import type { Repairs } from './posture-contributors.ts';
import { toScope } from './posture-store.ts';
import type { PostureScope } from './posture-store.ts';
import { describeRepairs, findProblem } from './remediated-condition.ts';
import { scopesOfRecord } from './record-address.ts';
import type { RemediationStore } from './remediation-store.ts';
import type { RemediationWriter } from './remediation-writer.ts';
import { basisOf, isSameBasis, RepairAgenda } from './repair-agenda.ts';
import type { Basis } from './repair-agenda.ts';
import { findFinding, isTaken, presentFinding, printAddress } from './repair-candidates.ts';
import type { Candidate } from './repair-candidates.ts';
import { RepairInventory } from './repair-inventory.ts';
import { performRepair } from './repair.ts';
import type { RepairContext, RepairResult } from './repair.ts';
import { readMode, readPolicies, readTerms } from './repair-terms.ts';
import type { TermsSource } from './repair-terms.ts';
import type { Change } from './store.ts';
import { WorkQueue } from './work-queue.ts';
import type { WorkQueueOptions } from './work-queue.ts';

export interface RemediationControllerOptions extends TermsSource {
  readonly writer: RemediationWriter;
  /** Whether this process is the one that writes, at this very moment. */
  readonly mayWrite: () => boolean;
  /** Told of each scope whose posture may say something else of repairs now. */
  readonly onChange: (scope: PostureScope) => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly queue: Omit<WorkQueueOptions, 'onError' | 'clock'>;
  readonly budget: BudgetLimits;
}

export class RemediationController implements Repairs {
  readonly #options: RemediationControllerOptions;
  readonly #queue: WorkQueue<PostureScope>;
  readonly #inventory: RepairInventory;
  readonly #agenda: RepairAgenda;
  readonly #budget: RepairBudget;
  #isRunning = false;

  constructor(options: RemediationControllerOptions) {
    const { clock, log } = options;
    this.#options = options;
    this.#agenda = new RepairAgenda(() => clock.wallTimeMs());
    this.#budget = new RepairBudget(options.budget);
    this.#inventory = new RepairInventory({
      ...options,
      onRecord: (record) => {
        this.#noteRecord(record);
      },
      now: () => clock.now(),
    });
    this.#queue = new WorkQueue<PostureScope>(
      {
        ...options.queue,
        clock,
        onError: (scope, error) => {
          log.warn('a repair will be tried again', { scope, error: String(error) });
        },
      },
      (scope) => this.#reconcile(scope),
    );
  }

  /** As they stand in the cluster. */
  get records(): RemediationStore {
    return this.#inventory.records;
  }

  /** Starts to repair. Call it when every source is read or refused. */
  start(): void {
    this.#isRunning = true;
    this.#budget.remember(this.#inventory.spentBy(this.#options.clock));
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
    this.#inventory.recordsInput = observation;
    this.#addAll();
    for (const scope of this.#inventory.judgedScopes()) this.#options.onChange(scope);
  }

  noteJudged(scope: PostureScope, judged: Judged | undefined): void {
    this.#inventory.noteJudged(scope, judged);
    this.#add(scope);
  }

  /** What was forbidden may be allowed now. */
  noteChange({ source, namespace }: Change): void {
    if (!isRoleKind(source) && !isBindingKind(source)) return;
    const where = namespace === '' ? 'everywhere' : namespaceKey(namespace);
    for (const permitted of this.#agenda.permit(where)) this.#add(permitted);
  }

  conditionOf(scope: PostureScope): UntimedCondition {
    const terms = readTerms(this.#options, toScope(scope));
    if (terms === undefined) return UNKNOWN;
    const candidates = this.#inventory.gather(scope);
    const problem = findProblem(candidates, this.#inventory.recordsInput, (address) =>
      this.#agenda.unrecordedMessage(scope, printAddress(address)),
    );
    return describeRepairs(terms, candidates, this.#options.snapshot(), problem);
  }

  #noteRecord(record: HardeningRemediation): void {
    const { namespace = '', name } = record.metadata;
    for (const scope of scopesOfRecord(record, this.#options.ownNamespace)) {
      this.#agenda.reopen(scope, printAddress({ namespace, name }));
      this.#add(scope);
      if (this.#isRunning) this.#options.onChange(scope);
    }
  }

  #add(scope: PostureScope): void {
    if (this.#isRunning) this.#queue.add(scope);
  }

  #addAll(): void {
    for (const scope of this.#inventory.judgedScopes()) this.#add(scope);
    for (const scope of this.#inventory.recordedScopes()) this.#add(scope);
  }

  /** @returns how long the scope is left alone now, in milliseconds */
  async #reconcile(scope: PostureScope): Promise<number> {
    const where = toScope(scope);
    if (where !== 'cluster' && labelsOf(this.#options.snapshot(), where.namespace) === undefined) {
      await this.#forget(scope);
      return 0;
    }
    const outcomes = new Set<RepairResult['outcome'] | undefined>();
    const failures: unknown[] = [];
    const lost = this.records.lost(scope);
    const known = this.#inventory.gatherKnown(scope);
    for (const candidate of known?.repairs ?? []) {
      if (isTaken(candidate.address, known?.strangers ?? [])) continue;
      try {
        outcomes.add((await this.#look(scope, candidate, known?.findings))?.outcome);
      } catch (error) {
        failures.push(error);
      }
    }
    if (!outcomes.has('waits')) this.#budget.leave(scope);
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
    if (known !== undefined) this.records.lookedFor(lost);
    return 0;
  }

  /** A namespace that is gone takes its records with it, but for those of itself, which are in Merlon's own. */
  async #forget(scope: PostureScope): Promise<void> {
    const { writer, mayWrite } = this.#options;
    this.records.lookedFor(this.records.lost(scope));
    this.#agenda.forget(scope);
    this.#budget.leave(scope);
    this.#queue.forget(scope);
    for (const record of this.#inventory.recordsOfGone(scope)) {
      if (!mayWrite()) continue;
      const deleted = await writer.deleteRecord(record);
      if (deleted.outcome === 'written' || deleted.outcome === 'gone') this.records.absent(record);
    }
  }

  /**
   * @param gatheredFrom what had been found when the candidate was gathered
   * @returns what came of it, now or the last time; undefined for what is no matter of Merlon's
   */
  async #look(
    scope: PostureScope,
    candidate: Candidate,
    gatheredFrom: readonly Finding[] | undefined,
  ): Promise<RepairResult | undefined> {
    const { snapshot } = this.#options;
    const { rule, subject } = candidate;
    const address = printAddress(candidate.address);
    const mode = readMode(this.#options, toScope(scope), rule);
    if (mode === undefined) return undefined;
    const isLost = this.records.lost(scope).some(({ metadata: { name } }) => name === candidate.address.name);
    if (candidate.record === undefined && mode.mode === 'off' && !isLost) return undefined;
    const finding = (): PresentFinding => {
      const findings = this.#inventory.findings(scope);
      if (findings === undefined) return { outcome: 'unknown' };
      const found = findings === gatheredFrom ? candidate.finding : findFinding(findings, candidate);
      return presentFinding(found, snapshot());
    };
    const basis = basisOf(subject, finding(), mode, snapshot());
    const settled = this.#agenda.settledResult(scope, address, basis);
    const result =
      settled ?? (await this.#perform(scope, candidate, basis, this.#contextOf(scope, candidate, finding, mode)));
    // Also of what was left alone: the queue forgets the time of a scope that comes earlier.
    const recheckInMs = this.#agenda.recheckInMs(scope, address);
    if (recheckInMs !== undefined) this.#queue.addAfter(scope, recheckInMs);
    return result;
  }

  async #perform(
    scope: PostureScope,
    candidate: Candidate,
    basis: Basis,
    context: RepairContext,
  ): Promise<RepairResult> {
    const { rule, subject } = candidate;
    const address = printAddress(candidate.address);
    const known = () => ({
      record: this.records.get(candidate.address.namespace, candidate.address.name),
      unrecorded: this.#agenda.unrecordedMessage(scope, address),
    });
    const before = known();
    this.#agenda.begin(scope, address);
    const wentBy = [basis];
    try {
      const result = await performRepair(candidate, {
        ...context,
        // What a look decided by must be what it is remembered by: a switch may be turned off and on again meanwhile.
        mode: () => {
          const now = context.mode();
          wentBy.push(basisOf(subject, context.finding(), now, this.#options.snapshot()));
          return now;
        },
      });
      if (result.outcome === 'patched') {
        this.#options.log.info('repaired', { scope, kind: subject.kind, name: subject.name, rule: rule.id });
      }
      const isSteady = wentBy.every((one) => isSameBasis(one, basis));
      this.#agenda.settle(scope, address, isSteady ? basis : undefined, result);
      return result;
    } finally {
      const after = known();
      const isSame = before.record === after.record && before.unrecorded === after.unrecorded;
      // Where the watch was faster than the answer, the namespace of the record was told of one that said nothing yet.
      const concerned = isSame ? [] : new Set([scope, namespaceKey(candidate.address.namespace)]);
      for (const one of concerned) this.#options.onChange(one);
    }
  }

  #contextOf(
    scope: PostureScope,
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
      mode: () =>
        readMode(this.#options, toScope(scope), candidate.rule) ?? { ...lastMode, mode: 'off', isKilled: true },
      policies: () => readPolicies(this.#options, toScope(scope)),
      assertMayWrite: () => {
        if (!mayWrite()) throw new Error('another process writes now');
      },
      takeBudget: () => this.#budget.take(scope, clock.now()),
      noteEnded: () => {
        this.#budget.ended(scope, clock.now());
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
