/**
 * Ways to a destination as objects: the same object for the same hops, so that whoever remembers what a way was sees at once
 * that it still is.
 */
import type { Grant } from './authorizer.ts';
import type { NodeKey } from './escalation-node.ts';
import { isSameHop, isStep } from './routes.ts';
import type { Hop, Routes } from './routes.ts';

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

  readonly #moved: ReadonlySet<NodeKey> | undefined;

  /**
   * @param earlier those of before, which are taken where they are the same
   * @param moved from where they may be others; undefined for anywhere
   */
  constructor(routes: Routes, isPredefined: (grant: Grant) => boolean, earlier?: Ways, moved?: ReadonlySet<NodeKey>) {
    this.#routes = routes;
    this.#isPredefined = isPredefined;
    this.#earlier = earlier === undefined ? new Map<NodeKey, Way>() : earlier.#ways;
    this.#moved = moved;
  }

  /** @returns undefined where there is none, and at the destination */
  from(node: NodeKey): Way | undefined {
    const known = this.#ways.get(node);
    if (known !== undefined) return known;
    const before = this.#earlier.get(node);
    if (before !== undefined && this.#moved?.has(node) === false) {
      this.#ways.set(node, before);
      return before;
    }
    const hop = this.#routes.hopFrom(node);
    if (hop === undefined) return undefined;
    const next = this.from(hop.to);
    const granted = isStep(hop) ? hop.held.grant : undefined;
    const grant = granted === undefined || this.#isPredefined(granted) ? undefined : granted;
    const isSame = before !== undefined && before.next === next && before.grant === grant && isSameHop(before.hop, hop);
    const way = isSame ? before : { hop, next, grant };
    this.#ways.set(node, way);
    return way;
  }
}

export function hopsOf(way: Way): readonly Hop[] {
  const hops: Hop[] = [];
  for (let at: Way | undefined = way; at !== undefined; at = at.next) hops.push(at.hop);
  return hops;
}

/** What of a way begins with that which ends it: the first step that people granted. */
export function grantedPartOf(way: Way): (Way & { readonly grant: Grant }) | undefined {
  for (let at: Way | undefined = way; at !== undefined; at = at.next) if (isGranted(at)) return at;
  return undefined;
}

function isGranted(way: Way): way is Way & { readonly grant: Grant } {
  return way.grant !== undefined;
}
