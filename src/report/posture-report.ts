/**
 * The one result that every format of `merlon scan` prints, as JSON stable from v1alpha1 on.
 */
import type { Finding, Outcome } from '../core/finding.ts';
import { buildSummary } from '../core/posture.ts';
import type { Severity } from '../core/severity.ts';
import { isAtLeast } from '../core/severity.ts';
import type { SubjectRef } from '../core/workload.ts';

export interface PostureReport {
  readonly apiVersion: 'merlon.dev/v1alpha1';
  readonly kind: 'PostureReport';
  readonly summary: ReportSummary;
  /** Worst first. */
  readonly findings: readonly ReportedFinding[];
}

/** Failures by severity, then the other outcomes: exact, whatever is listed. */
export interface ReportSummary extends Readonly<Record<Severity, number>> {
  readonly pass: number;
  readonly notApplicable: number;
  readonly unknown: number;
  /** How many objects were judged. */
  readonly subjects: number;
}

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

export interface ReportOptions {
  /** Also what passes and what does not apply. */
  readonly isComplete: boolean;
  /** Where a finding's subject, or its first violation, stands in a file. */
  readonly placeOf: (finding: Finding) => SourcePlace | undefined;
}

/** @param findings all of them, worst first */
export function buildReport(findings: readonly Finding[], { isComplete, placeOf }: ReportOptions): PostureReport {
  const listed = isComplete ? findings : findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
  return {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'PostureReport',
    summary: buildReportSummary(findings),
    findings: listed.map((finding) => toReported(finding, placeOf(finding))),
  };
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

function buildReportSummary(findings: readonly Finding[]): ReportSummary {
  const { exempt, ...summary } = buildSummary(findings);
  return summary;
}

/** How a scan ends. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

export interface ScanOutcome {
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
