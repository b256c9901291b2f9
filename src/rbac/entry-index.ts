/**
 * Who is let into running pods by which bindings. Kept up to date, and what did not change stays the same object: whoever
 * remembers what somebody's entries were sees at once that they still are.
 */
import { compareBindings, keyOfBoundRole } from '../core/object-snapshot.ts';
import { isBindingKind, isRoleKind } from '../core/rbac-kinds.ts';
import { readOr } from '../core/shape.ts';
import type { BoundRole, Derivation, ObjectChange, Snapshot } from '../core/snapshot.ts';
import { namespaceOf } from './authorizer.ts';
import type { Grant } from './authorizer.ts';
import { isOfUse } from './capabilities.ts';
import type { Capability } from './capabilities.ts';
import { entryRoles } from './entry-roles.ts';
import { identityOf, keyOfIdentity } from './identity.ts';
import type { IdentityKey } from './identity.ts';
import { predefinedTest } from './predefined-grants.ts';
import { MASTERS } from './request.ts';
import { principalOf } from './subject-matching.ts';

/** Somebody may get into pods: into those of the grant's namespace, or of each, where it is a ClusterRoleBinding. */
export interface Entry {
  readonly who: IdentityKey;
  readonly grant: Grant;
  /** The first thing that lets them in: `create pods/exec`. */
  readonly by: string;
  /** The index of the rule in the role. */
  readonly rule: number;
  /** Into pods of these names alone. */
  readonly pods?: readonly string[];
  /** Into pods on these nodes alone. */
  readonly nodes?: readonly string[];
}

export type EntriesByNamespace = ReadonlyMap<string, readonly Entry[]>;

const NO_ENTRIES: readonly Entry[] = [];
const NOWHERE: EntriesByNamespace = new Map();

/** Without whom Kubernetes itself lets in. */
export class EntryIndex {
  readonly #byBinding = new Map<BoundRole['binding'], readonly Entry[]>();
  /** By namespace, which is empty for ClusterRoleBindings. */
  readonly #byNamespace = new Map<string, Set<Entry>>();
  readonly #byWho = new Map<IdentityKey, Set<Entry>>();
  /** What was asked for, until something of it changes. */
  readonly #ofNamespaces = new Map<string, readonly Entry[]>();
  readonly #ofWho = new Map<IdentityKey, EntriesByNamespace>();

