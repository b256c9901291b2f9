/** Who can become cluster-admin, told apart from who is, and from what is part of Kubernetes itself. */
import { isBindingKind } from '../core/rbac-kinds.ts';
import { madeFrom } from '../core/source.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Derivation, Snapshot } from '../core/snapshot.ts';
import type { Grant } from './authorizer.ts';
import { escalationGraphOf } from './escalation-graph.ts';
import { isIdentityKey } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { predefinedTest } from './predefined-grants.ts';
import type { Routes } from './routes.ts';
import { Ways } from './ways.ts';
import type { Way } from './ways.ts';

export interface AdminPaths {
  /** The ways there. */
  readonly routes: Routes;
  /** The same, to compare with those of before. */
  readonly ways: Ways;
  /** Of whoever is there or gets there: everybody is asked about after each change. */
  readonly standings: ReadonlyMap<NodeKey, 'builtIn' | 'admin' | 'reaching'>;
  /** How many steps it takes them, at least one. */
  readonly reaching: ReadonlyMap<NodeKey, number>;
  /** Who is cluster-admin already. */
  readonly admins: ReadonlySet<NodeKey>;
  /** Whoever is there, or gets there, by what Kubernetes itself grants. */
  readonly builtIn: ReadonlySet<NodeKey>;
  /** Whether the cluster was too large to look everywhere. */
  readonly isCut: boolean;
  /** Whether Kubernetes itself grants that. */
  readonly isPredefined: (grant: Grant) => boolean;
  /** Who may stand otherwise than earlier, by what these were; undefined where it may be anybody. */
  readonly movedSince: (earlier: AdminPaths) => ReadonlySet<NodeKey> | undefined;
  /** Stands for these without holding them. */
  readonly id: object;
}

/** What the snapshot shows now. @throws {NotObserved} */
export function adminPathsOf(snapshot: Snapshot): AdminPaths {
  return snapshot.derive(adminPaths);
}

/** For single questions; see `adminPathsOf` for the whole of it. */
export const adminPaths: Derivation<AdminPaths> = {
  reads: madeFrom.EscalationPaths,
  source: 'EscalationPaths',
  build: (snapshot) => sortOut(snapshot),
  update(known, changes, snapshot) {
    const routes = escalationGraphOf(snapshot).toAdmin();
    // What Kubernetes itself grants depends on its roles as well.
    if (!changes.every(({ kind }) => isBindingKind(kind))) return sortOut(snapshot, known);
    return routes === known.routes ? known : sortOut(snapshot, known, routes.movedSince(known.routes));
  },
  movedSince: (now, earlier) => now.movedSince(earlier),
};

/** `unknown` where the cluster was too large to look everywhere, and nothing was found. */
export type Standing = 'builtIn' | 'admin' | 'reaching' | 'unknown' | 'none';

export function standingOf({ standings, isCut }: AdminPaths, node: NodeKey): Standing {
  return standings.get(node) ?? (isCut ? 'unknown' : 'none');
}

/** @returns undefined where there is no way, and for who is there */
export function wayFrom({ ways }: AdminPaths, node: NodeKey): Way | undefined {
  return ways.from(node);
}

/** @returns undefined where it cannot be told */
export function countAdminPaths(snapshot: Snapshot): { reaching: number; admins: number; builtIn: number } | undefined {
  if (!isReadable(snapshot.observation('EscalationPaths'))) return undefined;
  const { reaching, admins, builtIn, isCut } = adminPathsOf(snapshot);
  return isCut ? undefined : { reaching: reaching.size, admins: admins.size, builtIn: builtIn.size };
}

/** @param moved who may stand otherwise than earlier; undefined for anybody */
function sortOut(snapshot: Snapshot, earlier?: AdminPaths, moved?: ReadonlySet<NodeKey>): AdminPaths {
  const routes = escalationGraphOf(snapshot).toAdmin();
  const known = moved === undefined ? undefined : earlier;
  const isPredefined = known?.isPredefined ?? predefinedTest(snapshot);
  const standings = new Map(known?.standings);
  const reaching = new Map(known?.reaching);
  const admins = new Set(known?.admins);
  const builtIn = new Set(known?.builtIn);
  for (const node of moved ?? routes.nodes()) {
    if (!isIdentityKey(node)) continue;
    standings.delete(node);
    reaching.delete(node);
    admins.delete(node);
    builtIn.delete(node);
    const steps = routes.stepsFrom(node);
    if (steps === undefined) continue;
    const grant = routes.firstGrantFrom(node);
    const standing = grant !== undefined && isPredefined(grant) ? 'builtIn' : steps === 0 ? 'admin' : 'reaching';
    standings.set(node, standing);
    if (standing === 'reaching') reaching.set(node, steps);
    else (standing === 'admin' ? admins : builtIn).add(node);
  }
  const id = {};
  const before = known?.id;
  return {
    routes,
    standings,
    ways: new Ways(routes, isPredefined, earlier?.ways, moved),
    reaching,
    admins,
    builtIn,
    isCut: routes.isCut,
    isPredefined,
    movedSince: (since) => (since.id === id ? NOBODY : since.id === before ? moved : undefined),
    id,
  };
}

const NOBODY: ReadonlySet<NodeKey> = new Set();
