/** A step from somebody to whom they can act as, what it is taken by, and what has to be known around it. */
import type { RoleKind } from '../core/rbac-kinds.ts';
import type { NodeKey } from './escalation-node.ts';
import type { EnablerId, PermissionId } from './permission-catalogue.ts';

/** A permission that somebody holds in a namespace, by one rule of one role; or everywhere, where that is empty. */
export interface Held {
  readonly permission: PermissionId | EnablerId | 'everything';
  readonly namespace: string;
  readonly names: readonly string[] | undefined;
  /** `get secrets` */
  readonly example: string;
}

/** From somebody to somewhere, by what they hold. */
export interface Step<H extends Held = Held> {
  readonly to: NodeKey;
  readonly held: H;
  /** What it is done by, behind the name of whoever does it: `create pods`. */
  readonly by: string;
  /** What must be true besides. */
  readonly assumes?: string;
  /** 0 for what is no act of its own: whoever holds everything is cluster-admin. */
  readonly effort: 0 | 1;
}

/** Where names of accounts lead to. */
export interface Accounts {
  /** The namespaces that have a service account of that name. */
  namespacesWithAccount(name: string): Iterable<string>;
  /** The nodes of accounts that list a Secret of that name. @param namespace of both; empty for any */
  accountsListing(secret: string, namespace: string): Iterable<NodeKey>;
}

/** Where names lead to. */
export interface Surroundings extends Accounts {
  /** @param namespace empty for a ClusterRole @returns undefined where it is not known */
  isRoleThere(kind: RoleKind, namespace: string, name: string): boolean | undefined;
}
