/**
 * What lies between the steps of the escalation graph: who is a member of which group, which service accounts a namespace
 * has, whose tokens pods carry, where a pod is as good as its node. Passing there takes no rights of its own.
 */
import type { ObjectOf } from '../core/kinds.ts';
import type { PodAccess } from '../core/pod-access.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { readOr } from '../core/shape.ts';
import { readEnforcedLevel } from '../pod-security/enforced-level.ts';
import {
  absentNode,
  accountNode,
  ADMIN,
  allOfNode,
  BOOTSTRAP_TOKENS,
  EVERYWHERE,
  identityOfNode,
  isBootstrapGroup,
  movedPodsNode,
  namespaceNode,
  newAccountsNode,
  newNamespacesNode,
  newPodsNode,
  NODES,
  podsNode,
  roleNode,
  rolesNode,
  USERS,
} from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import type { Accounts } from './step.ts';
import { membershipsOf } from './identity.ts';
import { ANONYMOUS_USER, AUTHENTICATED, SERVICE_ACCOUNTS, UNAUTHENTICATED } from './request.ts';

export interface Passage {
  readonly from: NodeKey;
  readonly to: NodeKey;
  /** What it is: `its token is in a pod`. */
  readonly by: string;
  readonly assumes?: string;
}

const MEMBERSHIP = 'a member of the group';

/** To the groups that the API server puts somebody in; none for what is no identity. */
export function memberPassages(from: NodeKey): readonly Passage[] {
  const identity = identityOfNode(from);
  return identity === undefined ? [] : membershipsOf(identity).map((to) => ({ from, to, by: MEMBERSHIP }));
}

export class Territory implements Accounts {
  readonly #snapshot: Snapshot;
  readonly #pods: PodAccess;
  #listing: ReadonlyMap<string, readonly ObjectOf<'ServiceAccount'>[]> | undefined;

