/** What `merlon roles` prints: a line for each role, or all that is known of them as JSON. */
import type { LabelSelector } from '../core/label-selector.ts';
import type { PolicyRule, RbacSubject } from '../core/rbac-shape.ts';
import type { Severity } from '../core/severity.ts';
import { summarize } from '../rbac/rule-text.ts';
import type { BindingEntry, RoleEntry } from '../rbac/role-inventory.ts';
import { explainStatus, nameSubject, statusWord } from './role-status.ts';
import { layoutTable } from './table-layout.ts';
import type { Cell, Column } from './table-layout.ts';
import { printableJson } from './terminal.ts';
import type { Colour, Painter } from './terminal.ts';

const mostSubjects = 3;

const columns: readonly Column[] = [
  { title: 'NAMESPACE' },
  { title: 'KIND' },
  { title: 'NAME' },
  { title: 'BASELINE' },
  { title: 'DANGER' },
  { title: 'BINDINGS', align: 'right' },
  { title: 'BOUND TO' },
];

export function* printRoleList(roles: readonly RoleEntry[], paint: Painter): Generator<string> {
  // Where no Role is listed, nothing has a namespace.
  const skipped = roles.some(({ namespace }) => namespace !== undefined) ? 0 : 1;
  const rows = roles.map((role) => toRow(role).slice(skipped));
  for (const line of layoutTable(columns.slice(skipped), rows, paint)) yield `${line}\n`;
}

function toRow(role: RoleEntry): readonly Cell[] {
  return [
    role.namespace ?? '',
    role.kind,
    role.name,
    colourStatus(role),
    colourDanger(role),
    role.bindings === undefined ? '?' : String(role.bindings.length),
    role.bindings === undefined ? '?' : summarizeSubjects(role.bindings),
  ];
}

function colourDanger({ danger }: RoleEntry): Cell {
  if (danger === undefined) return '-';
  return danger === 'unknown' ? '?' : { text: danger.severity, colour: severityColours[danger.severity] };
}

const severityColours: Readonly<Record<Severity, Colour>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'blue',
  info: 'dim',
};

const statusColours: Readonly<Partial<Record<RoleEntry['comparison']['status'], Colour>>> = {
  unchanged: 'green',
  changed: 'red',
  impostor: 'red',
  missing: 'yellow',
  unknown: 'yellow',
};

function colourStatus(role: RoleEntry): Cell {
  const colour = statusColours[role.comparison.status];
  return colour === undefined ? statusWord(role) : { text: statusWord(role), colour };
}

function summarizeSubjects(bindings: readonly BindingEntry[]): string {
  const names = bindings.flatMap((binding) => binding.subjects.map((subject) => nameSubject(subject, binding)));
  return summarize([...new Set(names)], mostSubjects);
}

/** The shape that others parse. */
interface JsonRole {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `notPredefined`, `unchanged`, `changed`, `missing`, `impostor` or `unknown`. */
  readonly baseline: string;
  readonly message: string;
  /** By the worst permission that it holds; absent where it holds none that is dangerous, `unknown` where it may. */
  readonly danger?: { readonly severity: Severity; readonly permissions: readonly string[] } | 'unknown';
  readonly drift?: JsonDrift;
  /** Absent where they are not known: the message of `baseline` says why. */
  readonly rules?: readonly PolicyRule[];
  /** Names of the ClusterRoles whose rules it gathers. */
  readonly gathers?: readonly string[];
  /** Absent where bindings could not be read. */
  readonly bindings?: readonly (Omit<BindingEntry, 'status' | 'subjects'> & {
    readonly baseline: string;
    readonly subjects: readonly RbacSubject[];
  })[];
}

interface JsonDrift {
  /** The smallest rules that it has more, `from` a ClusterRole or another minor version. */
  readonly added: readonly { readonly rule: PolicyRule; readonly from?: string }[];
  readonly removed: readonly PolicyRule[];
  readonly addedSelectors: readonly LabelSelector[];
  readonly removedSelectors: readonly LabelSelector[];
}

/**
 * @param minor of the cluster, where it is known
 * @param missing what could not be read, in sentences
 */
export function printRolesJson(
  roles: readonly RoleEntry[],
  minor: number | undefined,
  missing: readonly string[],
): string {
  return `${printableJson(JSON.stringify({ roles: roles.map((role) => toJson(role, minor)), missing }, undefined, 2))}\n`;
}

function toJson(role: RoleEntry, minor: number | undefined): JsonRole {
  const { kind, namespace, name, labels, comparison, danger, rules, gathers, bindings } = role;
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    labels,
    baseline: comparison.status,
    message: explainStatus(role, minor),
    ...(danger && { danger }),
    ...(comparison.status === 'changed' && { drift: toJsonDrift(comparison) }),
    ...('malformed' in rules ? {} : { rules }),
    ...(gathers && { gathers }),
    ...(bindings && { bindings: bindings.map(({ status, ...binding }) => ({ ...binding, baseline: status })) }),
  };
}

function toJsonDrift({
  added,
  removed,
  addedSelectors,
  removedSelectors,
}: Extract<RoleEntry['comparison'], { readonly status: 'changed' }>): JsonDrift {
  return {
    added: added.map(({ rule, from }) => ({
      rule,
      ...(from && { from: 'minor' in from ? `Kubernetes 1.${from.minor}` : `ClusterRole ${from.clusterRole}` }),
    })),
    removed,
    addedSelectors,
    removedSelectors,
  };
}
