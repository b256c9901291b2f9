/**
 * Where it came to be others who may get into pods, or how far they are from cluster-admin: only that is looked at which is
 * not the same object as the last time.
 */
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { adminPathsOf } from './admin-paths.ts';
import type { AdminPaths } from './admin-paths.ts';
import { entryIndex } from './entry-index.ts';
import type { Entry } from './entry-index.ts';
import { isIdentityKey } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { execReachOf } from './exec-reach.ts';

/** What was known of a namespace, or under `''` of ClusterRoleBindings. */
interface Seen {
  readonly entries: readonly Entry[];
  /** In a form to compare. */
  readonly text: string;
}

export class ReachChanges {
  readonly #seen = new Map<string, Seen>();

  /**
   * @param elsewhere who stands otherwise than the last time
   * @returns the namespaces by whose RoleBindings others get in than the last time; `''` for ClusterRoleBindings
   */
  take(snapshot: Snapshot, elsewhere: Iterable<NodeKey>): ReadonlySet<string> {
    if (!isReadable(snapshot.observation('EscalationPaths'))) {
      const all = new Set(this.#seen.keys());
      this.#seen.clear();
      return all;
    }
    const index = snapshot.derive(entryIndex);
    const paths = adminPathsOf(snapshot);
    const reach = execReachOf(snapshot);
    const suspects = new Set<string>();
    for (const namespace of new Set([...this.#seen.keys(), ...index.namespaces()])) {
      if (this.#seen.get(namespace)?.entries !== index.in(namespace)) suspects.add(namespace);
    }
    for (const who of elsewhere) {
      if (isIdentityKey(who)) for (const namespace of index.of(who).keys()) suspects.add(namespace);
    }
    const moved = new Set<string>();
    for (const namespace of suspects) {
      const text = describe(reach.ownOf(namespace), paths);
      if ((this.#seen.get(namespace)?.text ?? '') !== text) moved.add(namespace);
      const entries = index.in(namespace);
      if (entries.length === 0) this.#seen.delete(namespace);
      else this.#seen.set(namespace, { entries, text });
    }
    return moved;
  }
}

function describe(entries: readonly Entry[], { reaching }: AdminPaths): string {
  const lines = entries.map(({ who, by, pods = [], nodes = [] }) =>
    JSON.stringify([who, by, pods, nodes, reaching.get(who)]),
  );
  return lines.sort().join('\n');
}
