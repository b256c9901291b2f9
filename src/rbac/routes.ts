/**
 * The shortest ways to one destination. Where only some have other steps than before, only their ways are sought anew, and
 * those of whoever goes through them: the others stay as they are.
 */
import type { Grant } from './authorizer.ts';
import type { NodeKey } from './escalation-node.ts';
import type { StepFrom } from './holdings.ts';
import type { Passage } from './territory.ts';

export type Hop = StepFrom | Passage;

export function isStep(hop: Hop): hop is StepFrom {
  return 'held' in hop;
}

/** What ways are made of; in the same order each time. */
export interface Ground {
  hopsTo(node: NodeKey): Iterable<Hop>;
  /** Those to nodes from which there is a way, at least. */
  hopsFrom(node: NodeKey): Iterable<Hop>;
  /** Whether there may be more hops than these. */
  readonly isCut?: boolean;
}

/** The best way on from a node. */
interface Route {
  /** Steps that have to be taken, then places that are passed without one: fewer of the former always win. */
  readonly cost: number;
  /** Undefined at the destination. */
  readonly hop: Hop | undefined;
  /** Whether nothing on the way is taken for granted. */
  readonly isSure: boolean;
}

/** A step costs more than all places that can be passed between two steps. */
const STEP = 1_000;
const PASSAGE = 1;

const NOBODY: ReadonlySet<NodeKey> = new Set();

/** Of each node from which the destination can be reached, the shortest way. */
export class Routes {
  readonly destination: NodeKey;
  /** Whether there was more than is looked at: then what is not found may still be there. */
  readonly isCut: boolean;
  /** Whether that is because of the nodes. */
  readonly #isFull: boolean;
  readonly #routes: ReadonlyMap<NodeKey, Route>;
  /** Stands for these ways without holding them. */
  readonly #id = {};
  readonly #since: Since | undefined;

  constructor(destination: NodeKey, { routes, isCut }: Search, ground: Ground, since?: Since) {
    this.destination = destination;
    this.isCut = isCut || ground.isCut === true;
    this.#isFull = isCut;
    this.#routes = routes;
    this.#since = since;
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
    for (let hop = this.hopFrom(node); hop !== undefined; hop = this.hopFrom(hop.to)) {
      if (isStep(hop) && hop.held.grant !== undefined) return hop.held.grant;
    }
    return undefined;
  }

  /** Whether there is a way, and nothing on it is taken for granted. */
  isSureFrom(node: NodeKey): boolean {
    return this.#routes.get(node)?.isSure === true;
  }

  nodes(): Iterable<NodeKey> {
    return this.#routes.keys();
  }

  /**
   * From where the way may be another than it was, from its first hop to its last.
   * @returns undefined where that is not known: then it may be anywhere
   */
  movedSince(earlier: Routes): ReadonlySet<NodeKey> | undefined {
    if (earlier === this) return NOBODY;
    return this.#since?.earlier === earlier.#id ? this.#since.moved : undefined;
  }

