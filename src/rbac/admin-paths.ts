/** Who can become cluster-admin, told apart from who is, and from what is part of Kubernetes itself. */
import { isBindingKind } from '../core/rbac-kinds.ts';
import { madeFrom } from '../core/rule.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Derivation, Snapshot } from '../core/snapshot.ts';
import type { Grant } from './authorizer.ts';
import { escalationGraphOf } from './escalation-graph.ts';
import type { Routes } from './escalation-graph.ts';
import { isIdentityKey } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { predefinedTest } from './predefined-grants.ts';
import { Ways } from './ways.ts';

export interface AdminPaths {
  /** The ways there. */
  readonly routes: Routes;
  /** The same, to compare with those of before. */
  readonly ways: Ways;
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
    const isSame = escalationGraphOf(snapshot).toAdmin() === known.routes;
    // What Kubernetes itself grants depends on its roles as well.
    const areBindings = changes.every(({ kind }) => isBindingKind(kind));
    return isSame && areBindings ? known : sortOut(snapshot, known.ways);
  },
};

/** `unknown` where the cluster was too large to look everywhere, and nothing was found. */
export type Standing = 'builtIn' | 'admin' | 'reaching' | 'unknown' | 'none';

export function standingOf(node: NodeKey, { builtIn, admins, reaching, isCut }: AdminPaths): Standing {
  if (builtIn.has(node)) return 'builtIn';
  if (admins.has(node)) return 'admin';
  if (reaching.has(node)) return 'reaching';
  return isCut ? 'unknown' : 'none';
}

/** @returns undefined where it cannot be told */
export function countAdminPaths(snapshot: Snapshot): { reaching: number; admins: number; builtIn: number } | undefined {
  if (!isReadable(snapshot.observation('EscalationPaths'))) return undefined;
  const { reaching, admins, builtIn, isCut } = adminPathsOf(snapshot);
  return isCut ? undefined : { reaching: reaching.size, admins: admins.size, builtIn: builtIn.size };
}

/**
 * Who of each namespace can become cluster-admin and how surely, and what else leads there from it, in a form to compare
 * with an earlier one; under `''` what counts in every namespace.
 */
export function adminPathsByNamespace(snapshot: Snapshot): ReadonlyMap<string, string> {
  if (!isReadable(snapshot.observation('EscalationPaths'))) return new Map();
  const paths = adminPathsOf(snapshot);
  const lines = new Map<string, string[]>();
  if (paths.isCut) addLine(lines, '', 'cut');
  // Whoever may act as accounts of a namespace may do so in others as well, where these have rights.
  const isAnywhere = escalationGraphOf(snapshot).holdings.isAnybodyLimited;
  for (const node of paths.routes.nodes()) {
    if (node.startsWith('sa:')) {
      addLine(lines, node.slice('sa:'.length, node.indexOf('/')), lineOfAccount(node, paths));
    } else if (node.startsWith('namespace:')) {
      addLine(lines, node.slice('namespace:'.length), node);
      if (isAnywhere) addLine(lines, '', node);
    } else if (node.startsWith('role:')) {
      const start = node.indexOf('/') + 1;
      const namespace = node.slice(start, node.indexOf('/', start));
      if (namespace !== '') addLine(lines, namespace, node);
    } else if (node.startsWith('limited:')) {
      for (const namespace of namespacesActedIn(node)) addLine(lines, namespace, node);
    }
  }
  return new Map([...lines].map(([namespace, some]) => [namespace, some.sort().join('\n')]));
}

function addLine(lines: Map<string, string[]>, namespace: string, line: string): void {
  const some = lines.get(namespace);
  if (some === undefined) lines.set(namespace, [line]);
  else some.push(line);
}

function lineOfAccount(node: NodeKey, { routes, admins, builtIn }: AdminPaths): string {
  const isSure = routes.isSureFrom(node) ? '' : '?';
  const standing = builtIn.has(node) ? ' built in' : admins.has(node) ? ' admin' : '';
  return `${node} ${routes.stepsFrom(node) ?? ''}${isSure}${standing}`;
}

const asAccount = ' as sa:';

/** Those of the service accounts that somebody may be within limits; names of users may look the same, which does no harm. */
function* namespacesActedIn(node: NodeKey): Generator<string> {
  for (let at = node.indexOf(asAccount); at !== -1; at = node.indexOf(asAccount, at + 1)) {
    const start = at + asAccount.length;
    yield node.slice(start, node.indexOf('/', start));
  }
}

function sortOut(snapshot: Snapshot, earlier?: Ways): AdminPaths {
  const routes = escalationGraphOf(snapshot).toAdmin();
  const isPredefined = predefinedTest(snapshot);
  const reaching = new Map<NodeKey, number>();
  const admins = new Set<NodeKey>();
  const builtIn = new Set<NodeKey>();
  for (const node of routes.nodes()) {
    if (!isIdentityKey(node)) continue;
    const steps = routes.stepsFrom(node) ?? 0;
    const grant = routes.firstGrantFrom(node);
    if (grant !== undefined && isPredefined(grant)) builtIn.add(node);
    else if (steps === 0) admins.add(node);
    else reaching.set(node, steps);
  }
  const ways = new Ways(routes, isPredefined, earlier);
  return { routes, ways, reaching, admins, builtIn, isCut: routes.isCut, isPredefined };
}