  /** By RoleBindings of a namespace, or where it is empty by ClusterRoleBindings. */
  in(namespace: string): readonly Entry[] {
    const known = this.#ofNamespaces.get(namespace);
    if (known !== undefined) return known;
    const found = inOrder(this.#byNamespace.get(namespace) ?? NO_ENTRIES);
    this.#ofNamespaces.set(namespace, found);
    return found;
  }

  /** What lets somebody in, by namespace, which is empty for ClusterRoleBindings. */
  of(who: IdentityKey): EntriesByNamespace {
    const known = this.#ofWho.get(who);
    if (known !== undefined) return known;
    const entries = this.#byWho.get(who);
    if (entries === undefined) return NOWHERE;
    const found = Map.groupBy(inOrder(entries), ({ grant }) => namespaceOf(grant.bound));
    this.#ofWho.set(who, found);
    return found;
  }

  /** Where somebody may get in; empty for everywhere. */
  namespaces(): Iterable<string> {
    return this.#byNamespace.keys();
  }

  /** In place of what was known of the binding. */
  set(bound: BoundRole, ways: readonly Capability[], isPredefined: (grant: Grant) => boolean): void {
    this.delete(bound);
    const entries = [...entriesBy(bound, ways, isPredefined)];
    if (entries.length === 0) return;
    this.#byBinding.set(bound.binding, entries);
    for (const entry of entries) {
      addTo(this.#byNamespace, namespaceOf(bound), entry);
      addTo(this.#byWho, entry.who, entry);
    }
    this.#forget(bound, entries);
  }

  delete(bound: BoundRole): void {
    const entries = this.#byBinding.get(bound.binding);
    if (entries === undefined) return;
    this.#byBinding.delete(bound.binding);
    for (const entry of entries) {
      deleteFrom(this.#byNamespace, namespaceOf(bound), entry);
      deleteFrom(this.#byWho, entry.who, entry);
    }
    this.#forget(bound, entries);
  }

  #forget(bound: BoundRole, entries: readonly Entry[]): void {
    this.#ofNamespaces.delete(namespaceOf(bound));
    for (const { who } of entries) this.#ofWho.delete(who);
  }
}

function addTo<Key>(index: Map<Key, Set<Entry>>, key: Key, entry: Entry): void {
  const some = index.get(key);
  if (some === undefined) index.set(key, new Set([entry]));
  else some.add(entry);
}

function deleteFrom<Key>(index: Map<Key, Set<Entry>>, key: Key, entry: Entry): void {
  const some = index.get(key);
  some?.delete(entry);
  if (some?.size === 0) index.delete(key);
}

/** The same on every machine: which of them is named must not depend on which role was read first. */
function inOrder(entries: Iterable<Entry>): readonly Entry[] {
  return [...entries].sort((a, b) => compareBindings(a.grant.bound, b.grant.bound));
}

function* entriesBy(
  bound: BoundRole,
  ways: readonly Capability[],
  isPredefined: (grant: Grant) => boolean,
): Generator<Entry> {
  const namespace = namespaceOf(bound);
  const found = limitsOf(ways.filter((one) => isOfUse(one, namespace)));
  if (found.length === 0) return;
  // Whom nobody can read is among the doubts.
  const subjects = readOr(
    () => (bound.binding.subjects ?? []).map((subject) => ({ subject, principal: principalOf(subject, namespace) })),
    () => [],
  );
  const seen = new Set<IdentityKey>();
  for (const { subject, principal } of subjects) {
    if (principal === undefined) continue;
    const who = keyOfIdentity(identityOf(principal));
    const grant: Grant = { bound, subject };
    // Who is named twice is meant by the first of them.
    if (seen.has(who) || who === `group:${MASTERS}` || isPredefined(grant)) continue;
    seen.add(who);
    for (const one of found) yield { who, grant, ...one };
  }
}

/** What is not limited by names takes the place of what is. */
function limitsOf(held: readonly Capability[]): readonly Omit<Entry, 'who' | 'grant'>[] {
  const whole = held.find(({ names }) => names === undefined);
  if (whole !== undefined) return [{ by: whole.example, rule: whole.rule }];
  const [nodes, pods] = [true, false].map((isOfNodes) =>
    held.filter(({ permission }) => (permission === 'nodes-proxy') === isOfNodes),
  );
  const limited = (some: readonly Capability[] = [], of: 'pods' | 'nodes') =>
    some.slice(0, 1).map(({ example, rule }) => ({
      by: example,
      rule,
      [of]: [...new Set(some.flatMap(({ names = [] }) => names))],
    }));
  return [...limited(pods, 'pods'), ...limited(nodes, 'nodes')];
}

export const entryIndex: Derivation<EntryIndex> = {
  reads: ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ServerVersion'],
  source: 'EscalationPaths',
  build(snapshot) {
    const index = new EntryIndex();
    const isPredefined = predefinedTest(snapshot);
    // Few roles let anybody in, so that few bindings need a look.
    for (const { key, ways } of snapshot.derive(entryRoles).list()) {
      for (const bound of snapshot.bindingsOf(key)) index.set(bound, ways, isPredefined);
    }
    return index;
  },
  update(index, changes, snapshot) {
    const roles = snapshot.derive(entryRoles);
    const isPredefined = predefinedTest(snapshot);
    for (const { bound, isGone } of changes.flatMap((change) => [...boundBy(change, snapshot)])) {
      if (isGone) index.delete(bound);
      else index.set(bound, roles.waysOf(keyOfBoundRole(bound)), isPredefined);
    }
    return index;
  },
};

interface ChangedBinding {
  readonly bound: BoundRole;
  readonly isGone: boolean;
}

/** Bindings that came, went or changed, and those of a role that did. */
function* boundBy({ kind, before, after }: ObjectChange, snapshot: Snapshot): Generator<ChangedBinding> {
  if (isBindingKind(kind)) {
    if (before !== undefined) yield { bound: { kind, binding: before as BoundRole['binding'] }, isGone: true };
    if (after !== undefined) yield { bound: { kind, binding: after as BoundRole['binding'] }, isGone: false };
    return;
  }
  const role = after ?? before;
  if (!isRoleKind(kind) || role === undefined) return;
  const { name, namespace = '' } = role.metadata;
  for (const bound of snapshot.bindingsOf({ kind, namespace, name })) yield { bound, isGone: false };
}
