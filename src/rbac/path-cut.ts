/** Which grant to take away so that a path ends. */
import type { Grant } from './authorizer.ts';
import { isStep } from './routes.ts';
import type { Routes } from './routes.ts';
import type { NodeKey } from './escalation-node.ts';

export interface Cut {
  readonly grant: Grant;
  /** How many of the paths that were looked at go through the same binding. */
  readonly paths: number;
}

/**
 * Of each path the grant that most of the paths need, the first of them where several do; what Kubernetes itself grants is
 * left alone.
 * @param from where the paths begin; each must lead somewhere
 */
export function findCuts(
  routes: Routes,
  from: Iterable<NodeKey>,
  isPredefined: (grant: Grant) => boolean,
): ReadonlyMap<NodeKey, Cut> {
  const candidates = new Map<NodeKey, readonly Grant[]>();
  const counts = new Map<object, number>();
  for (const node of from) {
    const grants = (routes.pathFrom(node) ?? []).flatMap((hop) =>
      isStep(hop) && hop.held.grant !== undefined && !isPredefined(hop.held.grant) ? [hop.held.grant] : [],
    );
    candidates.set(node, grants);
    for (const binding of new Set(grants.map(({ bound }) => bound.binding))) {
      counts.set(binding, (counts.get(binding) ?? 0) + 1);
    }
  }
  const cuts = new Map<NodeKey, Cut>();
  for (const [node, grants] of candidates) {
    const best = grants.reduce<Cut | undefined>((known, grant) => {
      const paths = counts.get(grant.bound.binding) ?? 0;
      return known !== undefined && known.paths >= paths ? known : { grant, paths };
    }, undefined);
    if (best !== undefined) cuts.set(node, best);
  }
  return cuts;
}
