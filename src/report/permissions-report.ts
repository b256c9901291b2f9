/** The answer of `merlon permissions`. */
import { describeBinding } from '../rbac/authorizer.ts';
import type { DeadWeight } from '../rbac/dead-weight.ts';
import { MASTERS } from '../rbac/request.ts';
import type { Requester } from '../rbac/request.ts';
import type { Origin, Permission, Permissions } from '../rbac/permissions.ts';
import { nameRuleResource, originJson, printNames } from './grant.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell } from './table-layout.ts';
import { printable, printableJson } from './terminal.ts';
import type { Painter } from './terminal.ts';

export interface PermissionsReport extends Permissions {
  /** As it was asked for: `sa:shop/web`. */
  readonly subject: string;
  readonly requester: Requester;
  /** Why there may be more, in sentences. */
  readonly others: readonly string[];
}

const columns = ['SCOPE', 'RESOURCES', 'NAMES', 'VERBS', 'ORIGIN', 'NOTE'].map((title) => ({ title }));

export function* printPermissions(report: PermissionsReport, paint: Painter): Generator<string> {
  const { scopes, requester } = report;
  const rows = scopes.flatMap(({ namespace, origins }) =>
    origins.flatMap((origin) => origin.permissions.map((permission) => toRow(namespace, origin, permission))),
  );
  if (isMaster(requester)) yield MASTER;
  if (rows.length === 0) yield describeNothing(report);
  else for (const line of layoutTable(columns, rows, paint)) yield `${line}\n`;
  yield* explainPermissions(report);
}

/** What the table says besides its rows, and of these what is of no use. */
export function* tellBesidePermissions(report: PermissionsReport): Generator<string> {
  const { scopes, requester } = report;
  if (isMaster(requester)) yield MASTER;
  if (scopes.length === 0) yield describeNothing(report);
  for (const { namespace, origins } of scopes) {
    for (const { bound, permissions } of origins) {
      for (const { rule, dead } of permissions) {
        if (dead === undefined) continue;
        const names = rule.resourceNames === undefined ? '' : ` named ${printNames(rule.resourceNames)}`;
        const what = `${namePermission(rule, namespace)}${names} by ${describeBinding(bound)}`;
        yield `note: ${printable(`${what}: ${describeDead(dead)}`)}\n`;
      }
    }
  }
  yield* explainPermissions(report);
}

function isMaster({ groups }: Requester): boolean {
  return groups.includes(MASTERS);
}

const MASTER = `the group ${MASTERS} may do everything; RBAC is not asked\n`;

function describeNothing({ subject, doubts }: PermissionsReport): string {
  const nothing = doubts.length === 0 ? 'RBAC grants nothing to' : 'nothing that could be read grants anything to';
  return `${nothing} ${printable(subject)}\n`;
}

function* explainPermissions({ others, doubts }: PermissionsReport): Generator<string> {
  for (const other of others) yield `incomplete: ${printable(other)}\n`;
  for (const doubt of doubts) yield `unknown: ${printable(doubt)}\n`;
}

/** As pictures name it: `pods in shop`. */
export function namePermission(rule: Permission['rule'], namespace: string): string {
  const what = describeTarget(rule);
  return namespace === '' ? `${what} everywhere` : `${what} in ${namespace}`;
}

function describeTarget(rule: Permission['rule']): string {
  return rule.nonResourceURLs?.join(',') ?? nameRuleResource(rule);
}

function toRow(namespace: string, origin: Origin, { rule, dead }: Permission): readonly Cell[] {
  return [
    namespace === '' ? 'cluster' : namespace,
    describeTarget(rule),
    printNames(rule.resourceNames),
    rule.verbs.join(','),
    describeOrigin(origin),
    ...(dead === undefined ? [] : [{ text: describeDead(dead), colour: 'yellow' } as const]),
  ];
}

function describeDead({ isWhole, parts }: DeadWeight): string {
  const named = parts.map(({ what, reason }) => (isWhole ? reason : `${what}: ${reason}`));
  return `${isWhole ? 'of no use' : 'partly of no use'}: ${named.join('; ')}`;
}

function describeOrigin({ bound, principal }: Origin): string {
  const { metadata, roleRef } = bound.binding;
  const via = principal.isGroup ? ` as ${principal.name}` : '';
  return `${bound.kind}/${metadata.name} -> ${roleRef.kind}/${roleRef.name}${via}`;
}

export function printPermissionsJson(report: PermissionsReport): string {
  const { subject, requester, scopes, others, doubts } = report;
  const json = {
    subject,
    user: requester.user,
    groups: requester.groups,
    complete: others.length === 0 && doubts.length === 0,
    scopes: scopes.map(({ namespace, origins }) => ({
      ...(namespace === '' ? { scope: 'cluster' } : { scope: 'namespace', namespace }),
      origins: origins.map(({ bound, principal, permissions }) => ({
        ...originJson(bound),
        ...(principal.isGroup ? { group: principal.name } : {}),
        permissions: permissions.map(({ rule, dead }) => ({
          ...rule,
          effective: dead?.isWhole !== true,
          ...(dead === undefined ? {} : { dead: dead.parts }),
        })),
      })),
    })),
    others,
    doubts,
  };
  return `${printableJson(JSON.stringify(json, null, 2))}\n`;
}
