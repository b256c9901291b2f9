/** Counts every finding of a scan and keeps those that somebody will read: of a thousand manifests most pass. */
import type { PostureSummary } from '../api/v1alpha1/posture-status.ts';
import { compareFindings } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { keyOf } from '../core/workload.ts';

export interface CollectedFindings {
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** Failures by severity, then the other outcomes, then how many subjects were judged: exact, whatever is kept. */
  readonly summary: Omit<PostureSummary, 'exempt'>;
}

/** `open` are failures and what is undecided. */
export type KeptFindings = 'open' | 'all';

export class FindingCollector {
  readonly #kept: KeptFindings;
  readonly #findings: Finding[] = [];
  readonly #origins = new Set<object>();
  readonly #subjects = new Set<string>();
  readonly #counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0, pass: 0, notApplicable: 0, unknown: 0 };

  constructor(kept: KeptFindings) {
    this.#kept = kept;
  }

  add(finding: Finding): void {
    const { outcome, severity } = finding;
    this.#counts[outcome === 'fail' ? severity : outcome] += 1;
    this.#countSubject(finding);
    if (this.#kept === 'all' || outcome === 'fail' || outcome === 'unknown') this.#findings.push(finding);
  }

  finish(): CollectedFindings {
    return {
      findings: this.#findings.sort(compareFindings),
      summary: { ...this.#counts, subjects: this.#subjects.size },
    };
  }

  /** The key of a subject is long: it is built once, not for every rule. */
  #countSubject({ subject, origin = subject }: Finding): void {
    if (this.#origins.has(origin)) return;
    this.#origins.add(origin);
    this.#subjects.add(keyOf(subject));
  }
}