  /** @throws {NotObserved} */
  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#pods = snapshot.podAccess();
  }

  *namespacesWithAccount(name: string): Generator<string> {
    for (const { metadata } of this.#snapshot.list('ServiceAccount')) {
      if (metadata.name === name) yield metadata.namespace ?? '';
    }
  }

  *accountsListing(secret: string, namespace: string): Generator<NodeKey> {
    this.#listing ??= accountsBySecret(this.#snapshot);
    for (const { metadata } of this.#listing.get(secret) ?? []) {
      const place = metadata.namespace ?? '';
      if (namespace === '' || namespace === place) yield accountNode(place, metadata.name);
    }
  }

  hasAccount(namespace: string, name: string): boolean {
    // Whoever is named in files may well be there.
    return !this.#snapshot.isWholeCluster || this.#snapshot.get('ServiceAccount', namespace, name) !== undefined;
  }

  /** How many pods carry the token of a service account. */
  podsWithTokenOf(namespace: string, account: string): number {
    return this.#pods.carriersIn(namespace).get(account) ?? 0;
  }

  /** Of the members of a group those that are there whether or not bindings name them; see `memberPassages` for others. */
  *passagesTo(node: NodeKey): Generator<Passage> {
    const identity = identityOfNode(node);
    if (identity?.type === 'ServiceAccount') yield* this.#passagesToAccount(node, identity.namespace, identity.name);
    else if (identity?.type === 'Group') yield* this.#members(node, identity.name);
    else if (identity?.type === 'User') yield { from: USERS, to: node, by: 'any user' };
    else yield* this.#passagesBetween(node);
    if (isBootstrapGroup(node)) yield { from: BOOTSTRAP_TOKENS, to: node, by: 'a token of that group' };
  }

  *#passagesToAccount(to: NodeKey, namespace: string, name: string): Generator<Passage> {
    if (this.hasAccount(namespace, name)) {
      yield { from: namespaceNode(namespace), to, by: `as service account ${name}` };
    } else {
      yield* this.#passagesToAbsent(to, namespace, name);
    }
    if (this.podsWithTokenOf(namespace, name) > 0) {
      const by = `a pod carries the token of ${name}`;
      yield { from: podsNode(namespace), to, by };
      yield { from: movedPodsNode(namespace), to, by };
    }
  }

  *#passagesToAbsent(to: NodeKey, namespace: string, name: string): Generator<Passage> {
    const isThere = this.#hasNamespace(namespace);
    const assumes = isThere === undefined ? { assumes: `there is a namespace ${namespace}` } : {};
    for (const place of [namespace, '']) {
      for (const one of [undefined, name]) {
        yield { from: absentNode(place, one), to, by: 'an account that does not exist' };
        if (isThere === false) yield { from: newNamespacesNode(place, one), to, by: 'once both are there' };
        else yield { from: newAccountsNode(place, one), to, by: 'once it is there', ...assumes };
      }
    }
  }

  /** @returns undefined where that cannot be read */
  #hasNamespace(namespace: string): boolean | undefined {
    if (!isReadable(this.#snapshot.observation('Namespace'))) return undefined;
    return this.#snapshot.get('Namespace', '', namespace) !== undefined;
  }

  /** Those that the API server adds; who else is in a group, only whoever issues certificates and tokens knows. */
  *#members(to: NodeKey, group: string): Generator<Passage> {
    if (group === UNAUTHENTICATED) yield { from: `user:${ANONYMOUS_USER}`, to, by: MEMBERSHIP };
    const isEverybody = group === AUTHENTICATED;
    const ofNamespace = group.startsWith(`${SERVICE_ACCOUNTS}:`) ? group.slice(SERVICE_ACCOUNTS.length + 1) : undefined;
    if (!isEverybody && group !== SERVICE_ACCOUNTS && ofNamespace === undefined) return;
    for (const { metadata } of this.#snapshot.list('ServiceAccount', ofNamespace)) {
      yield { from: accountNode(metadata.namespace ?? '', metadata.name), to, by: MEMBERSHIP };
    }
    if (isEverybody) yield { from: USERS, to, by: 'any user' };
  }

  *#passagesBetween(to: NodeKey): Generator<Passage> {
    const [kind = '', rest = ''] = splitOnce(to, ':');
    switch (kind) {
      case 'namespace':
        yield { from: newPodsNode(rest), to, by: 'as any service account' };
        if (rest !== EVERYWHERE) yield { from: namespaceNode(''), to, by: `in namespace ${rest}` };
        return;
      case 'absent':
        // Whoever holds everything may impersonate any.
        if (!rest.includes('/')) yield { from: allOfNode(rest), to, by: 'as any service account' };
        return;
      case 'new-pods':
        yield { from: allOfNode(rest), to, by: 'as whatever pods may be' };
        if (rest !== EVERYWHERE) yield { from: newPodsNode(''), to, by: `in namespace ${rest}` };
        return;
      case 'pods':
        if (rest !== EVERYWHERE) yield { from: podsNode(''), to, by: `in namespace ${rest}` };
        else yield { from: NODES, to, by: 'whatever runs there' };
        return;
      case 'moved-pods':
        if (rest !== EVERYWHERE) yield { from: movedPodsNode(''), to, by: `in namespace ${rest}` };
        return;
      case 'role':
        yield* passagesToRole(to, rest);
        return;
      case NODES:
        yield* this.#passagesToNodes();
        return;
      case ADMIN:
        if (this.#pods.isControlPlaneOnNodes) {
          yield { from: NODES, to, by: 'the credentials of the control plane', assumes: 'the node is one of its own' };
        }
        return;
    }
  }

  *#passagesToNodes(): Generator<Passage> {
    for (const namespace of this.#pods.namespaces()) {
      if (!this.#pods.hasEscalatingPods(namespace)) continue;
      yield { from: podsNode(namespace), to: NODES, by: 'a privileged pod' };
    }
    for (const namespace of this.#namespaces()) {
      const { level } = readEnforcedLevel(this.#labelsOf(namespace));
      if (level === 'baseline' || level === 'restricted') continue;
      const passage = { from: newPodsNode(namespace), to: NODES, by: 'privileged' } as const;
      if (level === 'privileged') yield passage;
      else yield { ...passage, assumes: "the cluster's default admits privileged pods" };
    }
  }

  *#namespaces(): Generator<string> {
    if (this.#snapshot.isWholeCluster) {
      for (const { metadata } of this.#snapshot.list('Namespace')) yield metadata.name;
      return;
    }
    // Files name namespaces without holding them.
    const named = new Set<string>();
    for (const kind of ['ServiceAccount', 'RoleBinding', 'Role', 'Pod', 'Deployment'] as const) {
      for (const { metadata } of this.#snapshot.list(kind)) named.add(metadata.namespace ?? '');
    }
    yield* named;
  }

  #labelsOf(namespace: string): Readonly<Record<string, string>> | undefined {
    if (!isReadable(this.#snapshot.observation('Namespace'))) return undefined;
    return readOr(
      () => this.#snapshot.get('Namespace', '', namespace)?.metadata.labels,
      () => undefined,
    );
  }
}

/** Those that list Secrets, by the names of these. */
function accountsBySecret(snapshot: Snapshot): ReadonlyMap<string, readonly ObjectOf<'ServiceAccount'>[]> {
  const found = new Map<string, ObjectOf<'ServiceAccount'>[]>();
  for (const account of snapshot.list('ServiceAccount')) {
    const names = readOr(
      () => (account.secrets ?? []).map(({ name = '' }) => name),
      () => [],
    );
    for (const name of new Set(names)) {
      const some = found.get(name);
      if (some === undefined) found.set(name, [account]);
      else some.push(account);
    }
  }
  return found;
}

function* passagesToRole(to: NodeKey, rest: string): Generator<Passage> {
  const [kind = '', namespace = '', name = ''] = rest.split('/');
  if (kind !== 'Role' || namespace === EVERYWHERE) return;
  yield { from: roleNode('Role', EVERYWHERE, name), to, by: `in namespace ${namespace}` };
  yield { from: rolesNode(namespace), to, by: `Role ${name}` };
  yield { from: rolesNode(''), to, by: `Role ${name} of namespace ${namespace}` };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
