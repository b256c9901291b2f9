/** The roles that let whoever holds them into running pods: few of all that there are. */
import type { ObjectOf } from '../core/kinds.ts';
import { keyOfRole } from '../core/object-snapshot.ts';
import { isRoleKind, roleKinds } from '../core/rbac-kinds.ts';
import type { Derivation, RoleKey, Snapshot } from '../core/snapshot.ts';
import { findCapabilities } from './capabilities.ts';
import type { Capability } from './capabilities.ts';
import type { PermissionId } from './permission-catalogue.ts';
import { rulesOfRole } from './role-rules.ts';

const ways: readonly PermissionId[] = ['pods-exec', 'ephemeral-containers', 'nodes-proxy'];

export interface EntryRole {
  readonly key: RoleKey;
  readonly ways: readonly Capability[];
}

const NO_WAYS: readonly Capability[] = [];

class EntryRoles {
  readonly #byKey = new Map<string, EntryRole>();

  list(): Iterable<EntryRole> {
    return this.#byKey.values();
  }

  /** @param role its key */
  waysOf(role: string): readonly Capability[] {
    return this.#byKey.get(role)?.ways ?? NO_WAYS;
  }

  add(kind: RoleKey['kind'], role: ObjectOf<'ClusterRole'>, snapshot: Snapshot): void {
    const { rules } = rulesOfRole(role, snapshot);
    const held = findCapabilities(rules, { minorVersion: snapshot.podSecurityVersion() });
    const key = keyOf(kind, role);
    if (held.some(isWay)) this.#byKey.set(keyOfRole(key), { key, ways: held.filter(isWay) });
  }

  remove(kind: RoleKey['kind'], role: ObjectOf<'ClusterRole'>): void {
    this.#byKey.delete(keyOfRole(keyOf(kind, role)));
  }
}

function isWay({ permission }: Capability): boolean {
  return ways.includes(permission);
}

function keyOf(kind: RoleKey['kind'], { metadata: { name, namespace = '' } }: ObjectOf<'ClusterRole'>): RoleKey {
  return { kind, namespace, name };
}

/** Kept up to date, because every change of anything asks for all of them. */
export const entryRoles: Derivation<EntryRoles> = {
  reads: [...roleKinds, 'ServerVersion'],
  build(snapshot) {
    const found = new EntryRoles();
    for (const kind of roleKinds) for (const role of snapshot.list(kind)) found.add(kind, role, snapshot);
    return found;
  },
  update(found, changes, snapshot) {
    for (const { kind, before, after } of changes) {
      if (!isRoleKind(kind)) continue;
      if (before !== undefined) found.remove(kind, before);
      if (after !== undefined) found.add(kind, after, snapshot);
    }
    return found;
  },
};