  /**
   * @param changed whose hops are others than they were; what leads between all others is as it was
   * @param ground as it is now
   */
  update(changed: ReadonlySet<NodeKey>, ground: Ground, mostNodes: number): Routes {
    const search = new Search(ground, mostNodes, new Map(this.#routes));
    search.drop(changed);
    search.run();
    // Which are left out depends on the order in which they are found.
    if (this.#isFull || search.isCut) return findRoutes(this.destination, ground, mostNodes);
    const since = { earlier: this.#id, moved: search.moved };
    return new Routes(this.destination, search, ground, since);
  }
}

interface Since {
  readonly earlier: object;
  readonly moved: ReadonlySet<NodeKey>;
}

/** @param mostNodes how many are looked at, the destination included */
export function findRoutes(destination: NodeKey, ground: Ground, mostNodes: number): Routes {
  const search = new Search(ground, mostNodes, new Map());
  search.start(destination);
  search.run();
  return new Routes(destination, search, ground);
}

class Search {
  readonly routes: Map<NodeKey, Route>;
  readonly moved = new Set<NodeKey>();
  isCut = false;
  readonly #ground: Ground;
  readonly #mostNodes: number;
  /** By what it costs from there. */
  readonly #waiting = new Map<number, Set<NodeKey>>();

  constructor(ground: Ground, mostNodes: number, routes: Map<NodeKey, Route>) {
    this.#ground = ground;
    this.#mostNodes = mostNodes;
    this.routes = routes;
  }

  start(destination: NodeKey): void {
    this.#set(destination, { cost: 0, hop: undefined, isSure: true });
  }

  /** Forgets the ways from these nodes and through them, and begins with where the others can take them. */
  drop(nodes: Iterable<NodeKey>): void {
    for (const node of nodes) this.moved.add(node);
    // What is added meanwhile is visited as well.
    for (const node of this.moved) {
      for (const hop of this.#ground.hopsTo(node)) {
        const known = this.routes.get(hop.from)?.hop;
        if (known !== undefined && isSameHop(known, hop)) this.moved.add(hop.from);
      }
    }
    for (const node of this.moved) this.routes.delete(node);
    const lost = [...this.moved];
    for (const node of lost) {
      for (const hop of this.#ground.hopsFrom(node)) {
        const next = this.moved.has(hop.to) ? undefined : this.routes.get(hop.to);
        if (next !== undefined) this.#offer(next, hop);
      }
    }
  }

  run(): void {
    while (this.#waiting.size > 0) {
      const cost = Math.min(...this.#waiting.keys());
      const nodes = this.#waiting.get(cost) ?? NOBODY;
      this.#waiting.delete(cost);
      for (const node of nodes) {
        const next = this.routes.get(node);
        if (next?.cost !== cost) continue;
        for (const hop of this.#ground.hopsTo(node)) this.#offer(next, hop);
      }
    }
  }

  /** @param next the best way on from where the hop leads: a better one costs less, and so was found before */
  #offer(next: Route, hop: Hop): void {
    const known = this.routes.get(hop.from);
    const cost = costOf(next, hop);
    // Most lead nowhere new.
    if (known !== undefined && cost > known.cost) return;
    const found = { cost, hop, isSure: next.isSure && hop.assumes === undefined };
    if (known === undefined || isBetter(found, known)) {
      if (known === undefined && this.routes.size >= this.#mostNodes) this.isCut = true;
      else this.#set(hop.from, found);
    } else if (known.hop !== undefined && isSameHop(known.hop, hop)) {
      // It goes on as before, through where the way is another.
      if (this.moved.has(hop.to) && !this.moved.has(hop.from)) this.#set(hop.from, known);
    }
  }

  #set(node: NodeKey, route: Route): void {
    this.routes.set(node, route);
    this.moved.add(node);
    const later = this.#waiting.get(route.cost);
    if (later === undefined) this.#waiting.set(route.cost, new Set([node]));
    else later.add(node);
  }
}

function costOf(next: Route, hop: Hop): number {
  return next.cost + (isStep(hop) && hop.effort === 1 ? STEP : PASSAGE);
}

/** Steps are kept for as long as they are; passages may be found anew each time. */
export function isSameHop(a: Hop, b: Hop): boolean {
  if (a === b) return true;
  return !isStep(a) && !isStep(b) && a.from === b.from && a.to === b.to && a.by === b.by && a.assumes === b.assumes;
}

/** Fewer steps, then nothing taken for granted on the whole way, then the same on every machine. */
function isBetter(a: Route, b: Route): boolean {
  if (a.cost !== b.cost) return a.cost < b.cost;
  const [one, other] = [a.hop, b.hop];
  if (one === undefined || other === undefined) return false;
  if (a.isSure !== b.isSure) return a.isSure;
  return one.to === other.to ? one.by < other.by : one.to < other.to;
}
