/** Every role that there is, or that Kubernetes would create, beside the baseline, with who is bound to it. */
import type { RoleKind } from '../core/rbac-kinds.ts';
import type { ObjectOf } from '../core/kinds.ts';
import type { PolicyRule, RbacSubject } from '../core/rbac-shape.ts';
import { readOr } from '../core/shape.ts';
import type { MalformedField } from '../core/shape.ts';
import { isReadable, NotObserved } from '../core/snapshot.ts';
import type { BoundRole, Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import { directSources } from './aggregation.ts';
import { findMissing } from './predefined.ts';
import { compareBinding } from './predefined/binding-drift.ts';
import type { BindingComparison } from './predefined/binding-drift.ts';
import { compareRole } from './predefined/role-drift.ts';
import type { RoleComparison } from './predefined/role-drift.ts';
import type { ClusterMinor } from './predefined/select-baseline.ts';
import type { RoleDanger, RoleGrader } from './role-danger.ts';

export interface RoleEntry {
  readonly kind: RoleKind;
  /** Absent for a ClusterRole. */
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly comparison: RoleComparison | { readonly status: 'missing' };
  /** Why they are not known, in place of rules that a file holds in a wrong form. */
  readonly rules: readonly PolicyRule[] | { readonly malformed: string };
  /** The ClusterRoles whose rules it gathers; undefined where it gathers none. */
  readonly gathers?: readonly string[];
  /** Undefined where bindings could not be read. */
  readonly bindings?: readonly BindingEntry[];
  /** Undefined where nothing of it is dangerous. */
  readonly danger?: RoleDanger | 'unknown';
}

export interface BindingEntry {
  readonly kind: BoundRole['kind'];
  readonly namespace?: string;
  readonly name: string;
  readonly status: BindingComparison['status'];
  readonly subjects: readonly RbacSubject[];
}

export interface InventoryOptions {
  /** Of the cluster; undefined where it is not known. */
  readonly minor: ClusterMinor;
  /** Whose Roles are listed besides ClusterRoles, and whose RoleBindings count; `all`, or one, or ClusterRoles alone. */
  readonly namespaces: 'all' | 'none' | { readonly only: string };
  /** How dangerous rules are. */
  readonly grade: RoleGrader;
}

/** @returns what could be read, ClusterRoles first, by namespace and name */
export function listRoles(snapshot: Snapshot, options: InventoryOptions): readonly RoleEntry[] {
  const { namespaces, minor } = options;
  const clusterRoles = isReadable(snapshot.observation('ClusterRole')) ? [...snapshot.list('ClusterRole')] : [];
  const roles =
    namespaces === 'none' || !isReadable(snapshot.observation('Role'))
      ? []
      : [...snapshot.list('Role', namespaces === 'all' ? undefined : namespaces.only)];
  const entries = [
    ...clusterRoles.map((role) => toEntry('ClusterRole', role, snapshot, options)),
    ...roles.map((role) => toEntry('Role', role, snapshot, options)),
    ...(minor === undefined || !snapshot.isWholeCluster ? [] : listMissing(minor, snapshot, options)),
  ];
  return entries.sort(
    (a, b) =>
      compareText(a.kind, b.kind) || compareText(a.namespace ?? '', b.namespace ?? '') || compareText(a.name, b.name),
  );
}

function toEntry(
  kind: RoleKind,
  role: ObjectOf<'ClusterRole'>,
  snapshot: Snapshot,
  { minor, namespaces, grade }: InventoryOptions,
): RoleEntry {
  const { name, namespace } = role.metadata;
  const clusterRoles = (): Iterable<ObjectOf<'ClusterRole'>> => snapshot.list('ClusterRole');
  const surroundings = { minor, isWholeCluster: snapshot.isWholeCluster, clusterRoles };
  const rules = readOr(
    () => role.rules ?? [],
    ({ message }) => ({ malformed: message }),
  );
  const bindings = readBindings(kind, namespace ?? '', name, snapshot)?.filter(
    ({ binding, kind: bindingKind }) =>
      typeof namespaces === 'string' ||
      bindingKind === 'ClusterRoleBinding' ||
      binding.metadata.namespace === namespaces.only,
  );
  const scope = kind === 'Role' || isOnlyInNamespaces(bindings) ? 'namespace' : 'cluster';
  const isAggregated = readOr(
    () => role.aggregationRule !== undefined,
    () => false,
  );
  const graded = 'malformed' in rules ? undefined : grade(rules, scope);
  // A file need not hold the rules that a cluster gathers.
  const isMore = 'malformed' in rules || (isAggregated && !snapshot.isWholeCluster);
  const danger = graded ?? (isMore ? 'unknown' : undefined);
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    labels: readOr(
      () => role.metadata.labels ?? {},
      () => ({}),
    ),
    comparison: readOr<RoleComparison, RoleComparison>(
      () => compareRole({ kind, role }, surroundings),
      ({ message }) => ({ status: 'unknown', reason: message }),
    ),
    rules,
    ...(isAggregated && { gathers: directSources(role, clusterRoles()).map((source) => source.name) }),
    ...(bindings && { bindings: bindings.map((bound) => toBinding(bound, minor)) }),
    ...(danger && { danger }),
  };
}

/** What nobody is bound to may be bound in the whole cluster. */
function isOnlyInNamespaces(bindings: readonly BoundRole[] | undefined): boolean {
  return bindings !== undefined && bindings.length > 0 && bindings.every(({ kind }) => kind === 'RoleBinding');
}

function readBindings(
  kind: RoleKind,
  namespace: string,
  name: string,
  snapshot: Snapshot,
): readonly BoundRole[] | undefined {
  try {
    return snapshot.bindingsOf({ kind, namespace, name });
  } catch (error) {
    if (error instanceof NotObserved) return undefined;
    throw error;
  }
}

function toBinding(bound: BoundRole, minor: ClusterMinor): BindingEntry {
  const { name, namespace } = bound.binding.metadata;
  return {
    kind: bound.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    status: readOr(
      () => compareBinding(bound, minor).status,
      () => 'unknown',
    ),
    subjects: readSubjects(bound),
  };
}

/** One that a file holds in a wrong form is named as such, not left out. */
function readSubjects({ binding }: BoundRole): readonly RbacSubject[] {
  const malformed = ({ path }: MalformedField): RbacSubject => ({ kind: 'malformed', name: path });
  return readOr(
    () => (binding.subjects ?? []).map((subject) => readOr(() => ({ ...subject }), malformed)),
    (error) => [malformed(error)],
  );
}

function listMissing(minor: number, snapshot: Snapshot, { namespaces }: InventoryOptions): readonly RoleEntry[] {
  const missing = findMissing(
    minor,
    ({ kind, namespace }) =>
      (kind === 'ClusterRole' && isReadable(snapshot.observation('ClusterRole'))) ||
      (kind === 'Role' &&
        isReadable(snapshot.observation('Role')) &&
        (namespaces === 'all' || (namespaces !== 'none' && namespaces.only === namespace))),
    ({ kind, namespace = '', name }) => snapshot.get(kind, namespace, name) !== undefined,
  );
  return (missing ?? []).flatMap(({ kind, namespace, name }) => {
    if (kind !== 'ClusterRole' && kind !== 'Role') return [];
    const bindings = readBindings(kind, namespace ?? '', name, snapshot);
    return {
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
      labels: {},
      comparison: { status: 'missing' as const },
      rules: [],
      ...(bindings && { bindings: bindings.map((bound) => toBinding(bound, minor)) }),
    };
  });
}
