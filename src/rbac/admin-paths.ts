/** Who can become cluster-admin, told apart from who is, and from what is part of Kubernetes itself. */
import { madeFrom } from '../core/rule.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Derivation, Snapshot } from '../core/snapshot.ts';
import type { Grant } from './authorizer.ts';
import { namespaceOf } from './authorizer.ts';
import { escalationGraphOf } from './escalation-graph.ts';
import type { Routes } from './escalation-graph.ts';
import { identityOfNode, isIdentityKey } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { isPredefinedRole, isPredefinedSubject } from './predefined.ts';

export interface AdminPaths {
  /** The ways there. */
  readonly routes: Routes;
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
  build(snapshot) {
    return sortOut(escalationGraphOf(snapshot).toAdmin(), predefinedTest(snapshot));
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

/** Who of each namespace can become cluster-admin, in a form to compare with an earlier one. */
export function adminPathsByNamespace(snapshot: Snapshot): ReadonlyMap<string, string> {
  if (!isReadable(snapshot.observation('EscalationPaths'))) return new Map();
  const routes = escalationGraphOf(snapshot).toAdmin();
  const byNamespace = new Map<string, string[]>();
  for (const node of routes.nodes()) {
    const namespace = namespaceOfNode(node);
    if (namespace === undefined) continue;
    const line = `${node} ${routes.stepsFrom(node) ?? ''}`;
    const lines = byNamespace.get(namespace);
    if (lines === undefined) byNamespace.set(namespace, [line]);
    else lines.push(line);
  }
  return new Map([...byNamespace].map(([namespace, lines]) => [namespace, lines.sort().join('\n')]));
}

function namespaceOfNode(node: NodeKey): string | undefined {
  const identity = identityOfNode(node);
  if (identity !== undefined) return identity.type === 'ServiceAccount' ? identity.namespace : undefined;
  return node.startsWith('namespace:') ? node.slice('namespace:'.length) : undefined;
}

function sortOut(routes: Routes, isPredefined: (grant: Grant) => boolean): AdminPaths {
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
  return { routes, reaching, admins, builtIn, isCut: routes.isCut, isPredefined };
}

/** Whether Kubernetes grants that: this very subject, by this binding, a role that is as Kubernetes made it. */
function predefinedTest(snapshot: Snapshot): (grant: Grant) => boolean {
  const version = isReadable(snapshot.observation('ServerVersion')) ? snapshot.podSecurityVersion() : Infinity;
  const minor = Number.isFinite(version) ? version : undefined;
  return ({ bound, subject }) => {
    if (!isPredefinedSubject(bound, subject, minor)) return false;
    const { kind, name } = bound.binding.roleRef;
    if (kind === 'ClusterRole') {
      const role = snapshot.get('ClusterRole', '', name);
      return role === undefined || isPredefinedRole({ kind, role }, minor);
    }
    const role = snapshot.get('Role', namespaceOf(bound), name);
    return role === undefined || isPredefinedRole({ kind: 'Role', role }, minor);
  };
}
