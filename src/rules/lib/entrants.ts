/**
 * Who may get into pods of a namespace, for those who read its posture: whom its own RoleBindings let in is named, the
 * others are counted.
 */
import type { Snapshot } from '../../core/snapshot.ts';
import { compareText } from '../../core/subject-ref.ts';
import { execReachOf } from '../../rbac/exec-reach.ts';
import type { Entry } from '../../rbac/entry-index.ts';
import { nameHolders } from './role-holders.ts';
import type { Holder } from './role-holders.ts';

export interface Entrants {
  /** By RoleBindings of the namespace. */
  readonly own: readonly Holder[];
  readonly count: number;
  /** How many are let in by ClusterRoleBindings alone. */
  readonly ofCluster: number;
  /** How many only get to pods of some nodes, which these may not be on. */
  readonly ofSomeNodes: number;
  /** Whether names of pods decide, and it is not known which these pods will have. */
  readonly isByUnknownNames: boolean;
  /** What could not be read and may let others in. */
  readonly doubts: readonly string[];
}

/** Whether one of these names is that of a pod that is asked about; undefined where that is not known. */
export type AreTheirs = (names: readonly string[]) => boolean | undefined;

/**
 * @param areTheirs asked of grants that name the pods
 * @param counts who of them matters; by default all
 * @throws {NotObserved}
 */
export function findEntrants(
  snapshot: Snapshot,
  namespace: string,
  areTheirs: AreTheirs,
  counts: (who: Entry['who']) => boolean = () => true,
): Entrants {
  const reach = execReachOf(snapshot);
  let isByUnknownNames = false;
  const lets = ({ who, pods }: Entry): boolean => {
    if (!counts(who)) return false;
    if (pods === undefined) return true;
    const theirs = areTheirs(pods);
    isByUnknownNames ||= theirs === undefined;
    return theirs === true;
  };
  const own = reach.ownOf(namespace).filter(lets);
  const everywhere = reach.everywhere.filter(lets);
  const seen = new Set(own.map(({ who }) => who));
  const named = seen.size;
  for (const { who, nodes } of everywhere) if (nodes === undefined) seen.add(who);
  const unlimited = seen.size;
  for (const { who } of everywhere) seen.add(who);
  return {
    own: own.toSorted((a, b) => compareText(a.who, b.who)).map(({ grant }) => grant),
    count: seen.size,
    ofCluster: unlimited - named,
    ofSomeNodes: seen.size - unlimited,
    isByUnknownNames,
    doubts: reach.doubtsIn(namespace),
  };
}

/** `3 who are not cluster-admin (User "jane" by RoleBindings of this namespace, 2 by cluster-wide grants)` */
export function describeEntrants({ own, count, ofCluster, ofSomeNodes }: Entrants, namespace: string): string {
  const parts = [
    own.length === 0 ? [] : [`${nameHolders(own, namespace)} by RoleBindings of this namespace`],
    ofCluster === 0 ? [] : [`${ofCluster} by cluster-wide grants`],
    ofSomeNodes === 0 ? [] : [`${ofSomeNodes} by nodes/proxy, where it runs on certain nodes`],
  ].flat();
  const many = count === 1 ? 'somebody who is' : `${count} who are`;
  return `${many} not cluster-admin (${parts.join(', ')})`;
}
