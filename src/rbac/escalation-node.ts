/** The places of the escalation graph: who can act, and what whoever gets there can act as. */
import { identityOf, keyOfIdentity } from './identity.ts';
import type { Identity, IdentityKey } from './identity.ts';
import { BOOTSTRAPPERS } from './request.ts';
import type { Principal } from './subject-matching.ts';

/**
 * Besides identities, what whoever gets there has in hand; with `*` in place of a namespace, of every one:
 * - `namespace:` all service accounts of a namespace; `pods:` what its running pods hold; `new-pods:` pods of any kind
 *   that its Pod Security level admits
 * - `absent:` service accounts of a namespace that do not exist, as whoever impersonates them; `new-accounts:` those, once
 *   they are created; `new-namespaces:` those, once their namespace is created as well; each of them, or that of a name
 * - `all-of:` everything there is in a namespace
 * - `moved-pods:` the tokens that running pods of a namespace hold, once they run on a node of one's own, or one is that node
 * - `bootstrap-tokens` what nodes join with, of any of their groups
 * - `nodes` nodes, and so every pod there; `users` every user
 * - `limited:` somebody as somebody else, as far as constrained impersonation goes
 * - `role:` a role by a RoleBinding of that namespace, or, where that is empty, by a ClusterRoleBinding; `roles:` each Role
 */
export type NodeKey =
  | IdentityKey
  | `namespace:${string}`
  | `pods:${string}`
  | `new-pods:${string}`
  | `absent:${string}`
  | `new-accounts:${string}`
  | `new-namespaces:${string}`
  | `all-of:${string}`
  | `moved-pods:${string}`
  | `role:${string}/${string}/${string}`
  | `roles:${string}`
  | `limited:${string}`
  | 'bootstrap-tokens'
  | 'nodes'
  | 'users'
  | 'cluster-admin';

export const ADMIN = 'cluster-admin';
export const BOOTSTRAP_TOKENS = 'bootstrap-tokens';
export const NODES = 'nodes';
export const USERS = 'users';
/** Of every namespace. */
export const EVERYWHERE = '*';

export function namespaceNode(namespace: string): NodeKey {
  return `namespace:${namespace === '' ? EVERYWHERE : namespace}`;
}

export function podsNode(namespace: string): NodeKey {
  return `pods:${namespace === '' ? EVERYWHERE : namespace}`;
}

export function newPodsNode(namespace: string): NodeKey {
  return `new-pods:${namespace === '' ? EVERYWHERE : namespace}`;
}

export function movedPodsNode(namespace: string): NodeKey {
  return `moved-pods:${namespace === '' ? EVERYWHERE : namespace}`;
}

export function allOfNode(namespace: string): NodeKey {
  return `all-of:${namespace === '' ? EVERYWHERE : namespace}`;
}

/** @param name of the accounts; undefined for each */
export function absentNode(namespace: string, name?: string): NodeKey {
  return `absent:${placeOf(namespace, name)}`;
}

/** @param name of the accounts; undefined for each */
export function newAccountsNode(namespace: string, name?: string): NodeKey {
  return `new-accounts:${placeOf(namespace, name)}`;
}

/** @param namespace that is created; empty for any @param name of the accounts; undefined for each */
export function newNamespacesNode(namespace: string, name?: string): NodeKey {
  return `new-namespaces:${placeOf(namespace, name)}`;
}

/** No namespace has a slash in its name. */
function placeOf(namespace: string, name: string | undefined): string {
  const place = namespace === '' ? EVERYWHERE : namespace;
  return name === undefined ? place : `${place}/${name}`;
}

export function rolesNode(namespace: string): NodeKey {
  return `roles:${namespace === '' ? EVERYWHERE : namespace}`;
}

export function accountNode(namespace: string, name: string): NodeKey {
  return keyOfIdentity({ type: 'ServiceAccount', namespace, name });
}

/** @param namespace empty for a role that is held by a ClusterRoleBinding, `*` for one held by a RoleBinding in each */
export function roleNode(kind: 'Role' | 'ClusterRole', namespace: string, name: string): NodeKey {
  return `role:${kind}/${namespace}/${name}`;
}

export function isIdentityKey(node: NodeKey): node is IdentityKey {
  return node.startsWith('sa:') || node.startsWith('user:') || node.startsWith('group:');
}

/** Whether a bootstrap token may be of it. */
export function isBootstrapGroup(node: NodeKey): boolean {
  return node === `group:${BOOTSTRAPPERS}` || node.startsWith(`group:${BOOTSTRAPPERS}:`);
}

/** @returns undefined for what is no identity */
export function identityOfNode(node: NodeKey): Identity | undefined {
  if (node.startsWith('user:')) return { type: 'User', name: node.slice('user:'.length) };
  if (node.startsWith('group:')) return { type: 'Group', name: node.slice('group:'.length) };
  if (!node.startsWith('sa:')) return undefined;
  const slash = node.indexOf('/');
  return { type: 'ServiceAccount', namespace: node.slice('sa:'.length, slash), name: node.slice(slash + 1) };
}

/** @returns undefined for nobody */
export function nodeOfSubject(principal: Principal | undefined): NodeKey | undefined {
  return principal === undefined ? undefined : keyOfIdentity(identityOf(principal));
}
