/**
 * Repairs what postures find, where that is switched on: one repair after the other in each namespace, each as far as it
 * goes. Level-based as the postures are: a key is a namespace, and what is to be done follows from what is there.
 */
import type { HardeningRemediation, REMEDIATION_KIND } from '../api/v1alpha1/hardening-remediation.ts';
import type { Clock } from '../core/clock.ts';
import type { Finding } from '../core/finding.ts';
import { labelsOf } from '../core/judge.ts';
import { kinds } from '../core/kinds.ts';
import type { KindName } from '../core/kinds.ts';
import type { Log } from '../core/log.ts';
import type { RemediationSay } from '../core/remediation-terms.ts';
import type { AnyRule } from '../core/rule.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Observation, Snapshot } from '../core/snapshot.ts';
import type { Judged, UntimedCondition } from '../core/status.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { RepairBudget } from '../remediation/budget.ts';
import type { BudgetLimits } from '../remediation/budget.ts';
import { resolveMode } from '../remediation/mode.ts';
import type { NamespaceTerms, RuleMode } from '../remediation/mode.ts';
import type { PresentFinding } from '../remediation/situation.ts';
import { BudgetLine } from './budget-line.ts';
import type { Repairs } from './posture-controller.ts';
import { digestOf } from './posture-store.ts';
import { describeRepairs } from './remediated-condition.ts';
import type { RemediatedView } from './remediated-condition.ts';
import { scopeOfRecord } from './record-address.ts';
import { RemediationStore } from './remediation-store.ts';
import type { RemediationWriter } from './remediation-writer.ts';
import { findFinding, gatherCandidates, presentFinding, printAddress } from './repair-candidates.ts';
import type { Candidate, Candidates } from './repair-candidates.ts';
import { performRepair } from './repair.ts';
import type { RepairContext, RepairResult } from './repair.ts';
import { RetryTimes } from './retry-times.ts';
import type { Change } from './store.ts';
import { WorkQueue } from './work-queue.ts';
import type { WorkQueueOptions } from './work-queue.ts';

export interface RemediationControllerOptions {
  readonly rules: readonly AnyRule[];
  /** What is known of the cluster. */
  readonly snapshot: () => Snapshot;
  readonly writer: RemediationWriter;
  /** Undefined where it is not known: then nothing is repaired. */
  readonly policySay: (namespace: string) => RemediationSay | undefined;
  /** Merlon's own namespace. */
  readonly ownNamespace: string;
  /** Whether this process is the one that writes, at this very moment. */
  readonly mayWrite: () => boolean;
  /** Told of each namespace whose posture may say something else of repairs now. */
  readonly onChange: (namespace: string) => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly queue: Omit<WorkQueueOptions, 'onError' | 'clock'>;
  readonly budget: BudgetLimits;
}

interface Settled {
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly recheckAtMs?: number;
}

export class RemediationController implements Repairs {
  readonly records: RemediationStore;
  /** Targets written since the start, for metrics and tests. */
  patches = 0;

