/** Prints what passes, fails and is unknown of a rule about the API server, by the source that tells it. */
import { factNames } from '../core/evidence.ts';
import type { Fact, FactName } from '../core/evidence.ts';
import type { AnyRule } from '../core/rule.ts';
import { code, escapeText } from './markdown.ts';
import { findVerdicts } from './rule-verdicts.ts';
import type { Verdict } from './rule-verdicts.ts';
import { sampleReadings } from './sample-readings.ts';
import { askWitnesses } from './told-facts.ts';
import type { ToldFact, ToldFacts } from './told-facts.ts';

/** When a source cannot be asked, or does not answer; the surest mostly first. Source: docs/api-server.md. */
export const sourceLimits: Readonly<Record<string, string>> = {
  'requests without credentials': 'where they are forbidden (--no-anonymous-probe), or none came through',
  SubjectAccessReview: 'without the right to create subjectaccessreviews',
  SelfSubjectAccessReview: 'without the right to create subjectaccessreviews',
  SelfSubjectReview: 'before Kubernetes 1.28, or where Merlon shows another credential',
  '/version': 'where it is not answered',
  '/statusz': 'without get on the URL, before Kubernetes 1.36, and unless /version is not answered',
  'TLS handshake': 'through a proxy',
  'dry run': 'unless asked for (--dry-run-probes) and guarded, and before Kubernetes 1.30',
  '/metrics': 'without get on the URL',
  '/readyz?verbose': 'where it is not answered, and while another source tells',
  '/flagz': 'without get on the URL, and before Kubernetes 1.36',
  'Pod kube-system/kube-apiserver-NODE': 'without list and watch on pods and nodes, and where no static pod runs it',
  'annotation k3s.io/node-args of a node':
    'without list and watch on nodes, and outside of k3s and RKE2 (rke2.io/node-args)',
  'ConfigMap openshift-kube-apiserver/config': 'without get on it, and outside of OpenShift',
  'ConfigMap kube-system/kubeadm-config': 'without list and watch on it, and where kubeadm did not set it up',
  'ConfigMap kube-system/extension-apiserver-authentication': 'without get on it',
};

const ORDER = Object.keys(sourceLimits);
/** Asked once. */
let asked: ToldFacts | undefined;

export function describeVerdicts(rule: AnyRule): string {
  const { facts } = rule;
  if (facts === undefined) return '';
  const lead = '## What tells it\n\n';
  if (facts.length === factNames.length) {
    return `${lead}Every fact that more than one source, or more than one API server, tells; unknown where none is known.\n\n`;
  }
  const told = (asked ??= askWitnesses(sampleReadings));
  const verdicts = findVerdicts(rule, told);
  const deciding = selectDeciding(facts, verdicts);
  const rows = deciding.flatMap((name) => rowsOf(name, told.get(name), verdicts.get(name) ?? []));
  const rest = facts.filter((name) => !deciding.includes(name));
  const notes = [
    ...(rest.length === 0 ? [] : [`Looked at besides: ${rest.map(code).join(', ')}.`]),
    'The surest source that tells is believed. Where none tells the verdict is unknown, and `merlon api-server --evidence` says what would help; what somebody attests then counts, and is shown as attested.',
  ];
  return `${lead}| fact | source | passes | fails | unknown |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n\n${notes.join('\n\n')}\n\n`;
}

/** Those that can decide alone; all that matter where none can. */
function selectDeciding(
  facts: readonly FactName[],
  verdicts: ReadonlyMap<FactName, readonly Verdict[]>,
): readonly FactName[] {
  const alone = facts.filter((name) =>
    verdicts.get(name)?.some(({ outcome, others }) => others.size === 0 && outcome !== 'notApplicable'),
  );
  return alone.length > 0 ? alone : facts.filter((name) => (verdicts.get(name) ?? []).length > 0);
}

function rowsOf(name: FactName, told: ToldFact | undefined, verdicts: readonly Verdict[]): readonly string[] {
  if (told === undefined) return [];
  const sources = [...new Set([...told.told.map(({ source }) => source), ...told.silences.keys()])];
  return sources
    .sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
    .map((source) => {
      const ofSource = told.told.filter((fact) => fact.source === source);
      const cell = (outcome: Verdict['outcome']): string => describeOutcome(ofSource, verdicts, outcome).join('<br>');
      const undecided = ofSource.filter(({ value }) => !verdicts.some((one) => isSame(one.value, value)));
      const unknown = [
        ...describeOutcome(ofSource, verdicts, 'notApplicable').map((text) => `not applicable: ${text}`),
        ...undecided.map(({ detail }) => escapeText(detail)),
        ...[...(told.silences.get(source) ?? [])].map(escapeText),
        escapeText(sourceLimits[source] ?? ''),
      ];
      return `| ${[code(name), escapeText(source), cell('pass'), cell('fail'), unknown.join('<br>')].join(' | ')} |`;
    });
}

/** What is seen, and what it takes besides: once for all that take the same. */
function describeOutcome(
  facts: readonly Fact<unknown>[],
  verdicts: readonly Verdict[],
  outcome: Verdict['outcome'],
): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const fact of facts) {
    for (const one of verdicts) {
      if (one.outcome !== outcome || !isSame(one.value, fact.value)) continue;
      const condition = describeCondition(one);
      groups.set(condition, [...(groups.get(condition) ?? []), escapeText(fact.detail)]);
    }
  }
  return [...groups].map(([condition, details]) =>
    condition === '' ? details.join('<br>') : `${details.join(' or ')} (${condition})`,
  );
}

/** As `with rbacAuthorizer true; where namespaces enforce baseline`. */
function describeCondition({ others, where }: Verdict): string {
  const known = [...others].map(([name, { value }]) =>
    typeof value === 'boolean' ? `${code(name)} ${String(value)}` : `${code(name)} known`,
  );
  return [
    ...(known.length === 0 ? [] : [`with ${known.join(', ')}`]),
    ...(where.length === 0 ? [] : [`where ${where.map(({ what }) => escapeText(what)).join(' or ')}`]),
  ].join('; ');
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
