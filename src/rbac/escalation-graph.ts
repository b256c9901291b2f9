/**
 * Who can become cluster-admin, and how: the shortest chains of steps that RBAC allows, and what lies in between (tokens of
 * service accounts, pods, nodes).
 *
 * The graph knows what it is given: roles, bindings, service accounts, running pods, and the Pod Security level of
 * namespaces. Where a step takes more for granted, the step says so. A path is no proof that somebody gets through; where
 * there is none, RBAC and what is running offer none.
 */
import { isBindingKind, isRoleKind } from '../core/rbac-kinds.ts';
import { madeFrom } from '../core/rule.ts';
import { assertReadable } from '../core/snapshot.ts';
import type { Derivation, ObjectChange, Snapshot } from '../core/snapshot.ts';
import type { Grant } from './authorizer.ts';
import { ADMIN } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { HoldingsIndex } from './holdings.ts';
import type { StepFrom } from './holdings.ts';
import { Territory } from './territory.ts';
import type { Passage } from './territory.ts';

export type Hop = StepFrom | Passage;

export function isStep(hop: Hop): hop is StepFrom {
  return 'held' in hop;
}

/** The best way on from a node. */
interface Route {
  /** Steps that have to be taken, then places that are passed without one: fewer of the former always win. */
  readonly cost: number;
  /** Undefined at the destination. */
  readonly hop: Hop | undefined;
  /** The first of the grants on the way. */
  readonly grant: Grant | undefined;
  /** Whether nothing on the way is taken for granted. */
  readonly isSure: boolean;
}

/** More places than any cluster that Merlon was tried on; beyond it nothing is said. */
const defaultMostNodes = 500_000;
/** A step costs more than all places that can be passed between two steps. */
const STEP = 1_000;
const PASSAGE = 1;

export class EscalationGraph {
  readonly holdings = new HoldingsIndex();
  readonly #mostNodes: number;
  #territory: Territory;
  #toAdmin: Routes | undefined;

