/** What would be refused where namespaces were set to deny, as a table and as JSON. */
import { countRefused } from '../enforcement/plan/preview.ts';
import type { NamespacePreview, PreviewedFinding } from '../enforcement/plan/preview.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import { nameSubject } from '../pod-security/pod-makers.ts';
import type { ExitCode } from './posture-report.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell, Column } from './table-layout.ts';
import { printable, printableJson } from './terminal.ts';
import type { Painter } from './terminal.ts';

export interface PreviewReport {
  /** By name. */
  readonly namespaces: readonly NamespacePreview[];
  /** In which nothing of it can ever be in force. */
  readonly out: readonly string[];
  readonly policies: readonly PlannedPolicy[];
  /** What could not be read, in sentences. */
  readonly missing: readonly string[];
}

const columns: readonly Column[] = [
  { title: 'NAMESPACE' },
  { title: 'NOW' },
  { title: 'ANSWER' },
  { title: 'OBJECT' },
  { title: 'RULE' },
  { title: 'WHY' },
];

export function* printPreview(report: PreviewReport, paint: Painter): Generator<string> {
  const { namespaces, out } = report;
  const rows = namespaces.flatMap(toRows);
  if (rows.length > 0) {
    for (const line of layoutTable(columns, rows, paint)) yield `${line}\n`;
    yield '\n';
  }
  const refused = namespaces.reduce((sum, one) => sum + countRefused(one), 0);
  const where = namespaces.filter((one) => one.refused.length > 0).length;
  const unpreviewed = findUnpreviewed(namespaces);
  yield refused === 0
    ? `deny would refuse nothing ${unpreviewed.length === 0 ? '' : 'that is known '}of what is in ${count(namespaces.length, 'namespace')}\n`
    : `deny would refuse ${count(refused, 'workload')}, in ${where} of ${count(namespaces.length, 'namespace')}\n`;
  if (out.length > 0) yield `never in these namespaces: ${out.map(printable).join(', ')}\n`;
  if (unpreviewed.length > 0) {
    yield `not looked for, as it refuses other things than what rules about pods say: ${unpreviewed.join(', ')}\n`;
  }
  yield 'Nothing was written.\n';
}

function toRows(preview: NamespacePreview): readonly (readonly Cell[])[] {
  const { namespace, mode, refused, exempt, undecided, execTargets = [], withoutPullSecrets = [] } = preview;
  const row = (answer: Cell, object: string, rule: string, why: string): readonly Cell[] => [
    ...[namespace, mode],
    ...[answer, object, rule, why],
  ];
  const ofFinding =
    (answer: Cell) =>
    (one: PreviewedFinding): readonly Cell[] =>
      row(answer, nameSubject(one.finding.subject), one.finding.rule.id, describe(one));
  return [
    ...refused.map(ofFinding({ text: 'refused', colour: 'red' })),
    ...undecided.map(ofFinding({ text: 'unknown', colour: 'yellow' })),
    ...exempt.map(ofFinding('exempt')),
    ...execTargets.map(({ kind, name, isUnread = false }) =>
      row(
        isUnread ? { text: 'unknown', colour: 'yellow' } : 'guarded',
        `${kind} "${name}"`,
        'exec',
        isUnread ? 'it cannot be read' : 'exec and attach into it would be refused',
      ),
    ),
    ...withoutPullSecrets.map((subject) => row('may not pull', nameSubject(subject), 'image-pulls', NO_SECRETS)),
  ];
}

const NO_SECRETS =
  'neither pod nor account has imagePullSecrets; whether its images, or credential providers of nodes, do without is unknown';

function describe({ finding, only }: PreviewedFinding): string {
  const [first, ...others] = finding.violations;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const what = first === undefined ? finding.message : `${first.path}: ${first.message}${more}`;
  const by = finding.exemption === undefined ? '' : `; exempt by ${finding.exemption}`;
  return what + by + (only === undefined ? '' : `; ${onlyTexts[only]}`);
}

const onlyTexts: Readonly<Record<NonNullable<PreviewedFinding['only']>, string>> = {
  declared: 'what runs now is otherwise',
  running: 'so in pods that run now, and not in the template',
};

/** Of what is planned where it is looked at. */
function findUnpreviewed(namespaces: readonly NamespacePreview[]): readonly string[] {
  return [...new Set(namespaces.flatMap(({ notPreviewed }) => notPreviewed))];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The shape that others parse. */
export function printPreviewJson({ namespaces, out, policies, missing }: PreviewReport): string {
  const report = {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'EnforcementPreview',
    namespaces: namespaces.map((one) => ({
      namespace: one.namespace,
      mode: one.mode,
      wouldRefuse: countRefused(one),
      refused: one.refused.map(toJson),
      undecided: one.undecided.map(toJson),
      exempt: one.exempt.map(toJson),
      ...(one.execTargets === undefined ? {} : { execTargets: one.execTargets }),
      ...(one.withoutPullSecrets === undefined ? {} : { withoutPullSecrets: one.withoutPullSecrets }),
    })),
    namespacesOut: out,
    policies: policies.map(({ name }) => name),
    notPreviewed: findUnpreviewed(namespaces),
    missing,
  };
  return `${printableJson(JSON.stringify(report, undefined, 2))}\n`;
}

function toJson({ finding, only }: PreviewedFinding): object {
  const { rule, subject, message, violations, exemption } = finding;
  return {
    rule: rule.id,
    subject,
    message,
    violations: violations.map(({ path, observed, message: why }) => ({
      path,
      ...(observed === undefined ? {} : { observed }),
      message: why,
    })),
    ...(exemption === undefined ? {} : { exemption }),
    ...(only === undefined ? {} : { only }),
  };
}

/** What could not be looked at weighs more than what was found, as in a scan. */
export function exitCodeOfPreview({ namespaces, missing }: PreviewReport): ExitCode {
  if (missing.length > 0) return 4;
  if (namespaces.some(({ refused }) => refused.length > 0)) return 1;
  const isUnknown = namespaces.some(
    ({ undecided, notPreviewed, execTargets = [] }) =>
      undecided.length + notPreviewed.length > 0 || execTargets.some(({ isUnread }) => isUnread === true),
  );
  return isUnknown ? 4 : 0;
}
