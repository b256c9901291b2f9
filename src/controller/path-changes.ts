/**
 * Who can become what, and get into which pods, changes with whole kinds and yet hardly ever: it is compared with what it
 * was, so that only the namespaces are judged again in which somebody stands differently.
 */
import { namespacesOf } from '../core/judge.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { adminPathsByNamespace } from '../rbac/admin-paths.ts';
import { execReachByNamespace } from '../rbac/exec-reach.ts';

export class PathChanges {
  /** Who of each namespace could become cluster-admin. */
  #adminPaths: ReadonlyMap<string, string> = new Map();
  /** Who could get into pods of each namespace by its own RoleBindings, and under `''` into those of all. */
  #execReach: ReadonlyMap<string, string> = new Map();

  /** @returns the namespaces in which something is not as it was the last time; bindings may name others, which are not there */
  take(snapshot: Snapshot): readonly string[] {
    const [paths, reach] = [this.#adminPaths, this.#execReach];
    this.#adminPaths = adminPathsByNamespace(snapshot);
    this.#execReach = execReachByNamespace(snapshot);
    const moved = new Set([...findDifferent(paths, this.#adminPaths), ...findDifferent(reach, this.#execReach)]);
    return namespacesOf(snapshot).filter((namespace) => moved.has('') || moved.has(namespace));
  }
}

function* findDifferent(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): Generator<string> {
  for (const key of new Set([...one.keys(), ...other.keys()])) if (one.get(key) !== other.get(key)) yield key;
}
