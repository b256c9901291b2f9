/** The roles that somebody holds, or would hold once they are bound, and the permissions in them. */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { compareBindings } from '../core/object-snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import type { Authorizer, Grant } from './authorizer.ts';
import {
  findCapabilities,
  findEnablers,
  findJoinedCreates,
  grantsEverything,
  holdsNamedCreate,
  isEverything,
  isOfUse,
} from './capabilities.ts';
import { EVERYWHERE, roleNode } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import type { Held } from './step.ts';
import { requesterOf } from './identity.ts';
import type { Identity } from './identity.ts';

/** What somebody holds by one role. */
export interface HeldRole {
  readonly role: string;
  /** Empty for everywhere. */
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
  /** Undefined where it is not known whether there is such a role. */
  readonly isThere: boolean | undefined;
  readonly grant: Grant | undefined;
  /** By its own name, and not by that of a group. */
  readonly isOwn: boolean;
}

/** A permission, and what grants it. */
export interface HeldByGrant extends Held {
  /** Undefined for what a role would grant once it is bound. */
  readonly grant: Grant | undefined;
  /** The index of the rule in the role. */
  readonly rule: number;
}

/**
 * By their own name, and by the groups that the API server puts them in; always in the same order, because of several
 * grants of the same the first is named.
 */
export function* rolesHeldBy(identity: Identity, authorizer: Authorizer): Generator<HeldRole> {
  const { user, groups } = requesterOf(identity);
  const principals = [{ name: user, isGroup: false }, ...groups.map((name) => ({ name, isGroup: true }))];
  // Who holds nothing by their own name has no steps of their own: those of the narrowest of their groups are all theirs.
  for (const principal of principals) {
    const isOwn = identity.type === 'Group' ? principal.name === identity.name : !principal.isGroup;
    for (const [namespace, grants] of inOrder(authorizer.grantsTo(principal))) {
      for (const grant of grants.toSorted((a, b) => compareBindings(a.bound, b.bound))) {
        const { kind, name } = grant.bound.binding.roleRef;
        const found = authorizer.rulesOfBinding(grant.bound);
        const isThere = found?.doubt === undefined ? found !== undefined : undefined;
        yield { role: `${kind}/${name}`, namespace, rules: found?.rules ?? [], isThere, grant, isOwn };
      }
    }
  }
}

/** ClusterRoleBindings first. */
export function inOrder<T>(byNamespace: ReadonlyMap<string, T>): Iterable<readonly [string, T]> {
  return byNamespace.size < 2 ? byNamespace : [...byNamespace].sort(([a], [b]) => compareText(a, b));
}

/** The nodes of roles that a node stands for, each with the role itself. */
export function* rolesBehind(
  node: NodeKey,
  authorizer: Authorizer,
  snapshot: Snapshot,
): Generator<readonly [NodeKey, readonly HeldRole[]]> {
  if (node.startsWith('roles:')) {
    const namespace = node.slice('roles:'.length);
    for (const { metadata } of snapshot.list('Role', namespace === EVERYWHERE ? undefined : namespace)) {
      yield [roleNode('Role', metadata.namespace ?? '', metadata.name), roleBehind('Role', metadata, authorizer)];
    }
    return;
  }
  const [kind, namespace = '', name = ''] = node.slice('role:'.length).split('/');
  if (kind === 'ClusterRole') yield [node, roleBehind(kind, { namespace, name }, authorizer)];
  else if (namespace !== EVERYWHERE) yield [node, roleBehind('Role', { namespace, name }, authorizer)];
  else {
    for (const { metadata } of snapshot.list('Role')) {
      if (metadata.name !== name) continue;
      yield [roleNode('Role', metadata.namespace ?? '', name), roleBehind('Role', metadata, authorizer)];
    }
  }
}

function roleBehind(
  kind: 'Role' | 'ClusterRole',
  { namespace = '', name }: { readonly namespace?: string; readonly name: string },
  authorizer: Authorizer,
): readonly HeldRole[] {
  const rules = authorizer.resolve({ kind, name }, namespace)?.rules;
  if (rules === undefined) return [];
  return [{ role: `${kind}/${name}`, namespace, rules, isThere: true, grant: undefined, isOwn: true }];
}

export function findHeld(roles: readonly HeldRole[], minorVersion: number): readonly HeldByGrant[] {
  return roles.flatMap((role) => [...holdingsOf(role, minorVersion), ...joinedHoldingsOf(role, roles, minorVersion)]);
}

function* holdingsOf({ namespace, rules, grant }: HeldRole, minorVersion: number): Generator<HeldByGrant> {
  // By RoleBindings everywhere is as good as everywhere, for what is of use in a namespace at all.
  const held = namespace === EVERYWHERE ? '' : namespace;
  if (namespace === '' && grantsEverything(rules)) {
    const rule = rules.findIndex(isEverything);
    yield { permission: 'everything', namespace: held, names: undefined, example: 'everything', grant, rule };
  }
  for (const capabilities of [findCapabilities(rules, { minorVersion }), findEnablers(rules, { minorVersion })]) {
    for (const capability of capabilities) {
      if (!isOfUse(capability, namespace)) continue;
      const { permission, rule, names, example } = capability;
      yield { permission, namespace: held, names, example, grant, rule };
    }
  }
}

/** What one role lets somebody create by name, and another write: where both are held. */
function* joinedHoldingsOf(
  { namespace, rules, grant }: HeldRole,
  roles: readonly HeldRole[],
  minorVersion: number,
): Generator<HeldByGrant> {
  if (!holdsNamedCreate(rules)) return;
  const told = new Set<string>();
  for (const other of roles) {
    const place = other.rules === rules ? undefined : placeOfBoth(namespace, other.namespace);
    if (place === undefined) continue;
    for (const capability of findJoinedCreates(rules, other.rules, { minorVersion })) {
      const { permission, rule, names, example } = capability;
      const key = `${place} ${permission} ${rule} ${names?.join() ?? ''}`;
      if (!isOfUse(capability, place) || told.has(key)) continue;
      told.add(key);
      yield { permission, namespace: place === EVERYWHERE ? '' : place, names, example, grant, rule };
    }
  }
}

/** Where both are held of what is held in two places. */
function placeOfBoth(one: string, other: string): string | undefined {
  if (one === other || other === '') return one;
  if (one === '' || one === EVERYWHERE) return other;
  return other === EVERYWHERE ? one : undefined;
}
