/** The answer of `merlon who-can`. */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { namespaceOf } from '../rbac/authorizer.ts';
import { MASTERS } from '../rbac/request.ts';
import type { Holder, Holders } from '../rbac/who-can.ts';
import { grantJson, printNames, printRule } from './grant.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell } from './table-layout.ts';
import { printable, printableJson } from './terminal.ts';
import type { Painter } from './terminal.ts';

export interface HoldersReport extends Holders {
  /** As `list secrets`. */
  readonly question: string;
  /** As `in namespace "shop"`. */
  readonly scope: string;
  /** Whether it was asked of every namespace, so that a RoleBinding answers for its own alone. */
  readonly isEverywhere: boolean;
  /** Why others than these may be allowed it, in sentences; empty where that is excluded. */
  readonly others: readonly string[];
}

const columns = ['KIND', 'NAMESPACE', 'NAME', 'NAMES', 'SCOPE', 'BINDING', 'ROLE', 'RULE', 'NOTE'].map((title) => ({
  title,
}));

export function* printHolders(report: HoldersReport, paint: Painter): Generator<string> {
  const { holders, question, scope } = report;
  yield `${printable(`who can ${question} ${scope}:`)}\n`;
  if (holders.length > 0) {
    for (const line of layoutTable(columns, holders.map(toRow), paint)) yield `${line}\n`;
  } else {
    yield NOBODY;
  }
  yield '\n';
  yield* explainHolders(report);
}

export const NOBODY = 'nobody by RBAC\n';

/** What holds of all of the answer. */
export function* explainHolders({ holders, others, doubts }: HoldersReport): Generator<string> {
  yield `implicit: everybody in the group ${MASTERS}, which may do everything and is in no binding\n`;
  if (holders.some(({ subject }) => subject.kind === 'Group')) {
    yield 'groups: their members are not in the cluster; ask who issues its credentials (the organization of client certificates, the groups claim of tokens).\n  system:authenticated is everybody who is somebody, system:serviceaccounts[:NAMESPACE] every service account\n';
  }
  for (const other of others) yield `incomplete: ${printable(other)}\n`;
  for (const doubt of doubts) yield `unknown: ${printable(doubt)}\n`;
}

function toRow({ subject, bound, rule, granted, names, deadWeight, note }: Holder): readonly Cell[] {
  const { metadata, roleRef } = bound.binding;
  const namespace = namespaceOf(bound);
  return [
    subject.kind,
    subject.namespace ?? '',
    subject.name,
    printNames(names),
    namespace === '' ? 'cluster' : namespace,
    `${bound.kind}/${metadata.name}`,
    `${roleRef.kind}/${roleRef.name}`,
    `${rule}: ${printRule(shorten(granted))}`,
    ...(deadWeight === undefined ? [] : [{ text: describeDeadWeight(deadWeight), colour: 'yellow' } as const]),
    ...(note === undefined ? [] : [note]),
  ];
}

export function describeDeadWeight(reason: string): string {
  return `of no use: ${reason}`;
}

/** Most of a rule that is about many things is about others. */
function shorten(rule: PolicyRule): PolicyRule {
  const short = (some: readonly string[]) => (some.length > 4 ? [...some.slice(0, 3), `+${some.length - 3}`] : some);
  return Object.fromEntries(Object.entries(rule).map(([field, some]) => [field, short(some)])) as unknown as PolicyRule;
}

export function printHoldersJson({ holders, question, scope, others, doubts }: HoldersReport): string {
  const json = {
    question,
    scope,
    complete: others.length === 0 && doubts.length === 0,
    holders: holders.map(({ subject, bound, rule, granted, names, deadWeight, note }) => ({
      subject,
      ...(namespaceOf(bound) === '' ? { scope: 'cluster' } : { scope: 'namespace', namespace: namespaceOf(bound) }),
      ...(names === undefined ? {} : { names }),
      ...grantJson(bound, rule),
      granted,
      effective: deadWeight === undefined,
      ...(deadWeight === undefined ? {} : { deadWeight }),
      ...(note === undefined ? {} : { note }),
    })),
    implicit: [{ kind: 'Group', name: MASTERS }],
    others,
    doubts,
  };
  return `${printableJson(JSON.stringify(json, null, 2))}\n`;
}