  /** @param mostNodes how many are looked at on the way to a destination, that included @throws {NotObserved} */
  constructor(snapshot: Snapshot, mostNodes = defaultMostNodes) {
    this.#mostNodes = mostNodes;
    this.#territory = new Territory(snapshot);
    this.holdings.refresh(snapshot, this.#territory);
  }

  /** Brings it up to date: whom the changes are not about is not looked at again. @throws {NotObserved} */
  update(snapshot: Snapshot, changes: readonly ObjectChange[]): void {
    this.#territory = new Territory(snapshot);
    const before = this.holdings.changes;
    this.holdings.update(snapshot, this.#territory, changes);
    if (this.holdings.changes !== before || !changes.every(isOfRbac)) this.#toAdmin = undefined;
  }

  /** The ways to cluster-admin. */
  toAdmin(): Routes {
    return (this.#toAdmin ??= this.routesTo(ADMIN));
  }

  routesTo(destination: NodeKey): Routes {
    return findRoutes(destination, this.holdings, this.#territory, this.#mostNodes);
  }

  /** How many running pods carry the token of a service account. */
  podsWithTokenOf(namespace: string, account: string): number {
    return this.#territory.podsWithTokenOf(namespace, account);
  }
}

/** Of what is neither a role nor a binding also the places that lie in between are made. */
function isOfRbac({ kind }: ObjectChange): boolean {
  return isRoleKind(kind) || isBindingKind(kind);
}

/** Of each node from which the destination can be reached, the shortest way. */
export class Routes {
  readonly destination: NodeKey;
  /** Whether there were more nodes than are looked at: then what is not found may still be there. */
  readonly isCut: boolean;
  readonly #routes: ReadonlyMap<NodeKey, Route>;

  constructor(destination: NodeKey, routes: ReadonlyMap<NodeKey, Route>, isCut: boolean) {
    this.destination = destination;
    this.#routes = routes;
    this.isCut = isCut;
  }

  /** How many steps it takes; undefined where there is no way. */
  stepsFrom(node: NodeKey): number | undefined {
    const route = this.#routes.get(node);
    return route === undefined ? undefined : Math.floor(route.cost / STEP);
  }

  /** @returns the hops in order; undefined where there is no way, empty at the destination */
  pathFrom(node: NodeKey): readonly Hop[] | undefined {
    if (!this.#routes.has(node)) return undefined;
    const hops: Hop[] = [];
    for (let at = this.#routes.get(node); at?.hop !== undefined; at = this.#routes.get(at.hop.to)) hops.push(at.hop);
    return hops;
  }

  /** The first of a path; undefined where there is no way, and at the destination. */
  hopFrom(node: NodeKey): Hop | undefined {
    return this.#routes.get(node)?.hop;
  }

  /** By which everything that follows is reached; undefined where there is no way, or nothing has to be granted. */
  firstGrantFrom(node: NodeKey): Grant | undefined {
    return this.#routes.get(node)?.grant;
  }

  /** Whether there is a way, and nothing on it is taken for granted. */
  isSureFrom(node: NodeKey): boolean {
    return this.#routes.get(node)?.isSure === true;
  }

  nodes(): Iterable<NodeKey> {
    return this.#routes.keys();
  }
}

function findRoutes(destination: NodeKey, holdings: HoldingsIndex, territory: Territory, mostNodes: number): Routes {
  const routes = new Map<NodeKey, Route>([[destination, { cost: 0, hop: undefined, grant: undefined, isSure: true }]]);
  const waiting = new Map<number, Set<NodeKey>>([[0, new Set([destination])]]);
  let isCut = false;
  while (waiting.size > 0) {
    const cost = Math.min(...waiting.keys());
    const nodes = waiting.get(cost) ?? new Set<NodeKey>();
    waiting.delete(cost);
    for (const node of nodes) {
      const next = routes.get(node);
      if (next?.cost !== cost) continue;
      for (const hop of hopsTo(node, holdings, territory)) {
        const known = routes.get(hop.from);
        // Most lead nowhere new.
        if (known !== undefined && costOf(next, hop) > known.cost) continue;
        const found = extend(next, hop);
        if (known !== undefined && !isBetter(found, known)) continue;
        if (known === undefined && routes.size >= mostNodes) {
          isCut = true;
          continue;
        }
        routes.set(hop.from, found);
        const later = waiting.get(found.cost);
        if (later === undefined) waiting.set(found.cost, new Set([hop.from]));
        else later.add(hop.from);
      }
    }
  }
  return new Routes(destination, routes, isCut);
}

/** @param next the best way on from where the hop leads: a better one costs less, and so was found before */
function extend(next: Route, hop: Hop): Route {
  const step = isStep(hop) ? hop : undefined;
  return {
    cost: costOf(next, hop),
    hop,
    grant: step?.held.grant ?? next.grant,
    isSure: next.isSure && hop.assumes === undefined,
  };
}

function costOf(next: Route, hop: Hop): number {
  return next.cost + (isStep(hop) && hop.effort === 1 ? STEP : PASSAGE);
}

function* hopsTo(node: NodeKey, holdings: HoldingsIndex, territory: Territory): Generator<Hop> {
  yield* holdings.stepsTo(node);
  yield* territory.passagesTo(node, holdings.holders());
}

/** Fewer steps, then nothing taken for granted on the whole way, then the same on every machine. */
function isBetter(a: Route, b: Route): boolean {
  if (a.cost !== b.cost) return a.cost < b.cost;
  const [one, other] = [a.hop, b.hop];
  if (one === undefined || other === undefined) return false;
  if (a.isSure !== b.isSure) return a.isSure;
  return one.to === other.to ? one.by < other.by : one.to < other.to;
}

/** For single questions; see `escalationGraphOf` for the whole of it. */
export const escalationPaths: Derivation<EscalationGraph> = {
  reads: madeFrom.EscalationPaths,
  source: 'EscalationPaths',
  build: (snapshot) => new EscalationGraph(snapshot),
  update(graph, changes, snapshot) {
    graph.update(snapshot, changes);
    return graph;
  },
};

/** The graph of what the snapshot shows now; not to be kept. @throws {NotObserved} */
export function escalationGraphOf(snapshot: Snapshot): EscalationGraph {
  assertReadable(snapshot.observation('EscalationPaths'));
  return snapshot.derive(escalationPaths);
}
