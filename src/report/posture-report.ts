/**
 * The one result that every format of `merlon scan` prints, as JSON stable from v1alpha1 on.
 */
import type { PostureSummary } from '../api/v1alpha1/posture-status.ts';
import type { Finding, Outcome } from '../core/finding.ts';
import type { Severity } from '../core/severity.ts';
import { isAtLeast } from '../core/severity.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { printableJson } from './terminal.ts';

/** What a scan found. */
export interface ScanResult {
  /** Those to be listed, worst first. */
  readonly findings: readonly Finding[];
  readonly summary: ReportSummary;
  /** Where a finding's subject, or its first violation, stands in a file. */
  readonly placeOf: (finding: Finding) => SourcePlace | undefined;
  /** Whether all that was to be judged could be read. */
  readonly isWhole: boolean;
}

/** What is printed: the shape that others parse. */
export interface PostureReport {
  readonly apiVersion: 'merlon.dev/v1alpha1';
  readonly kind: 'PostureReport';
  readonly summary: ReportSummary;
  /** Worst first. */
  readonly findings: readonly ReportedFinding[];
}

/** Failures by severity, then the other outcomes, then how many subjects were judged: exact, whatever is listed. */
export type ReportSummary = Omit<PostureSummary, 'exempt'>;

export interface ReportedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly subject: SubjectRef;
  /** Absent where the subject comes from a cluster. */
  readonly source?: SourcePlace;
  readonly controls: readonly string[];
  readonly message: string;
  readonly violations: readonly ReportedViolation[];
}
export interface SourcePlace {
  /** The file, `-` for standard input. */
  readonly path: string;
  /** From 1: the first violation's place, or where the object begins. */
  readonly line: number;
}
export interface ReportedViolation {
  readonly path: string;
  readonly observed?: string;
  readonly message: string;
}

/**
 * A `PostureReport` as `JSON.stringify(report, undefined, 2)` prints it, in pieces: as a whole it may be larger than what
 * it was made from. What a terminal could obey is escaped, which means the same to every parser.
 */
export function* printReport({ findings, summary, placeOf }: Omit<ScanResult, 'isWhole'>): Generator<string> {
  const frame: PostureReport = { apiVersion: 'merlon.dev/v1alpha1', kind: 'PostureReport', summary, findings: [] };
  const printed = JSON.stringify(frame, undefined, 2);
  if (findings.length === 0) {
    yield `${printed}\n`;
    return;
  }
  let before = printed.slice(0, -']\n}'.length);
  for (const finding of findings) {
    const json = JSON.stringify(toReported(finding, placeOf(finding)), undefined, 2);
    yield `${before}\n    ${printableJson(json).replaceAll('\n', '\n    ')}`;
    before = ',';
  }
  yield '\n  ]\n}\n';
}

function toReported(finding: Finding, source: SourcePlace | undefined): ReportedFinding {
  return {
    rule: finding.rule.id,
    severity: finding.severity,
    outcome: finding.outcome,
    subject: finding.subject,
    ...(source === undefined ? {} : { source }),
    controls: finding.rule.controls,
    message: finding.message,
    violations: finding.violations.map(({ path, observed, message }) => ({
      path,
      ...(observed === undefined ? {} : { observed }),
      message,
    })),
  };
}

/** How a scan ends. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

export interface ScanOutcome {
  /** At least every failure and everything undecided. */
  readonly findings: readonly Finding[];
  readonly failOn: Severity;
  /** A document did not parse, or there was nothing to judge. */
  readonly hasInputProblem: boolean;
  /** A part of the cluster could not be read. */
  readonly isIncomplete: boolean;
}

/**
 * What could not be looked at weighs more than what was found: 3 where input was unusable, 4 where the cluster could
 * not be read in full, 1 where a failure reaches the threshold, 4 where only an unknown does, else 0.
 */
export function exitCodeOf({ findings, failOn, hasInputProblem, isIncomplete }: ScanOutcome): ExitCode {
  if (hasInputProblem) return 3;
  if (isIncomplete) return 4;
  const atThreshold = findings.filter(({ severity }) => isAtLeast(severity, failOn));
  if (atThreshold.some(({ outcome }) => outcome === 'fail')) return 1;
  return atThreshold.some(({ outcome }) => outcome === 'unknown') ? 4 : 0;
}
