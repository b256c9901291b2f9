/** Where somebody can become cluster-admin who could not, or otherwise than before, or something else leads there from it. */
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { adminPathsOf, standingOf } from './admin-paths.ts';
import type { AdminPaths } from './admin-paths.ts';
import { escalationGraphOf } from './escalation-graph.ts';
import { EVERYWHERE, isIdentityKey, namespaceNode } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';

export interface StandingChanges {
  /** In which namespaces something is not as it was; `''` for what counts in each of them. */
  readonly namespaces: ReadonlySet<string>;
  /** Who stands otherwise. */
  readonly identities: readonly NodeKey[];
}

interface Known {
  readonly paths: AdminPaths;
  /** Whether somebody may act as accounts of one namespace in others, where these have rights. */
  readonly isAnywhere: boolean;
}

export class Standings {
  #known: Known | undefined;

  /** What is not as it was the last time. */
  take(snapshot: Snapshot): StandingChanges {
    const before = this.#known;
    this.#known = isReadable(snapshot.observation('EscalationPaths'))
      ? { paths: adminPathsOf(snapshot), isAnywhere: escalationGraphOf(snapshot).holdings.isAnybodyLimited }
      : undefined;
    return findChanges(before, this.#known);
  }
}

function findChanges(before: Known | undefined, after: Known | undefined): StandingChanges {
  const namespaces = new Set<string>();
  const identities: NodeKey[] = [];
  const isAnywhere = before?.isAnywhere === true || after?.isAnywhere === true;
  if (before?.paths.isCut !== after?.paths.isCut || before?.isAnywhere !== after?.isAnywhere) namespaces.add('');
  for (const node of suspectsOf(before, after)) {
    const [old, now] = [describe(node, before?.paths), describe(node, after?.paths)];
    if (old.standing !== now.standing && isIdentityKey(node)) identities.push(node);
    if (old.standing === now.standing && old.isSure === now.isSure) continue;
    for (const namespace of namespacesOf(node, isAnywhere)) namespaces.add(namespace);
  }
  return { namespaces, identities };
}

function suspectsOf(before: Known | undefined, after: Known | undefined): Iterable<NodeKey> {
  const moved = before === undefined ? undefined : after?.paths.movedSince(before.paths);
  return moved ?? new Set([...(before?.paths.routes.nodes() ?? []), ...(after?.paths.routes.nodes() ?? [])]);
}

interface Described {
  readonly standing: string;
  /** Of service accounts; of others it is not told. */
  readonly isSure: boolean;
}

const NOTHING: Described = { standing: '', isSure: false };

function describe(node: NodeKey, paths: AdminPaths | undefined): Described {
  const steps = paths?.routes.stepsFrom(node);
  if (paths === undefined || steps === undefined) return NOTHING;
  if (!isIdentityKey(node)) return { standing: 'there', isSure: false };
  return { standing: `${standingOf(paths, node)} ${steps}`, isSure: paths.routes.isSureFrom(node) };
}

/** In whose posture something is said of it. */
function* namespacesOf(node: NodeKey, isAnywhere: boolean): Generator<string> {
  if (node.startsWith('sa:')) yield node.slice('sa:'.length, node.indexOf('/'));
  else if (node.startsWith('namespace:')) {
    if (node !== namespaceNode('')) yield node.slice('namespace:'.length);
    if (isAnywhere) yield '';
  } else if (node.startsWith('role:')) {
    const start = node.indexOf('/') + 1;
    const namespace = node.slice(start, node.indexOf('/', start));
    if (namespace !== '' && namespace !== EVERYWHERE) yield namespace;
  } else if (node.startsWith('limited:')) yield* namespacesActedIn(node);
}

const asAccount = ' as sa:';

/** Those of the service accounts that somebody may be within limits; names of users may look the same, which does no harm. */
function* namespacesActedIn(node: NodeKey): Generator<string> {
  for (let at = node.indexOf(asAccount); at !== -1; at = node.indexOf(asAccount, at + 1)) {
    const start = at + asAccount.length;
    yield node.slice(start, node.indexOf('/', start));
  }
}
