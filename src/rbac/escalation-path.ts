/** A path as people read it: from one identity to the next, each leg with what makes it possible. */
import type { Grant } from './authorizer.ts';
import { ADMIN, isIdentityKey } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { isStep } from './routes.ts';
import type { Hop } from './routes.ts';

/** From one identity to another, or to the destination. */
export interface Leg {
  readonly from: NodeKey;
  readonly to: NodeKey;
  /** `create pods in ci, as any service account` */
  readonly by: string;
  /** Grants of the steps of this leg; none where nothing has to be granted. */
  readonly grants: readonly GrantedStep[];
  readonly assumes: readonly string[];
}

export interface GrantedStep {
  readonly grant: Grant;
  /** The index of the rule in the role. */
  readonly rule: number;
}

export interface EscalationPath {
  readonly from: NodeKey;
  readonly to: NodeKey;
  /** How many acts it takes; 0 for whoever is there already. */
  readonly steps: number;
  readonly legs: readonly Leg[];
}

/** @param hops at least one */
export function buildPath(from: NodeKey, to: NodeKey, hops: readonly Hop[]): EscalationPath {
  const legs: Leg[] = [];
  let some: Hop[] = [];
  for (const hop of hops) {
    some.push(hop);
    if (hop.to !== to && !isIdentityKey(hop.to)) continue;
    legs.push(buildLeg(some));
    some = [];
  }
  return { from, to, steps: hops.filter((hop) => isStep(hop) && hop.effort === 1).length, legs };
}

/** @param hops at least one */
function buildLeg(hops: readonly Hop[]): Leg {
  return {
    from: hops[0]?.from ?? ADMIN,
    to: hops.at(-1)?.to ?? ADMIN,
    by: hops.flatMap(describeHop).join(', '),
    grants: hops.flatMap((hop) =>
      isStep(hop) && hop.held.grant !== undefined ? [{ grant: hop.held.grant, rule: hop.held.rule }] : [],
    ),
    assumes: hops.flatMap(({ assumes }) => assumes ?? []),
  };
}

/** What is passed on the way to an identity is said by the identity itself. */
function describeHop(hop: Hop): readonly string[] {
  if (!isStep(hop)) {
    const isTold = isIdentityKey(hop.from) || hop.from.startsWith('absent:') || hop.to === 'nodes' || hop.to === ADMIN;
    return isTold ? [hop.by] : [];
  }
  const { namespace } = hop.held;
  return [namespace === '' ? hop.by : `${hop.by} in ${namespace}`];
}

/** `sa:ci/builder -[create pods in ci]-> sa:ci/deployer -[bind clusterroles]-> cluster-admin (2 steps)` */
export function printPath(path: EscalationPath): string {
  return `${path.from} ${printChain(path)}`;
}

/** From whoever has what the first leg takes. */
export function printChain({ steps, legs }: EscalationPath): string {
  const chain = legs.map(({ by, to }) => `-[${by}]-> ${to}`).join(' ');
  return `${chain} (${steps === 1 ? '1 step' : `${steps} steps`})`;
}
