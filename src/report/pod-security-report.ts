/** What `merlon pod-security` prints: the API server's own words on each pod and workload, for people and as JSON. */
import type { SubjectRef } from '../core/subject-ref.ts';
import { nameSubject } from './findings-table.ts';
import { printItem } from './posture-report.ts';
import type { ExitCode, SourcePlace } from './posture-report.ts';
import { printable, printableJson } from './terminal.ts';

/** What is printed as JSON: the shape that others parse. */
export interface PodSecurityReport {
  /** `restricted` or `baseline` */
  readonly level: string;
  /** As it was asked for: `latest` or `v1.34`. */
  readonly version: string;
  /** One for each pod and each workload, in the order of the input. */
  readonly results: readonly ReportedVerdict[];
}

export interface ReportedVerdict {
  /** Where the object begins; with `error`, where the field is that cannot be read. */
  readonly source: SourcePlace;
  readonly subject: SubjectRef;
  /** Never true of a pod that cannot be read. */
  readonly allowed: boolean;
  /** `would violate PodSecurity "restricted:v1.34": …`, to the byte; empty where nothing is refused. */
  readonly text: string;
  readonly checks: readonly { readonly id: string; readonly reason: string; readonly detail: string }[];
  /** Set where the pod cannot be read, so that its verdict is not known: which field, and what is wrong with it. */
  readonly error?: string;
}

/** As `JSON.stringify(report, undefined, 2)` prints it, in pieces. */
export function* printVerdictsJson({ level, version, results }: PodSecurityReport): Generator<string> {
  const frame = printableJson(JSON.stringify({ level, version, results: [] }, undefined, 2));
  if (results.length === 0) {
    yield `${frame}\n`;
    return;
  }
  let before = frame.slice(0, -']\n}'.length);
  for (const result of results) {
    yield `${before}\n${printItem(result)}`;
    before = ',';
  }
  yield '\n  ]\n}\n';
}

/** A line for each pod and workload that is not allowed, and one that sums up. */
export function* printVerdicts(report: PodSecurityReport): Generator<string> {
  for (const { source, subject, allowed, text, error } of report.results) {
    if (allowed) continue;
    const verdict = error === undefined ? text : `unknown: ${error}`;
    yield `${printable(`${source.path}:${source.line}: ${nameSubject(subject)}: ${verdict}`)}\n`;
  }
  yield `${summarize(report)}\n`;
}

function summarize({ level, version, results }: PodSecurityReport): string {
  const standard = `${level}:${version}`;
  const refused = results.filter(isRefused).length;
  const unknown = results.filter(isUnknown).length;
  const undecided = unknown === 0 ? '' : `, ${unknown} unknown`;
  if (results.length === 0) return 'nothing judged';
  return refused === 0 && unknown === 0
    ? `${standard} allows all ${results.length} pods and workloads`
    : `${standard} refuses ${refused} of ${results.length} pods and workloads${undecided}`;
}

/** @param hasInputProblem a document did not parse, or there was nothing at all */
export function exitCodeOfVerdicts(results: readonly ReportedVerdict[], hasInputProblem: boolean): ExitCode {
  if (hasInputProblem) return 3;
  if (results.some(isRefused)) return 1;
  return results.some(isUnknown) ? 4 : 0;
}

function isRefused({ allowed, error }: ReportedVerdict): boolean {
  return !allowed && error === undefined;
}

function isUnknown({ error }: ReportedVerdict): boolean {
  return error !== undefined;
}
