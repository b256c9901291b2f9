/**
 * Counts every judgement of a scope, or of several, and keeps those that somebody will read: of a thousand most are
 * passes, which cost a number and no memory.
 */
import type { PostureSummary } from '../api/v1alpha1/posture-status.ts';
import type { ExemptedWorkload } from './exempted-workload.ts';
import type { ExemptionMatcher } from './exemption-matcher.ts';
import { sortFindings } from './finding.ts';
import type { Finding, Outcome, SharedViolation, SortedFindings } from './finding.ts';
import type { AnyRule } from './rule.ts';
import type { Severity } from './severity.ts';
import type { SharedFindings } from './shared-findings.ts';
import type { SubjectRef } from './subject-ref.ts';
import { SubjectSet } from './subject-set.ts';

export interface CollectedFindings {
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** Failures by severity, then the other outcomes, then how many subjects were judged: exact, whatever is kept. */
  readonly summary: PostureSummary;
}

/** What the rules said of one subject. */
export interface CollectedVerdicts {
  readonly subject: SubjectRef;
  /** How many rules it passes, and how many do not apply to it, where no findings are made of them. */
  readonly passes: number;
  readonly notApplicable: number;
  readonly findings: readonly Finding[];
}

/** `open` are failures, also those that are exempt, and what is undecided. */
export type KeptFindings = 'open' | 'all';

export class FindingCollector {
  readonly #isKeepingAll: boolean;
  readonly #keep: (finding: Finding) => Finding;
  readonly #findings: Finding[] = [];
  readonly #shared = new Map<AnyRule, (readonly SharedViolation[])[]>();
  readonly #subjects = new SubjectSet();
  readonly #counts = {
    ...{ critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    ...{ pass: 0, notApplicable: 0, unknown: 0, exempt: 0 },
  };
  #exemptions: ExemptionMatcher | undefined;

  /** @param keep makes of each finding what is held of it; by default the finding itself */
  constructor(kept: KeptFindings, keep: (finding: Finding) => Finding = (finding) => finding) {
    this.#isKeepingAll = kept === 'all';
    this.#keep = keep;
  }

  /** Whether findings of that outcome are to be made; of the others only the number is. */
  keeps(outcome: Outcome): boolean {
    return this.#isKeepingAll || outcome === 'fail' || outcome === 'unknown' || outcome === 'exempt';
  }

  /** What is added from now on is exempt where these say so; undefined where there are none. */
  exemptBy(exemptions: ExemptionMatcher | undefined): void {
    this.#exemptions = exemptions;
  }

  /**
   * A finding of an outcome that is kept.
   * @param workload where it is about one: what exemptions may ask of it
   */
  add(found: Finding, workload?: ExemptedWorkload): void {
    const finding = this.#exemptions === undefined ? found : this.#exemptions.apply(found, workload);
    if (finding.shared !== undefined && finding.outcome === 'fail') {
      const known = this.#shared.get(finding.rule);
      if (known === undefined) this.#shared.set(finding.rule, [finding.shared]);
      else known.push(finding.shared);
      return;
    }
    this.count(finding.outcome, finding.severity);
    this.#findings.push(this.#keep(finding));
  }

  /** A judgement of which no finding is made. */
  count(outcome: Outcome, severity: Severity): void {
    this.#counts[outcome === 'fail' ? severity : outcome] += 1;
  }

  addVerdicts({ subject, passes, notApplicable, findings }: CollectedVerdicts): void {
    this.#subjects.add(subject);
    this.#counts.pass += passes;
    this.#counts.notApplicable += notApplicable;
    for (const finding of findings) this.add(finding);
  }

  /** All of a scope were added that break rules by what they share: findings on that, which may be exempt as well. */
  gather(findings: SharedFindings): void {
    for (const [rule, parts] of this.#shared) for (const finding of findings.of(rule, parts)) this.add(finding);
    this.#shared.clear();
  }

  /** Something was judged, by however many rules. */
  addSubject(subject: SubjectRef): void {
    this.#subjects.add(subject);
  }

  /** @param memory of the findings of the same scope */
  finish(memory?: SortedFindings): CollectedFindings {
    return {
      findings: sortFindings(this.#findings, memory),
      summary: { ...this.#counts, subjects: this.#subjects.size },
    };
  }
}
