/**
 * Whoever can act: users, groups and service accounts, written as `user:jane`, `group:devs` and `sa:shop/web`. As in
 * bindings, a user whose name is that of a service account is that account.
 */
import { parseAccountName } from '../core/principals.ts';
import type { Principal } from './subject-matching.ts';
import { AUTHENTICATED, serviceAccount, SERVICE_ACCOUNTS, UNAUTHENTICATED, ANONYMOUS_USER } from './request.ts';
import type { Requester } from './request.ts';

export type Identity =
  | { readonly type: 'User'; readonly name: string }
  | { readonly type: 'Group'; readonly name: string }
  | { readonly type: 'ServiceAccount'; readonly namespace: string; readonly name: string };

/** Exactly one text for each identity. */
export type IdentityKey = `user:${string}` | `group:${string}` | `sa:${string}/${string}`;

export function keyOfIdentity(identity: Identity): IdentityKey {
  switch (identity.type) {
    case 'User':
      return `user:${identity.name}`;
    case 'Group':
      return `group:${identity.name}`;
    case 'ServiceAccount':
      return `sa:${identity.namespace}/${identity.name}`;
  }
}

export function identityOf({ name, isGroup }: Principal): Identity {
  if (isGroup) return { type: 'Group', name };
  const account = parseAccountName(name);
  return account === undefined ? { type: 'User', name } : { type: 'ServiceAccount', ...account };
}

/** With the groups that the API server gives it; a group stands for a member that is in none but what follows from it. */
export function requesterOf(identity: Identity): Requester {
  switch (identity.type) {
    case 'ServiceAccount':
      return serviceAccount(identity.namespace, identity.name);
    case 'User':
      return {
        user: identity.name,
        groups: [identity.name === ANONYMOUS_USER ? UNAUTHENTICATED : AUTHENTICATED],
      };
    case 'Group':
      return { user: '', groups: [identity.name, ...groupsOfMembers(identity.name)] };
  }
}

/** Those that the API server puts every member of a group into besides, the narrower first. */
function groupsOfMembers(group: string): readonly string[] {
  if (group === UNAUTHENTICATED || group === AUTHENTICATED) return [];
  return group.startsWith(`${SERVICE_ACCOUNTS}:`) ? [SERVICE_ACCOUNTS, AUTHENTICATED] : [AUTHENTICATED];
}

/** Those whose members it is among because of what it is, by their keys. */
export function membershipsOf(identity: Identity): readonly IdentityKey[] {
  const { groups } = requesterOf(identity);
  const others = identity.type === 'Group' ? groups.slice(1) : groups;
  return others.map((name) => keyOfIdentity({ type: 'Group', name }));
}

/** Groups come before those who are in them: by how many groups are theirs, and groups before anybody else. */
export function compareMembership(a: Identity, b: Identity): number {
  return rankOf(a) - rankOf(b);
}

function rankOf(identity: Identity): number {
  return identity.type === 'Group' ? groupsOfMembers(identity.name).length : 3;
}
