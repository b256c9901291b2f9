/** What PodSecurityPolicies would have said of pods: the result that both formats print; as JSON stable from v1alpha1 on. */
import type { SubjectRef } from '../core/subject-ref.ts';
import { nameSubject } from './findings-table.ts';
import type { ExitCode, SourcePlace } from './posture-report.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell } from './table-layout.ts';
import { printableJson } from './terminal.ts';
import type { Colour, Painter } from './terminal.ts';

export interface PodSecurityPolicyReport {
  readonly apiVersion: 'merlon.dev/v1alpha1';
  readonly kind: 'PodSecurityPolicyReport';
  /** Which policies were asked, and how it was known for which pod each of them counts. */
  readonly candidates: ReportedCandidates;
  readonly summary: PspSummary;
  readonly results: readonly ReportedPspResult[];
}

export interface ReportedCandidates {
  /** `all` where no role among the files is about the use of policies. */
  readonly selection: 'rbac' | 'all';
  readonly message: string;
  readonly policies: readonly { readonly name: string; readonly source: SourcePlace }[];
}

export interface PspSummary {
  /** Those that were changed for it included. */
  readonly admitted: number;
  readonly mutated: number;
  readonly refused: number;
  readonly unknown: number;
}

export type PspOutcome = 'admitted' | 'refused' | 'unknown';

export interface ReportedPspResult {
  /** The first reason's place, or where the object begins. */
  readonly source: SourcePlace;
  readonly subject: SubjectRef;
  readonly outcome: PspOutcome;
  /** The one that admits. */
  readonly policy?: string;
  readonly mutated?: boolean;
  /** What the policy set where nothing was set. */
  readonly mutations?: readonly { readonly path: string; readonly value: unknown }[];
  /** Why it is unknown, or what the verdict does not show. */
  readonly message?: string;
  /** Empty where a policy admits. */
  readonly refusals: readonly ReportedRefusal[];
}

export interface ReportedRefusal {
  readonly policy: string;
  readonly reasons: readonly ReportedReason[];
}
export interface ReportedReason {
  /** In the object. */
  readonly path: string;
  readonly line: number;
  /** In the policy. */
  readonly field: string;
  readonly message: string;
}

export function summarizePsp(results: readonly ReportedPspResult[]): PspSummary {
  const count = (outcome: PspOutcome): number => results.filter((result) => result.outcome === outcome).length;
  return {
    admitted: count('admitted'),
    mutated: results.filter(({ mutated }) => mutated === true).length,
    refused: count('refused'),
    unknown: count('unknown'),
  };
}

export function printPspJson(report: PodSecurityPolicyReport): string {
  return `${printableJson(JSON.stringify(report, undefined, 2))}\n`;
}

/** One line for each reason of each policy that refuses, one for each pod that none refuses; refused ones first. */
export function* printPspTable(report: PodSecurityPolicyReport, paint: Painter): Generator<string> {
  const { results, summary, candidates } = report;
  if (results.length > 0) {
    const rows = outcomes.flatMap((outcome) => results.filter((result) => result.outcome === outcome)).flatMap(toRows);
    for (const line of layoutTable(columns, rows, paint)) yield `${line}\n`;
    yield '\n';
  }
  const counts = [
    paint(summary.refused > 0 ? 'red' : 'dim', `${summary.refused} refused`),
    ...(summary.unknown > 0 ? [paint('yellow', `${summary.unknown} unknown`)] : []),
    `${summary.admitted} admitted, ${summary.mutated} of them changed`,
  ];
  const { length } = candidates.policies;
  yield `${counts.join(', ')}; asked ${length} PodSecurityPolic${length === 1 ? 'y' : 'ies'}\n`;
}

const outcomes = ['refused', 'unknown', 'admitted'] as const satisfies readonly PspOutcome[];
const colours: Readonly<Record<PspOutcome, Colour>> = { refused: 'red', unknown: 'yellow', admitted: 'green' };

const columns = [
  { title: 'OUTCOME' },
  { title: 'SUBJECT' },
  { title: 'WHERE' },
  { title: 'POLICY' },
  { title: 'MESSAGE' },
] as const;

function toRows(result: ReportedPspResult): readonly (readonly Cell[])[] {
  const { outcome, source, subject, policy = '', mutations = [], message, refusals } = result;
  const colour = colours[outcome];
  const row = (line: number, by: string, text: string): readonly Cell[] => [
    { text: outcome, colour },
    nameSubject(subject),
    `${source.path}:${line}`,
    by,
    text,
  ];
  const reasons = refusals.flatMap((refusal) =>
    refusal.reasons.map((reason) => row(reason.line, refusal.policy, `${reason.message} (${reason.field})`)),
  );
  if (outcome === 'refused' && reasons.length > 0) return reasons;
  const what = [...describeMutations(mutations), ...(message === undefined ? [] : [message])];
  return [row(source.line, policy, what.join('; ')), ...(outcome === 'unknown' ? reasons : [])];
}

/** A table is for people: what is set in hundreds of containers is told of the first. */
const maxMutations = 6;

function describeMutations(mutations: NonNullable<ReportedPspResult['mutations']>): readonly string[] {
  if (mutations.length === 0) return [];
  const told = mutations.slice(0, maxMutations).map(({ path, value }) => `${path}=${JSON.stringify(value)}`);
  const others = mutations.length - told.length;
  return [`sets ${told.join(', ')}${others === 0 ? '' : ` (and ${others} more)`}`];
}

/** As of a scan: 3 where input was unusable, 1 where a pod is refused, 4 where only an unknown is left, else 0. */
export function exitCodeOfPsp({ refused, unknown }: PspSummary, hasInputProblem: boolean): ExitCode {
  if (hasInputProblem) return 3;
  if (refused > 0) return 1;
  return unknown > 0 ? 4 : 0;
}
