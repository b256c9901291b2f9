/** A cluster that is larger than what paths are looked for in, small enough for a test. */
import type { Derivation, Snapshot } from '../../src/core/snapshot.ts';
import { EscalationGraph, escalationPaths } from '../../src/rbac/escalation-graph.ts';

/** @param mostNodes of the escalation graph, the destination included */
export function boundPaths(snapshot: Snapshot, mostNodes: number): Snapshot {
  const graph = new EscalationGraph(snapshot, mostNodes);
  const made = new Map<Derivation<unknown>, unknown>([[escalationPaths, graph]]);
  return {
    ...snapshot,
    derive<T>(derivation: Derivation<T>): T {
      if (!made.has(derivation)) made.set(derivation, derivation.build(this));
      return made.get(derivation) as T;
    },
    ask(derivation, question, about = '' as never) {
      return question(this.derive(derivation), about);
    },
  };
}