  readonly #options: RemediationControllerOptions;
  readonly #queue: WorkQueue<string>;
  readonly #findings = new Map<string, readonly Finding[]>();
  /** By the addresses of their records: what was looked at, so that it is not looked at again while it is the same. */
  readonly #settled = new Map<string, Settled>();
  /** Why a repair could not be recorded, by the address of its record. */
  readonly #unrecorded = new Map<string, string>();
  /** Records that somebody has deleted, by namespace and address. */
  readonly #orphans = new Map<string, Map<string, HardeningRemediation>>();
  readonly #retries: RetryTimes;
  readonly #line: BudgetLine;
  #recordsInput: Observation<typeof REMEDIATION_KIND> = {
    source: 'HardeningRemediation',
    state: 'pending',
    message: 'not read yet',
  };
  #isRunning = false;

  constructor(options: RemediationControllerOptions) {
    const { clock, log } = options;
    this.#options = options;
    this.#retries = new RetryTimes(() => clock.wallTimeMs());
    this.#line = new BudgetLine(new RepairBudget(options.budget, clock.now()), options.budget, () => clock.now());
    this.records = new RemediationStore(
      (record, isGone) => {
        this.#noteRecord(record, isGone);
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
    for (const failed of this.#retries.permit(namespace)) {
      this.#settled.delete(failed.address);
      this.#add(failed.namespace);
    }
  }

  conditionOf(namespace: string): UntimedCondition {
    const terms = this.#termsOf(namespace);
    if (terms === undefined) return UNKNOWN;
    const candidates = this.#gather(namespace);
    return describeRepairs(terms, candidates, this.#problemOf(candidates));
  }

  #problemOf({ repairs, strangers }: Candidates): RemediatedView['problem'] {
    if (!isReadable(this.#recordsInput)) {
      return { reason: 'Unknown', message: `nothing is repaired: ${this.#recordsInput.message}` };
    }
    const blocked = repairs.find(({ address }) => isTaken(address, strangers));
    if (blocked !== undefined) {
      return {
        reason: 'ForeignRecord',
        message: `HardeningRemediation "${blocked.address.name}" is in the way of the repair of ${blocked.subject.kind} ${blocked.subject.name}; delete it`,
      };
    }
    const unrecorded = repairs
      .map(({ address }) => this.#unrecorded.get(printAddress(address)))
      .find((one) => one !== undefined);
    return unrecorded === undefined
      ? undefined
      : {
          reason: 'Unrecorded',
          message: `the record of a repair may not be written, so nothing is repaired: ${unrecorded}`,
        };
  }

  #noteRecord(record: HardeningRemediation, isGone: boolean): void {
    const scope = scopeOfRecord(record);
    if (scope === undefined) return;
    const address = `${record.metadata.namespace ?? ''}/${record.metadata.name}`;
    this.#settled.delete(address);
    if (isGone && record.status?.state === 'Applied') {
      const ofScope = this.#orphans.get(scope) ?? new Map<string, HardeningRemediation>();
      this.#orphans.set(scope, ofScope.set(address, record));
    }
    this.#add(scope);
    if (this.#isRunning) this.#options.onChange(scope);
  }

  #add(namespace: string): void {
    if (this.#isRunning) this.#queue.add(namespace);
  }

  #addAll(): void {
    for (const namespace of this.#findings.keys()) this.#add(namespace);
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
      orphans: [...(this.#orphans.get(namespace)?.values() ?? [])],
    });
  }

  /** Everything that decides whether the namespace is repaired; undefined where it is gone or not known. */
  #termsOf(namespace: string): NamespaceTerms | undefined {
    const { snapshot, ownNamespace } = this.#options;
    const labels = labelsOf(snapshot(), namespace);
    const say = this.#options.policySay(namespace);
    if (labels === undefined || labels === 'unknown' || say === undefined) return undefined;
    return { terms: say.terms, isNamed: say.isNamed, namespace, labels, ownNamespace };
  }

  /** @returns how long the namespace is left alone now, in milliseconds */
  async #reconcile(namespace: string): Promise<number> {
    if (labelsOf(this.#options.snapshot(), namespace) === undefined) return this.#forget(namespace);
    const findings = this.#findings.get(namespace);
    if (findings === undefined || !isReadable(this.#recordsInput)) return 0;
    const { repairs, strangers } = this.#gather(namespace);
    const failures: unknown[] = [];
    for (const candidate of repairs) {
      if (isTaken(candidate.address, strangers)) continue;
      try {
        await this.#look(namespace, candidate, findings);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
    this.#orphans.delete(namespace);
    return 0;
  }

  /** A namespace that is gone takes its records with it, but for those of itself, which are in Merlon's own. */
  async #forget(namespace: string): Promise<number> {
    const { ownNamespace, writer, mayWrite } = this.#options;
    this.#orphans.delete(namespace);
    this.#retries.forget(namespace);
    for (const address of this.#settled.keys()) if (address.startsWith(`${namespace}/`)) this.#settled.delete(address);
    this.#queue.forget(namespace);
    for (const record of this.records.list(ownNamespace)) {
      const isOfIt = scopeOfRecord(record) === namespace && record.status?.target?.kind === 'Namespace';
      if (!isOfIt || !mayWrite()) continue;
      const deleted = await writer.deleteRecord(record);
      if (deleted.outcome === 'written' || deleted.outcome === 'gone') this.records.absent(record);
    }
    return 0;
  }

  /** @param gatheredFrom what had been found when the candidate was gathered */
  async #look(namespace: string, candidate: Candidate, gatheredFrom: readonly Finding[]): Promise<void> {
    const { clock, snapshot, log } = this.#options;
    const address = printAddress(candidate.address);
    const mode = this.#modeOf(namespace, candidate.rule);
    if (mode === undefined) return;
    const isOrphan = this.#orphans.get(namespace)?.has(address) === true;
    if (candidate.record === undefined && mode.mode === 'off' && !isOrphan) return;
    const finding = (): PresentFinding => {
      const findings = this.#findings.get(namespace);
      if (findings === undefined) return { outcome: 'unknown' };
      const found = findings === gatheredFrom ? candidate.finding : findFinding(findings, candidate);
      return presentFinding(found, snapshot());
    };
    const digest = this.#digest(candidate, finding(), mode);
    const settled = this.#settled.get(address);
    const nowMs = clock.wallTimeMs();
    if (settled?.digest === digest && (settled.recheckAtMs === undefined || nowMs < settled.recheckAtMs)) return;

    const before = this.records.get(candidate.address.namespace, candidate.address.name);
    const result = await performRepair(candidate, this.#contextOf(namespace, candidate, finding, mode));
    const after = this.records.get(candidate.address.namespace, candidate.address.name);
    const { subject } = candidate;
    if (result.outcome === 'patched') {
      this.patches += 1;
      log.info('repaired', { namespace, kind: subject.kind, name: subject.name, rule: candidate.rule.id });
    }
    this.#settle(
      namespace,
      address,
      { digest: this.#digest({ ...candidate, record: after }, finding(), mode) },
      result,
    );
    if (before !== after) this.#options.onChange(namespace);
  }

  #settle(namespace: string, address: string, { digest }: Settled, result: RepairResult): void {
    const recheckAtMs = this.#recheckTime(namespace, address, result);
    if (result.outcome === 'unrecorded') {
      if (this.#unrecorded.get(address) !== result.message) this.#options.onChange(namespace);
      this.#unrecorded.set(address, result.message);
    } else if (this.#unrecorded.delete(address)) this.#options.onChange(namespace);
    this.#settled.set(address, recheckAtMs === undefined ? { digest } : { digest, recheckAtMs });
    if (recheckAtMs !== undefined) {
      this.#queue.addAfter(namespace, Math.max(1, recheckAtMs - this.#options.clock.wallTimeMs()));
    }
  }

  #recheckTime(namespace: string, address: string, result: RepairResult): number | undefined {
    const nowMs = this.#options.clock.wallTimeMs();
    if (result.outcome !== 'waits') this.#line.leave(address);
    switch (result.outcome) {
      case 'waits':
        return nowMs + result.waitMs;
      case 'failed':
        return this.#retries.failed(namespace, address);
      case 'unrecorded':
        return nowMs + UNRECORDED_RETRY_MS;
      case 'settled':
        return result.recheckAtMs;
      case 'patched':
        return undefined;
    }
  }

  #contextOf(
    namespace: string,
    candidate: Candidate,
    finding: () => PresentFinding,
    lastMode: RuleMode,
  ): RepairContext {
    const { writer, mayWrite, clock, policySay } = this.#options;
    const address = printAddress(candidate.address);
    return {
      writer,
      records: this.records,
      finding,
      // What is not known any more is as good as off, and nothing is written for it.
      mode: () => this.#modeOf(namespace, candidate.rule) ?? { ...lastMode, mode: 'off', isKilled: true },
      policies: () =>
        (policySay(namespace)?.sources ?? []).map(({ kind, name, generation }) => ({ kind, name, generation })),
      assertMayWrite: () => {
        if (!mayWrite()) throw new Error('another process writes now');
      },
      takeBudget: () => this.#line.take(namespace, address),
      notBeforeMs: () => this.#retries.notBeforeMs(address),
      nowMs: () => clock.wallTimeMs(),
    };
  }

  #modeOf(namespace: string, rule: AnyRule): RuleMode | undefined {
    const terms = this.#termsOf(namespace);
    return terms === undefined ? undefined : resolveMode(terms, rule);
  }

  /** Everything that a step depends on, but for what only the target itself tells. */
  #digest({ record, subject }: Candidate, finding: PresentFinding, mode: RuleMode): string {
    const plan = finding.outcome === 'fails' ? { ...finding.plan, rule: undefined } : undefined;
    const version = [record?.metadata.uid, record?.metadata.resourceVersion];
    return digestOf([version, finding.outcome, plan, mode, this.#known(subject)]);
  }

  /** The target as far as it is watched: whoever changes it is seen. */
  #known({ kind, namespace = '', name }: SubjectRef): unknown {
    const snapshot = this.#options.snapshot();
    const isKnown = kind in kinds && isReadable(snapshot.observation(kind as KindName));
    return isKnown ? snapshot.get(kind as KindName, namespace, name) : undefined;
  }
}

const UNRECORDED_RETRY_MS = 10_000;

const UNKNOWN: UntimedCondition = {
  type: 'Remediated',
  status: 'Unknown',
  reason: 'Unknown',
  message: 'nothing is repaired: the policies or the labels of namespaces, which decide about it, could not be read',
};

function isTaken(address: Candidate['address'], strangers: readonly HardeningRemediation[]): boolean {
  return strangers.some(({ metadata }) => metadata.namespace === address.namespace && metadata.name === address.name);
}
