/**
 * Who can become what, and get into which pods, changes with whole kinds and yet hardly ever: it is compared with what it
 * was, so that only the namespaces are judged again in which somebody stands differently.
 */
import { namespacesOf } from '../core/judge.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { adminPathsByNamespace } from '../rbac/admin-paths.ts';
import { ReachChanges } from '../rbac/reach-changes.ts';

export class PathChanges {
  /** Who of each namespace could become cluster-admin. */
  #adminPaths: ReadonlyMap<string, string> = new Map();
  readonly #reach = new ReachChanges();

  /** @returns the namespaces in which something is not as it was the last time; bindings may name others, which are not there */
  take(snapshot: Snapshot): readonly string[] {
    const before = this.#adminPaths;
    this.#adminPaths = adminPathsByNamespace(snapshot);
    const moved = new Set([...findDifferent(before, this.#adminPaths), ...this.#reach.take(snapshot)]);
    return moved.size === 0 ? [] : namespacesOf(snapshot).filter((namespace) => moved.has('') || moved.has(namespace));
  }
}

function* findDifferent(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): Generator<string> {
  if (one === other) return;
  for (const key of new Set([...one.keys(), ...other.keys()])) if (one.get(key) !== other.get(key)) yield key;
}
