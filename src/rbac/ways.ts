/**
 * Ways to a destination as objects: the same object for the same hops, so that whoever remembers what a way was sees at once
 * that it still is.
 */
import type { Grant } from './authorizer.ts';
import { isStep } from './escalation-graph.ts';
import type { Hop, Routes } from './escalation-graph.ts';
import type { NodeKey } from './escalation-node.ts';

export interface Way {
  readonly hop: Hop;
  /** Undefined where the hop ends at the destination. */
  readonly next: Way | undefined;
  /** What it takes, unless nothing has to be granted, or Kubernetes itself grants it. */
  readonly grant: Grant | undefined;
}

export class Ways {
  readonly #routes: Routes;
  readonly #isPredefined: (grant: Grant) => boolean;
  readonly #earlier: ReadonlyMap<NodeKey, Way>;
  readonly #ways = new Map<NodeKey, Way>();

  /** @param earlier those of before, which are taken where they are the same */
  constructor(routes: Routes, isPredefined: (grant: Grant) => boolean, earlier?: Ways) {
    this.#routes = routes;
    this.#isPredefined = isPredefined;
    this.#earlier = earlier === undefined ? new Map<NodeKey, Way>() : earlier.#ways;
  }

  /** @returns undefined where there is none, and at the destination */
  from(node: NodeKey): Way | undefined {
    const known = this.#ways.get(node);
    if (known !== undefined) return known;
    const hop = this.#routes.hopFrom(node);
    if (hop === undefined) return undefined;
    const next = this.from(hop.to);
    const granted = isStep(hop) ? hop.held.grant : undefined;
    const grant = granted === undefined || this.#isPredefined(granted) ? undefined : granted;
    const before = this.#earlier.get(node);
    const isSame = before !== undefined && before.next === next && before.grant === grant && isSameHop(before.hop, hop);
    const way = isSame ? before : { hop, next, grant };
    this.#ways.set(node, way);
    return way;
  }
}

/** Steps are kept for as long as they are; passages are found anew each time. */
function isSameHop(a: Hop, b: Hop): boolean {
  if (a === b) return true;
  return !isStep(a) && !isStep(b) && a.from === b.from && a.to === b.to && a.by === b.by && a.assumes === b.assumes;
}

export function hopsOf(way: Way): readonly Hop[] {
  const hops: Hop[] = [];
  for (let at: Way | undefined = way; at !== undefined; at = at.next) hops.push(at.hop);
  return hops;
}

/** Of one way that which ends it: the first that people granted. */
export function firstGrantOf(way: Way): Grant | undefined {
  for (let at: Way | undefined = way; at !== undefined; at = at.next) if (at.grant !== undefined) return at.grant;
  return undefined;
}
