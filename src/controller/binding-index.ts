/** The bindings of a cluster by the role that they refer to, as objects come and go. */
import type { KindName, ObjectOf } from '../core/kinds.ts';
import { compareBindings, keyOfBoundRole, keyOfRole } from '../core/object-snapshot.ts';
import { isBindingKind } from '../core/rbac-kinds.ts';
import type { BindingKind, RoleKind } from '../core/rbac-kinds.ts';
import type { BoundRole, RoleKey } from '../core/snapshot.ts';

export class BindingIndex {
  readonly #byRole = new Map<string, Map<string, BoundRole>>();

  /** Takes note of an object that came in place of another; of other kinds it keeps nothing. */
  replace<K extends KindName>(kind: K, before: ObjectOf<K> | undefined, after: ObjectOf<K> | undefined): void {
    if (!isBindingKind(kind)) return;
    if (before !== undefined) this.#remove(toBound(kind, before));
    if (after !== undefined) this.#add(toBound(kind, after));
  }

  /** In the order of `compareBindings`. */
  of(role: RoleKey): readonly BoundRole[] {
    return [...this.#at(keyOfRole(role))].sort(compareBindings);
  }

  /** The bindings that an object has to do with: a binding with itself, a role with those that refer to it. */
  concernedBy(kind: RoleKind | BindingKind, object: ObjectOf<KindName>): readonly BoundRole[] {
    if (isBindingKind(kind)) return [toBound(kind, object)];
    const { name, namespace = '' } = object.metadata;
    return [...this.#at(keyOfRole({ kind, namespace, name }))];
  }

  #at(key: string): Iterable<BoundRole> {
    return this.#byRole.get(key)?.values() ?? [];
  }

  #add(bound: BoundRole): void {
    const key = keyOfBoundRole(bound);
    const bindings = this.#byRole.get(key) ?? new Map<string, BoundRole>();
    this.#byRole.set(key, bindings);
    bindings.set(keyOfBinding(bound), bound);
  }

  #remove(bound: BoundRole): void {
    const key = keyOfBoundRole(bound);
    const bindings = this.#byRole.get(key);
    bindings?.delete(keyOfBinding(bound));
    if (bindings?.size === 0) this.#byRole.delete(key);
  }
}

/** @param object a binding of that kind */
export function toBound(kind: BindingKind, object: ObjectOf<KindName>): BoundRole {
  return { kind, binding: object as BoundRole['binding'] };
}

function keyOfBinding({ kind, binding }: BoundRole): string {
  return `${kind}/${binding.metadata.namespace ?? ''}/${binding.metadata.name}`;
}
