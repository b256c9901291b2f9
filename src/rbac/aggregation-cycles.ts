/**
 * ClusterRoles that gather each other's rules. A role that selects itself is no cycle: the controller leaves it out.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/controller/clusterroleaggregation.
 */
import type { ObjectOf } from '../core/kinds.ts';
import { matchesSelector } from '../core/label-selector.ts';
import { readOr } from '../core/shape.ts';
import type { Derivation, Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';

type ClusterRole = ObjectOf<'ClusterRole'>;

/** By the name of each role that gathers its own rules through others: all that gather each other with it, by name. */
export type AggregationCycles = ReadonlyMap<string, readonly string[]>;

const derivation: Derivation<AggregationCycles> = {
  reads: ['ClusterRole'],
  build: (snapshot) => findCycles([...snapshot.list('ClusterRole')]),
};

/** @throws {NotObserved} */
export function aggregationCyclesOf(snapshot: Snapshot): AggregationCycles {
  return snapshot.derive(derivation);
}

function findCycles(all: readonly ClusterRole[]): AggregationCycles {
  const roles = all.filter((role) =>
    readOr(
      () => role.aggregationRule !== undefined,
      () => false,
    ),
  );
  const sources = roles.map((role) => roles.flatMap((one, index) => (gathers(role, one) ? [index] : [])));
  const users: number[][] = roles.map(() => []);
  for (const [index, ofRole] of sources.entries()) for (const source of ofRole) users[source]?.push(index);

  const cycles = new Map<string, readonly string[]>();
  const visited = new Set<number>();
  for (const start of finishOrder(sources).reverse()) {
    const members = reach(start, users, visited);
    if (members.length < 2) continue;
    const names = members.map((index) => roles[index]?.metadata.name ?? '').sort(compareText);
    for (const name of names) cycles.set(name, names);
  }
  return cycles;
}

function gathers(role: ClusterRole, other: ClusterRole): boolean {
  if (role === other) return false;
  // What cannot be read of a role in a file gathers nothing, and is gathered by nothing.
  return readOr(
    () =>
      role.aggregationRule?.clusterRoleSelectors?.some((one) => matchesSelector(one, other.metadata.labels ?? {})) ===
      true,
    () => false,
  );
}

/** Of a graph all nodes, each after those that are reached from it, but for cycles (Kosaraju's first pass). */
function finishOrder(edges: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const visited = new Set<number>();
  for (const start of edges.keys()) {
    const open = visited.has(start) ? [] : [{ node: start, next: 0 }];
    visited.add(start);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const to = edges[top.node]?.[top.next];
      top.next += 1;
      if (to === undefined) {
        order.push(top.node);
        open.pop();
      } else if (!visited.has(to)) {
        visited.add(to);
        open.push({ node: to, next: 0 });
      }
    }
  }
  return order;
}

/** All that is reached from a node and was not visited before; notes the visits. */
function reach(start: number, edges: readonly (readonly number[])[], visited: Set<number>): readonly number[] {
  if (visited.has(start)) return [];
  visited.add(start);
  const reached = [start];
  for (const node of reached) {
    for (const to of edges[node] ?? []) {
      if (visited.has(to)) continue;
      visited.add(to);
      reached.push(to);
    }
  }
  return reached;
}
