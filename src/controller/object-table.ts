/** Objects by kind, namespace and name. */
import { allKindNames } from '../core/kinds.ts';
import type { KindName, ObjectOf } from '../core/kinds.ts';

/** By namespace, empty for what has none, then by name. */
type Objects<K extends KindName> = Map<string, Map<string, ObjectOf<K>>>;

export class ObjectTable {
  readonly #objects: { readonly [K in KindName]: Objects<K> };

  constructor() {
    this.#objects = Object.fromEntries(allKindNames.map((kind) => [kind, new Map()])) as unknown as {
      readonly [K in KindName]: Objects<K>;
    };
  }

  get<K extends KindName>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined {
    return this.#of(kind).get(namespace)?.get(name);
  }

  /** @param namespace undefined for all */
  list<K extends KindName>(kind: K, namespace?: string): Iterable<ObjectOf<K>> {
    const objects = this.#of(kind);
    return namespace === undefined ? allOf(objects) : (objects.get(namespace)?.values() ?? []);
  }

  put<K extends KindName>(kind: K, object: ObjectOf<K>): void {
    const { namespace = '', name } = object.metadata;
    const objects = this.#of(kind);
    const byName = objects.get(namespace);
    if (byName === undefined) objects.set(namespace, new Map([[name, object]]));
    else byName.set(name, object);
  }

  delete(kind: KindName, namespace: string, name: string): void {
    const objects = this.#of(kind);
    const byName = objects.get(namespace);
    byName?.delete(name);
    if (byName?.size === 0) objects.delete(namespace);
  }

  #of<K extends KindName>(kind: K): Objects<K> {
    return this.#objects[kind];
  }
}

function* allOf<K extends KindName>(objects: Objects<K>): Generator<ObjectOf<K>> {
  for (const byName of objects.values()) yield* byName.values();
}
