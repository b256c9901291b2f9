/** Ways that are brought up to date must be those that are found from nothing, however the graph came about. */
import { expect } from 'chai';
import fc from 'fast-check';

import type { NodeKey } from '../../src/rbac/escalation-node.ts';
import { findRoutes } from '../../src/rbac/routes.ts';
import type { Ground, Hop, Routes } from '../../src/rbac/routes.ts';

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly by: string;
  readonly isStep: boolean;
  readonly isAssumed: boolean;
}

const size = 9;
const node = fc.integer({ min: 0, max: size - 1 });
const edge: fc.Arbitrary<Edge> = fc.record({
  from: fc.integer({ min: 1, max: size - 1 }),
  to: node,
  by: fc.constantFrom('a', 'b'),
  isStep: fc.boolean(),
  isAssumed: fc.boolean(),
});
/** What each of some nodes leads to from now on. */
const change = fc.array(
  fc.record({ of: fc.integer({ min: 1, max: size - 1 }), edges: fc.array(edge, { maxLength: 3 }) }),
  {
    minLength: 1,
    maxLength: 2,
  },
);

function keyOf(index: number): NodeKey {
  return `user:${index}`;
}

function hopOf({ from, to, by, isStep, isAssumed }: Edge): Hop {
  const hop = { from: keyOf(from), to: keyOf(to), by, ...(isAssumed ? { assumes: 'something' } : {}) };
  if (!isStep) return hop;
  // As far as ways go, what grants a step is nothing but an object.
  const grant = { by: [from, to, by] };
  return { ...hop, effort: 1, held: { grant } } as unknown as Hop;
}

class Graph implements Ground {
  readonly #hops = new Map<NodeKey, readonly Hop[]>();

  set(from: NodeKey, hops: readonly Hop[]): void {
    this.#hops.set(from, hops);
  }

  hopsFrom(from: NodeKey): readonly Hop[] {
    return this.#hops.get(from) ?? [];
  }

  *hopsTo(to: NodeKey): Generator<Hop> {
    // In an order that does not depend on what was changed when.
    for (const from of [...this.#hops.keys()].sort())
      for (const hop of this.hopsFrom(from)) if (hop.to === to) yield hop;
  }
}

/** The whole way from each node: its hops by identity, in the order of nodes. */
function waysOf(routes: Routes): unknown {
  return [...routes.nodes()].sort().map((from) => ({
    from,
    steps: routes.stepsFrom(from),
    isSure: routes.isSureFrom(from),
    grant: routes.firstGrantFrom(from),
    hops: routes.pathFrom(from),
  }));
}

describe('ways that are brought up to date', () => {
  it('are those that are found from nothing, and tell where they are others', () => {
    fc.assert(
      fc.property(
        fc.array(edge, { maxLength: 25 }),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        (edges, changes) => {
          const graph = new Graph();
          for (let from = 1; from < size; from += 1) {
            graph.set(keyOf(from), edges.filter((one) => one.from === from).map(hopOf));
          }
          let routes = findRoutes(keyOf(0), graph, Infinity);
          for (const some of changes) {
            const changed = new Set<NodeKey>();
            for (const { of, edges: others } of some) {
              graph.set(
                keyOf(of),
                others.map((one) => hopOf({ ...one, from: of })),
              );
              changed.add(keyOf(of));
            }
            const before = routes;
            routes = routes.update(changed, graph, Infinity);
            expect(waysOf(routes)).to.deep.equal(waysOf(findRoutes(keyOf(0), graph, Infinity)));
            const moved = routes.movedSince(before) ?? new Set();
            for (let index = 0; index < size; index += 1) {
              const one = keyOf(index);
              if (!moved.has(one)) expect(routes.pathFrom(one)).to.deep.equal(before.pathFrom(one));
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  }).timeout(60_000);

  const graph = new Graph();
  graph.set('user:1', [hopOf({ from: 1, to: 0, by: 'a', isStep: true, isAssumed: false })]);
  graph.set('user:2', [hopOf({ from: 2, to: 1, by: 'a', isStep: false, isAssumed: false })]);
  const routes = findRoutes('user:0', graph, Infinity);

  it('are the same where nobody has changed, and what ways of another time were is not known', () => {
    expect([...(routes.movedSince(routes) ?? ['unknown'])]).to.deep.equal([]);
    expect(routes.movedSince(findRoutes('user:0', graph, Infinity))).to.equal(undefined);
  });

  it('are found from nothing where there are more places than are looked at', () => {
    graph.set('user:3', [hopOf({ from: 3, to: 0, by: 'a', isStep: true, isAssumed: false })]);
    const cut = routes.update(new Set<NodeKey>(['user:3']), graph, 3);
    expect(cut.isCut).to.equal(true);
    expect(cut.movedSince(routes)).to.equal(undefined);
    expect(waysOf(cut)).to.deep.equal(waysOf(findRoutes('user:0', graph, 3)));
  });
});
