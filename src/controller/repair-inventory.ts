/** What there is to be repaired: what was found in each scope, and the records of what has come of it. */
import type { HardeningRemediation, REMEDIATION_KIND } from '../api/v1alpha1/hardening-remediation.ts';
import type { Finding } from '../core/finding.ts';
import type { Clock } from '../core/clock.ts';
import type { AnyRule } from '../core/rule.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Observation } from '../core/snapshot.ts';
import type { Judged } from '../core/status.ts';
import { BUDGET_MS } from '../remediation/budget.ts';
import type { Spent } from '../remediation/budget.ts';
import { toScope } from './posture-store.ts';
import type { PostureScope } from './posture-store.ts';
import { scopeOfRecord } from './record-address.ts';
import { RemediationStore } from './remediation-store.ts';
import { gatherCandidates } from './repair-candidates.ts';
import type { Candidates } from './repair-candidates.ts';

export interface RepairInventoryOptions {
  readonly rules: readonly AnyRule[];
  /** Merlon's own, where the records are of what has no namespace. */
  readonly ownNamespace: string;
  /** Told of what others have made of a record. */
  readonly onRecord: (record: HardeningRemediation) => void;
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
}

export class RepairInventory {
  readonly records: RemediationStore;
  /** How well the records can be read. */
  recordsInput: Observation<typeof REMEDIATION_KIND> = {
    source: 'HardeningRemediation',
    state: 'pending',
    message: 'not read yet',
  };

  readonly #options: RepairInventoryOptions;
  readonly #findings = new Map<PostureScope, readonly Finding[]>();

  constructor(options: RepairInventoryOptions) {
    this.#options = options;
    this.records = new RemediationStore(options.onRecord, options.now);
  }

  /** A scope was judged; without a judgement it is gone. */
  noteJudged(scope: PostureScope, judged: Judged | undefined): void {
    if (judged === undefined) this.#findings.delete(scope);
    else this.#findings.set(scope, judged.findings);
  }

  /** @returns undefined where it was not judged */
  findings(scope: PostureScope): readonly Finding[] | undefined {
    return this.#findings.get(scope);
  }

  judgedScopes(): Iterable<PostureScope> {
    return this.#findings.keys();
  }

  /** Those whose records are in Merlon's own namespace: one may have gone while nobody looked. */
  recordedScopes(): ReadonlySet<PostureScope> {
    return new Set(this.records.list(this.#options.ownNamespace).map(scopeOfRecord));
  }

  /** The records of namespaces themselves outlive them. */
  recordsOfGone(scope: PostureScope): readonly HardeningRemediation[] {
    return this.records
      .list(this.#options.ownNamespace)
      .filter((record) => scopeOfRecord(record) === scope && record.status?.target?.kind === 'Namespace');
  }

  /** What the records say was written, whoever did it, as the budget counts it. */
  spentBy(clock: Clock): readonly Spent[] {
    return this.records.all().flatMap((record) => {
      const appliedMs = Date.parse(record.status?.appliedTime ?? '');
      if (Number.isNaN(appliedMs)) return [];
      // The record knows no fractions of a second.
      const agoMs = Math.max(0, clock.wallTimeMs() - appliedMs - 1000);
      return agoMs < BUDGET_MS ? [{ scope: scopeOfRecord(record), atMs: clock.now() - agoMs }] : [];
    });
  }

  gather(scope: PostureScope): Candidates {
    const { rules, ownNamespace } = this.#options;
    const where = toScope(scope);
    const namespaces = new Set([...(where === 'cluster' ? [] : [where.namespace]), ownNamespace]);
    return gatherCandidates({
      scope,
      ownNamespace,
      rules,
      findings: this.#findings.get(scope) ?? [],
      records: [...namespaces].flatMap((namespace) => this.records.list(namespace)),
      lost: this.records.lost(scope),
    });
  }

  /** What is to be looked at in a scope; nothing while not all is known that it takes. */
  gatherKnown(scope: PostureScope): Known | undefined {
    const findings = isReadable(this.recordsInput) ? this.#findings.get(scope) : undefined;
    return findings === undefined ? undefined : { findings, ...this.gather(scope) };
  }
}

export interface Known extends Candidates {
  readonly findings: readonly Finding[];
}
