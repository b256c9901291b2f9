/**
 * The one result that every format of `merlon scan` prints, as JSON stable from v1alpha1 on.
 */
import type { NamespaceEnforcer } from '../api/v1alpha1/namespace-enforcement.ts';
import type { FindingEnforcement, PostureSummary } from '../api/v1alpha1/posture-status.ts';
import type { ConcernedPods, Finding, Outcome } from '../core/finding.ts';
import type { EnforcementOf } from '../core/posture.ts';
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
  /** What was judged by although nobody observed it, and who vouches for it, in sentences; by default nothing. */
  readonly attested?: readonly string[];
  /** What the API server enforces by itself, as far as it is known again; by default nothing. */
  readonly enforced?: readonly EnforcedInNamespace[];
  /** What becomes of the next object that is as wrong; by default nothing is known of it. */
  readonly enforcementOf?: EnforcementOf;
}

export interface EnforcedInNamespace extends NamespaceEnforcer {
  readonly namespace: string;
}

/** What is printed: the shape that others parse. */
export interface PostureReport {
  readonly apiVersion: 'merlon.dev/v1alpha1';
  readonly kind: 'PostureReport';
  readonly summary: ReportSummary;
  /** What was judged by although nobody observed it, and who vouches for it; absent where nothing was. */
  readonly attested?: readonly string[];
  /** By namespace, and absent where nothing is known again: what it enforces there, how, and by whom. */
  readonly enforced?: readonly EnforcedInNamespace[];
  /** Worst first. */
  readonly findings: readonly ReportedFinding[];
}

/** Failures by severity, then the other outcomes, then how many subjects were judged: exact, whatever is listed. */
export interface ReportSummary extends PostureSummary {
  /** The objects among the files that no rule is about; absent for a cluster, of which only what is judged is read. */
  readonly notJudged?: readonly UnjudgedKind[];
}

export interface UnjudgedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly count: number;
  /** Whether they make pods, in a way that Merlon does not read: silence about them does not mean that they are fine. */
  readonly holdsPodTemplate: boolean;
}

export interface ReportedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly subject: SubjectRef;
  /** Set where the subject has a namespace, and the finding is in the posture of the cluster. */
  readonly posture?: 'cluster';
  /** Absent where the subject comes from a cluster. */
  readonly source?: SourcePlace;
  readonly controls: readonly string[];
  readonly message: string;
  /** Who accepts it, where it is exempt: `HardeningExemption/web`. */
  readonly exemption?: string;
  /** Of a failure: what the API server by itself makes of the next pod that is as wrong, the strictest, and by what. */
  readonly enforcement?: FindingEnforcement;
  readonly violations: readonly ReportedViolation[];
  /** Of a workload that runs: how many of its pods this is true of, and of which revisions where not of all. */
  readonly pods?: ConcernedPods;
  /** Why the pod is its own subject although it names an owner. */
  readonly unverifiedOwner?: string;
  /** That the owner was believed, because objects of its kind are not read. */
  readonly assumedOwner?: string;
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
export function* printReport({
  findings,
  summary,
  placeOf,
  attested = [],
  enforced = [],
  enforcementOf,
}: Omit<ScanResult, 'isWhole'>): Generator<string> {
  const frame: PostureReport = {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'PostureReport',
    summary,
    ...(attested.length === 0 ? {} : { attested }),
    ...(enforced.length === 0 ? {} : { enforced }),
    findings: [],
  };
  const printed = printableJson(JSON.stringify(frame, undefined, 2));
  if (findings.length === 0) {
    yield `${printed}\n`;
    return;
  }
  let before = printed.slice(0, -']\n}'.length);
  for (const finding of findings) {
    yield `${before}\n${printItem(toReported(finding, placeOf(finding), enforcementOf?.(finding)))}`;
    before = ',';
  }
  yield '\n  ]\n}\n';
}

/** As `JSON.stringify` would print it as an item of a list that is a field: as far to the right as in a list of lists. */
export function printItem(item: object): string {
  return printableJson(JSON.stringify([[item]], undefined, 2).slice('[\n  [\n'.length, -'\n  ]\n]'.length));
}

function toReported(
  finding: Finding,
  source: SourcePlace | undefined,
  enforcement: FindingEnforcement | undefined,
): ReportedFinding {
  const { posture, exemption, pods, unverifiedOwner, assumedOwner } = finding;
  return {
    rule: finding.rule.id,
    severity: finding.severity,
    outcome: finding.outcome,
    subject: finding.subject,
    ...(posture === undefined ? {} : { posture }),
    ...(source === undefined ? {} : { source }),
    controls: finding.rule.controls,
    message: finding.message,
    ...(exemption === undefined ? {} : { exemption }),
    ...(enforcement === undefined ? {} : { enforcement }),
    violations: finding.violations.map(({ path, observed, message }) => ({
      path,
      ...(observed === undefined ? {} : { observed }),
      message,
    })),
    ...(pods === undefined ? {} : { pods }),
    ...(unverifiedOwner === undefined ? {} : { unverifiedOwner }),
    ...(assumedOwner === undefined ? {} : { assumedOwner }),
  };
}

/** How a scan ends. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

export interface ScanOutcome {
  /** At least every failure and everything undecided. */
  readonly findings: readonly Finding[];
  /** From which severity on a finding counts: what was asked for, or what its policy says. */
  readonly thresholdOf: (finding: Finding) => Severity;
  /** A document did not parse, or there was nothing to judge. */
  readonly hasInputProblem: boolean;
  /** A part of the cluster could not be read. */
  readonly isIncomplete: boolean;
  /** Another policy may decide, or the one that does selects nothing: to find nothing is then no proof. */
  readonly isDoubtful: boolean;
}

/**
 * What could not be looked at weighs more than what was found: 3 where input was unusable, 4 where the cluster could
 * not be read in full, 1 where a failure reaches the threshold, 4 where only an unknown or a doubt does, else 0.
 */
export function exitCodeOf({
  findings,
  thresholdOf,
  hasInputProblem,
  isIncomplete,
  isDoubtful,
}: ScanOutcome): ExitCode {
  if (hasInputProblem) return 3;
  if (isIncomplete) return 4;
  const atThreshold = findings.filter((finding) => isAtLeast(finding.severity, thresholdOf(finding)));
  if (atThreshold.some(({ outcome }) => outcome === 'fail')) return 1;
  return isDoubtful || atThreshold.some(({ outcome }) => outcome === 'unknown') ? 4 : 0;
}
