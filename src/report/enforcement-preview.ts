/** What would be refused where namespaces were set to deny, as a table and as JSON. */
import { countRefused } from '../enforcement/plan/preview.ts';
import type { ClusterPreview, NamespacePreview } from '../enforcement/plan/preview.ts';
import type { PreviewedFinding } from '../enforcement/plan/previewed-finding.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import type { RecordedChecks } from '../enforcement/plan/recorded-checks.ts';
import { nameRefused } from '../enforcement/plan/previewed-finding.ts';
import { nameSubject } from '../pod-security/pod-makers.ts';
import type { ExitCode } from './posture-report.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell, Column } from './table-layout.ts';
import { printable, printableJson } from './terminal.ts';
import type { Painter } from './terminal.ts';

export interface PreviewReport {
  /** By name. */
  readonly namespaces: readonly NamespacePreview[];
  /** What is in no namespace; undefined where nothing of it is planned, or it was not asked for. */
  readonly cluster?: ClusterPreview | undefined;
  /** In which nothing of it can ever be in force. */
  readonly out: readonly string[];
  readonly policies: readonly PlannedPolicy[];
  /** What could not be read, in sentences. */
  readonly missing: readonly string[];
  /** What API servers have counted so far; undefined where none was asked. */
  readonly counted?: {
    readonly recorded: readonly RecordedChecks[];
    /** Why there may be more, in sentences. */
    readonly unknown: readonly string[];
  };
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
  const { namespaces, out, cluster } = report;
  const rows = [...(cluster === undefined ? [] : toClusterRows(cluster)), ...namespaces.flatMap(toRows)];
  if (rows.length > 0) {
    for (const line of layoutTable(columns, rows, paint)) yield `${line}\n`;
    yield '\n';
  }
  const refused = namespaces.reduce((sum, one) => sum + countRefused(one), 0);
  const where = namespaces.filter((one) => one.refused.length > 0).length;
  const unpreviewed = findUnpreviewed(namespaces);
  const noun = nameRefused(namespaces.flatMap((one) => one.refused.map(({ finding }) => finding.subject)));
  yield refused === 0
    ? `deny would refuse nothing ${unpreviewed.length === 0 ? '' : 'that is known '}of what is in ${count(namespaces.length, 'namespace')}\n`
    : `deny would refuse ${count(refused, noun)}, in ${where} of ${count(namespaces.length, 'namespace')}\n`;
  if (cluster !== undefined) {
    const ofCluster = countRefused(cluster);
    yield `in no namespace deny would refuse ${ofCluster === 0 ? 'nothing' : count(ofCluster, 'object')}\n`;
  }
  if (out.length > 0) yield `never in these namespaces: ${out.map(printable).join(', ')}\n`;
  if (unpreviewed.length > 0) {
    yield `not looked for, as Merlon reads no Secrets: ${unpreviewed.join(', ')}\n`;
  }
  yield* printCounted(report);
  yield 'Nothing was written.\n';
}

const wordsOfMode = { audit: 'recorded', warn: 'warned of', deny: 'refused' } as const;

/** That nothing is counted proves nothing: an API server forgets when it is started anew. */
function* printCounted({ counted }: PreviewReport): Generator<string> {
  if (counted === undefined) return;
  const { recorded, unknown } = counted;
  if (recorded.length > 0) {
    yield 'so far, in all namespaces, counted once for each rule that a request broke, on trial or not:\n';
    for (const one of recorded) {
      const since = one.sinceMs === undefined ? '' : ` since ${new Date(one.sinceMs).toISOString().slice(0, 19)}Z`;
      yield `  ${one.binding}: ${one.count} ${wordsOfMode[one.mode]}, by API server ${printable(one.instances.join(', '))}${since}\n`;
    }
  }
  if (recorded.length > 0 && unknown.length > 0) yield `there may have been more: ${printable(unknown.join('; '))}\n`;
  else if (unknown.length > 0)
    yield `what was recorded or warned of so far is not known: ${printable(unknown.join('; '))}\n`;
}

function toRows(preview: NamespacePreview): readonly (readonly Cell[])[] {
  const { namespace, mode, exempt, execTargets = [], withoutPullSecrets = [] } = preview;
  const row = (answer: Cell, object: string, rule: string, why: string): readonly Cell[] => [
    ...[namespace, mode],
    ...[answer, object, rule, why],
  ];
  return [
    ...toFindingRows([namespace, mode], preview),
    ...exempt.map((one) => toFindingRow([namespace, mode], 'exempt', one)),
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

function toClusterRows(cluster: ClusterPreview): readonly (readonly Cell[])[] {
  return toFindingRows(['', cluster.mode], cluster);
}

function toFindingRows(
  place: readonly Cell[],
  { refused, undecided }: Pick<NamespacePreview, 'refused' | 'undecided'>,
): readonly (readonly Cell[])[] {
  return [
    ...refused.map((one) => toFindingRow(place, { text: 'refused', colour: 'red' }, one)),
    ...undecided.map((one) => toFindingRow(place, { text: 'unknown', colour: 'yellow' }, one)),
  ];
}

function toFindingRow(place: readonly Cell[], answer: Cell, one: PreviewedFinding): readonly Cell[] {
  return [...place, answer, nameSubject(one.finding.subject), one.finding.rule.id, describe(one)];
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
export function printPreviewJson({ namespaces, cluster, out, policies, missing, counted }: PreviewReport): string {
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
    ...(cluster === undefined
      ? {}
      : {
          cluster: {
            mode: cluster.mode,
            wouldRefuse: countRefused(cluster),
            refused: cluster.refused.map(toJson),
            undecided: cluster.undecided.map(toJson),
          },
        }),
    namespacesOut: out,
    policies: policies.map(({ name }) => name),
    notPreviewed: findUnpreviewed(namespaces),
    missing,
    // An empty list would read as none.
    ...(counted === undefined || counted.recorded.length === 0 ? {} : { counted: counted.recorded.map(toCountedJson) }),
    ...(counted === undefined || counted.unknown.length === 0 ? {} : { countedUnknown: counted.unknown }),
  };
  return `${printableJson(JSON.stringify(report, undefined, 2))}\n`;
}

function toCountedJson({ sinceMs, ...one }: RecordedChecks): object {
  return { ...one, ...(sinceMs === undefined ? {} : { since: new Date(sinceMs).toISOString() }) };
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
export function exitCodeOfPreview({ namespaces, cluster, missing }: PreviewReport): ExitCode {
  if (missing.length > 0) return 4;
  const all = [...namespaces, ...(cluster === undefined ? [] : [cluster])];
  if (all.some(({ refused }) => refused.length > 0)) return 1;
  const isUnknown =
    all.some(({ undecided }) => undecided.length > 0) ||
    namespaces.some(
      ({ notPreviewed, execTargets = [] }) =>
        notPreviewed.length > 0 || execTargets.some(({ isUnread }) => isUnread === true),
    );
  return isUnknown ? 4 : 0;
}
