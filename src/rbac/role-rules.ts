/**
 * The rules that a binding grants, as far as they can be known: in a cluster they are what is stored, in files a role may
 * be missing, unreadable, or one that only a cluster fills in.
 */
import type { ObjectOf } from '../core/kinds.ts';
import type { PolicyRule, RoleRef } from '../core/rbac-shape.ts';
import { isRoleKind } from '../core/rbac-kinds.ts';
import { hasMalformedField } from '../core/project.ts';
import { readOr } from '../core/shape.ts';
import type { MalformedField } from '../core/shape.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { isFilledLater } from './rule-matching.ts';

export interface RoleRules {
  readonly rules: readonly PolicyRule[];
  /** Why it may grant more than these. */
  readonly doubt?: string;
}

/**
 * @param namespace of the binding
 * @returns undefined where a cluster has no such role
 * @throws {NotObserved}
 */
export function resolveRole(
  roleRef: Pick<RoleRef, 'kind' | 'name'>,
  namespace: string,
  snapshot: Snapshot,
): RoleRules | undefined {
  return readOr(() => {
    const { kind, name } = roleRef;
    const role = findRole(kind, name, namespace, snapshot);
    if (role !== undefined) return rulesOfRole(role, snapshot);
    if (snapshot.isWholeCluster || !isRoleKind(kind)) return undefined;
    return { rules: [], doubt: `${kind} ${JSON.stringify(name)} is not among the files` };
  }, unreadableReference);
}

/** Of a role that grants something and is not among the files: whose it is; undefined for all others. */
export function describeAssumedRole(
  { kind, name }: Pick<RoleRef, 'kind' | 'name'>,
  namespace: string,
  snapshot: Snapshot,
): string | undefined {
  const { assumed } = snapshot;
  const role = assumed === undefined ? undefined : findRole(kind, name, namespace, snapshot);
  if (assumed === undefined || role === undefined || !assumed.objects.has(role)) return undefined;
  return `${kind} ${JSON.stringify(name)} is not among the files and taken as ${assumed.by} makes it`;
}

export function unreadableReference({ message }: MalformedField): RoleRules {
  return { rules: [], doubt: `a reference to a role cannot be read: ${message}` };
}

function findRole(
  kind: string,
  name: string,
  namespace: string,
  snapshot: Snapshot,
): ObjectOf<'ClusterRole'> | undefined {
  if (kind === 'ClusterRole') return snapshot.get('ClusterRole', '', name);
  return kind === 'Role' ? snapshot.get('Role', namespace, name) : undefined;
}

const ofFiles = new WeakMap<object, RoleRules>();

/** The rules of a role, of a Role as well. */
export function rulesOfRole(role: ObjectOf<'ClusterRole'>, snapshot: Snapshot): RoleRules {
  // An API server stores nothing malformed, and what it stores is what counts.
  if (snapshot.isWholeCluster) return { rules: role.rules ?? NO_RULES };
  let known = ofFiles.get(role);
  if (known === undefined) ofFiles.set(role, (known = readRules(role, snapshot)));
  return known;
}

const NO_RULES: readonly PolicyRule[] = [];

function readRules(role: ObjectOf<'ClusterRole'>, snapshot: Snapshot): RoleRules {
  const name = readOr(
    () => JSON.stringify(role.metadata.name),
    () => 'without a name',
  );
  const rules = readOr(
    () => role.rules ?? NO_RULES,
    ({ message }) => message,
  );
  if (typeof rules === 'string') return { rules: NO_RULES, doubt: `role ${name} cannot be read: ${rules}` };
  const readable = rules.filter((rule) => !hasMalformedField(rule));
  if (readable.length < rules.length) {
    return { rules: readable, doubt: `role ${name} has rules that cannot be read` };
  }
  const { assumed } = snapshot;
  if (assumed?.objects.has(role) === true) {
    const isOpen = role.aggregationRule !== undefined;
    return isOpen ? { rules, doubt: `a cluster may add to ClusterRole ${name} of ${assumed.by}` } : { rules };
  }
  return isFilledLater(role, snapshot)
    ? { rules: NO_RULES, doubt: `ClusterRole ${name} has the rules of others, which only a cluster fills in` }
    : { rules };
}
