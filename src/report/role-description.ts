/** What `merlon roles NAME` prints: its rules as `kubectl describe clusterrole` shows them, and what that does not tell. */
import { describeRules, tabulateRules } from '../rbac/rule-text.ts';
import type { BindingEntry, RoleEntry } from '../rbac/role-inventory.ts';
import type { AddedRule, ChangedRole } from '../rbac/predefined/role-drift.ts';
import { explainStatus, nameSubject } from './role-status.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell, Column } from './table-layout.ts';
import { printable } from './terminal.ts';
import type { Painter } from './terminal.ts';

/** JSON has all of them. */
const mostSubjects = 100;
const mostDrift = 50;

const ruleColumns: readonly Column[] = [
  { title: '  RESOURCES' },
  { title: 'NON-RESOURCE URLS' },
  { title: 'RESOURCE NAMES' },
  { title: 'VERBS' },
];
const bindingColumns: readonly Column[] = [
  { title: '  KIND' },
  { title: 'NAMESPACE' },
  { title: 'NAME' },
  { title: 'BASELINE' },
  { title: 'SUBJECT' },
];

/** @param minor of the cluster, where it is known */
export function* describeRole(role: RoleEntry, minor: number | undefined, paint: Painter): Generator<string> {
  yield field('Name', role.name);
  if (role.namespace !== undefined) yield field('Namespace', role.namespace);
  yield field('Kind', role.kind);
  for (const [index, label] of labelsOf(role).entries()) yield field(index === 0 ? 'Labels' : '', label);
  yield field('Baseline', explainStatus(role, minor));
  yield field('Danger', describeDanger(role));
  if (role.gathers !== undefined) yield field('Gathers', role.gathers.join(', ') || 'no ClusterRole');
  yield* printRules(role, paint);
  if (role.comparison.status === 'changed') yield* printDrift(role.comparison);
  yield* printBindings(role, paint);
}

function describeDanger({ danger }: RoleEntry): string {
  if (danger === undefined) return 'none that is known';
  return danger === 'unknown' ? 'unknown' : `${danger.severity}: may ${danger.permissions.join(', ')}`;
}

function field(name: string, text: string): string {
  return `${(name === '' ? '' : `${name}:`).padEnd(13)}${printable(text)}\n`;
}

function labelsOf({ labels }: RoleEntry): readonly string[] {
  const texts = Object.entries(labels).map(([key, label]) => `${key}=${label}`);
  return texts.length === 0 ? ['<none>'] : texts;
}

function* printRules({ rules }: RoleEntry, paint: Painter): Generator<string> {
  yield 'Rules:\n';
  if ('malformed' in rules) {
    yield `  unknown: ${printable(rules.malformed)}\n`;
    return;
  }
  const rows = tabulateRules(rules).map(({ target, isUrl, names, verbs }) => [
    `  ${isUrl ? '' : target}`,
    isUrl ? `[${target}]` : '[]',
    `[${names.join(' ')}]`,
    `[${verbs.join(' ')}]`,
  ]);
  for (const line of layoutTable(ruleColumns, rows, paint)) yield `${line}\n`;
}

function* printDrift({ added, removed, addedSelectors, removedSelectors }: ChangedRole): Generator<string> {
  yield 'Drift:\n';
  const byOrigin = Map.groupBy(added, ({ from }) => explainOrigin(from));
  const lines = [
    ...[...byOrigin].flatMap(([origin, some]) =>
      describeRules(some.map(({ rule }) => rule)).map((text) => `  + ${text}${origin}`),
    ),
    ...describeRules(removed).map((text) => `  - ${text}`),
    ...addedSelectors.map((selector) => `  + gathers ClusterRoles with ${JSON.stringify(selector)}`),
    ...removedSelectors.map((selector) => `  - gathers ClusterRoles with ${JSON.stringify(selector)}`),
  ];
  for (const line of lines.slice(0, mostDrift)) yield `${printable(line)}\n`;
  if (lines.length > mostDrift) yield `  and ${lines.length - mostDrift} more; -o json has all\n`;
}

function explainOrigin(from: AddedRule['from']): string {
  if (from === undefined) return '';
  return 'minor' in from ? ` (of Kubernetes 1.${from.minor})` : ` (from ClusterRole "${from.clusterRole}")`;
}

function* printBindings({ bindings }: RoleEntry, paint: Painter): Generator<string> {
  yield 'Bindings:\n';
  if (bindings === undefined) {
    yield '  unknown: they could not be read\n';
    return;
  }
  if (bindings.length === 0) {
    yield '  none\n';
    return;
  }
  const rows = bindings.flatMap(toRows);
  for (const line of layoutTable(bindingColumns, rows.slice(0, mostSubjects), paint)) yield `${line}\n`;
  if (rows.length > mostSubjects) yield `  and ${rows.length - mostSubjects} more; -o json has all\n`;
}

function toRows(binding: BindingEntry): readonly (readonly Cell[])[] {
  const { kind, namespace = '', name, status, subjects } = binding;
  const subjectTexts = subjects.length === 0 ? ['nobody'] : subjects.map((subject) => nameSubject(subject, binding));
  const word = status === 'notPredefined' ? '-' : status;
  return subjectTexts.map((text) => [`  ${kind}`, namespace, name, word, text]);
}
