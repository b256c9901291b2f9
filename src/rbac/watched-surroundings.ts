/** What steps ask about what lies around: whoever asked has other steps once that changes. */
import type { RoleKind } from '../core/rbac-kinds.ts';
import type { Authorizer } from './authorizer.ts';
import type { NodeKey } from './escalation-node.ts';
import type { Accounts, Surroundings } from './step.ts';

/** Notes whether anybody asked. */
export class WatchedSurroundings implements Surroundings {
  readonly #accounts: Accounts;
  readonly #authorizer: Authorizer;
  isAsked = false;

  constructor(accounts: Accounts, authorizer: Authorizer) {
    this.#accounts = accounts;
    this.#authorizer = authorizer;
  }

  namespacesWithAccount(name: string): Iterable<string> {
    this.isAsked = true;
    return this.#accounts.namespacesWithAccount(name);
  }

  accountsListing(secret: string, namespace: string): Iterable<NodeKey> {
    this.isAsked = true;
    return this.#accounts.accountsListing(secret, namespace);
  }

  isRoleThere(kind: RoleKind, namespace: string, name: string): boolean | undefined {
    this.isAsked = true;
    const found = this.#authorizer.resolve({ kind, name }, namespace);
    return found?.doubt === undefined ? found !== undefined : undefined;
  }
}
