/**
 * Who can become what, and get into which pods, changes with whole kinds and yet hardly ever: it is compared with what it
 * was, so that only the namespaces are judged again in which somebody stands differently.
 */
import { namespacesOf } from '../core/judge.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { ReachChanges } from '../rbac/reach-changes.ts';
import { Standings } from '../rbac/standing-changes.ts';

export class PathChanges {
  readonly #standings = new Standings();
  readonly #reach = new ReachChanges();

  /** @returns the namespaces in which something is not as it was the last time; bindings may name others, which are not there */
  take(snapshot: Snapshot): readonly string[] {
    const { namespaces, identities } = this.#standings.take(snapshot);
    const moved = new Set([...namespaces, ...this.#reach.take(snapshot, identities)]);
    if (moved.size === 0) return [];
    return namespacesOf(snapshot).filter((namespace) => moved.has('') || moved.has(namespace));
  }
}
