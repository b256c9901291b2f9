/** A report for people: one line per finding, worst first, and a last line that sums up. */
import { severities } from '../core/severity.ts';
import type { PostureReport, ReportedFinding } from './posture-report.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell } from './table-layout.ts';
import type { Colour, Painter } from './terminal.ts';

const severityColours: Readonly<Record<ReportedFinding['severity'], Colour>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'blue',
  info: 'dim',
};
const outcomeColours: Readonly<Record<ReportedFinding['outcome'], Colour>> = {
  fail: 'red',
  unknown: 'yellow',
  pass: 'green',
  notApplicable: 'dim',
};

/** @returns text that ends in a line break; nothing but the sum where nothing was found */
export function printFindings(report: PostureReport, paint: Painter): string {
  const lines = report.findings.length === 0 ? [] : [...layoutTable(columns, report.findings.map(toRow), paint), ''];
  return `${[...lines, summarize(report, paint)].join('\n')}\n`;
}

const columns = [
  { title: 'OUTCOME' },
  { title: 'SEVERITY' },
  { title: 'RULE' },
  { title: 'SUBJECT' },
  { title: 'WHERE' },
  { title: 'MESSAGE' },
] as const;

function toRow(finding: ReportedFinding): readonly Cell[] {
  const { outcome, severity, rule, subject, source, message, violations } = finding;
  const where = source === undefined ? (violations[0]?.path ?? '') : `${source.path}:${source.line}`;
  return [
    { text: outcome, colour: outcomeColours[outcome] },
    { text: severity, colour: severityColours[severity] },
    rule,
    nameSubject(subject),
    where,
    message,
  ];
}

/** `shop/Deployment/web`, `ClusterRole/admin`. */
export function nameSubject({ kind, namespace, name }: ReportedFinding['subject']): string {
  return namespace === undefined ? `${kind}/${name}` : `${namespace}/${kind}/${name}`;
}

function summarize({ summary }: PostureReport, paint: Painter): string {
  const failed = severities.flatMap((severity) =>
    summary[severity] === 0 ? [] : [paint(severityColours[severity], `${summary[severity]} ${severity}`)],
  );
  const undecided = summary.unknown === 0 ? [] : [paint('yellow', `${summary.unknown} unknown`)];
  const found = [...failed, ...undecided];
  const verdict = found.length === 0 ? paint('green', 'nothing found') : found.join(', ');
  return `${verdict}; ${summary.pass} passed, ${summary.notApplicable} not applicable; ${summary.subjects} objects judged`;
}
