/** A report for people: one line per finding, worst first, and a last line that sums up. */
import type { FindingEnforcement } from '../api/v1alpha1/posture-status.ts';
import { severities } from '../core/severity.ts';
import type { ConcernedPods, Finding } from '../core/finding.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import type { ReportSummary, ScanResult, SourcePlace } from './posture-report.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell } from './table-layout.ts';
import type { Painter } from './terminal.ts';
import { outcomeColours, severityColours } from './verdict-colours.ts';

/** @returns lines with their line breaks; nothing but the sum where nothing was found */
export function* printFindings(result: ScanResult, paint: Painter): Generator<string> {
  const { findings, placeOf, enforcementOf } = result;
  if (findings.length > 0) {
    const rows = {
      *[Symbol.iterator]() {
        for (const finding of findings) yield toRow(finding, placeOf(finding), enforcementOf?.(finding));
      },
    };
    for (const line of layoutTable(columns, rows, paint)) yield `${line}\n`;
    yield '\n';
  }
  yield `${summarize(result, paint)}\n`;
}

const columns = [
  { title: 'OUTCOME' },
  { title: 'SEVERITY' },
  { title: 'RULE' },
  { title: 'SUBJECT' },
  { title: 'WHERE' },
  { title: 'MESSAGE' },
] as const;

function toRow(
  finding: Finding,
  source: SourcePlace | undefined,
  enforcement: FindingEnforcement | undefined,
): readonly Cell[] {
  const { outcome, severity, rule, subject, message, violations, pods, exemption } = finding;
  const where = source === undefined ? (violations[0]?.path ?? '') : `${source.path}:${source.line}`;
  return [
    { text: outcome, colour: outcomeColours[outcome] },
    { text: severity, colour: severityColours[severity] },
    rule.id,
    nameSubject(subject) + markOwner(finding),
    where,
    (subject.kind === 'Pod' ? message : message + describePods(pods)) +
      (exemption === undefined ? '' : `; ${exemption}`) +
      (enforcement === undefined ? '' : `; the next is ${wordsOfMode[enforcement.mode]} by ${enforcement.by}`),
  ];
}

const wordsOfMode = {
  audit: 'recorded',
  warn: 'warned of',
  deny: 'refused',
} as const satisfies Record<FindingEnforcement['mode'], string>;

/** That a pod is judged by itself although it names an owner, or under an owner that nobody looked at. */
function markOwner({ unverifiedOwner, assumedOwner }: Finding): string {
  if (unverifiedOwner !== undefined) return ' (unverified owner)';
  return assumedOwner === undefined ? '' : ' (assumed owner)';
}

/** `; 3 of 12 pods (web-6d5)`, or nothing where nothing runs. */
function describePods(pods: ConcernedPods | undefined): string {
  if (pods === undefined) return '';
  const { concerned, total, revisions = [] } = pods;
  if (concerned === total) return `; ${total} ${total === 1 ? 'pod' : 'pods'}`;
  return `; ${concerned} of ${total} pods${revisions.length === 0 ? '' : ` (${revisions.join(', ')})`}`;
}

/** `shop/Deployment/web`, `ClusterRole/admin`. */
export function nameSubject({ kind, namespace, name }: SubjectRef): string {
  return namespace === undefined ? `${kind}/${name}` : `${namespace}/${kind}/${name}`;
}

function summarize({ summary, isWhole }: ScanResult, paint: Painter): string {
  const failed = severities.flatMap((severity) =>
    summary[severity] === 0 ? [] : [paint(severityColours[severity], `${summary[severity]} ${severity}`)],
  );
  const undecided = summary.unknown === 0 ? [] : [paint('yellow', `${summary.unknown} unknown`)];
  const found = [...failed, ...undecided];
  const verdict = found.length === 0 ? describeNothing(summary, isWhole, paint) : found.join(', ');
  const judged = `${summary.subjects} objects judged${describeUnjudged(summary)}`;
  const exempt = summary.exempt === 0 ? '' : `${summary.exempt} exempt, `;
  return `${verdict}; ${exempt}${summary.pass} passed, ${summary.notApplicable} not applicable; ${judged}`;
}

/** `, 2 with pod templates not` */
function describeUnjudged({ notJudged = [] }: ReportSummary): string {
  const count = notJudged.reduce((sum, kind) => sum + (kind.holdsPodTemplate ? kind.count : 0), 0);
  return count === 0 ? '' : `, ${count} with pod templates not`;
}

/** Only what was looked at in full is fine. */
function describeNothing({ subjects }: ReportSummary, isWhole: boolean, paint: Painter): string {
  if (subjects === 0) return 'nothing judged';
  return isWhole ? paint('green', 'nothing found') : paint('yellow', 'nothing found in what could be read');
}
