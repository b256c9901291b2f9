/**
 * Whom a permission lets somebody be, told apart by what these hold: as whom of those who hold the same somebody acts makes no
 * difference, so that one stands for all of them.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import type { Authorizer } from './authorizer.ts';
import type { ConstrainedIdentities } from './constrained-impersonation.ts';
import { identityOfNode } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { findHeldRules } from './held-rules.ts';
import type { HeldRules } from './held-rules.ts';
import { keyOfIdentity } from './identity.ts';
import type { Identity, IdentityKey } from './identity.ts';
import { identitiesOf } from './impersonable.ts';
import { serviceAccountName } from './request.ts';

/** Those who hold the same. */
interface Alike {
  /** The first of them by name. */
  readonly as: Identity;
  readonly held: readonly HeldRules[];
}

/** Users, groups and accounts: of nodes, the rights are no rules. */
export type ImpersonableBy = Exclude<ConstrainedIdentities, { readonly resource: 'nodes' }>;

/** Those whom a permission lets somebody be in one place, and who hold anything. */
export class Impersonable {
  readonly #resource: ImpersonableBy['resource'];
  readonly #names: readonly string[] | undefined;
  readonly #isNamed: ReadonlySet<string> | undefined;
  /** Of the service accounts; empty for every one. */
  readonly #namespace: string;
  /** The same for the same. */
  readonly key: string;
  /** Who may be them. */
  readonly holders = new Set<NodeKey>();
  /** By what they hold. */
  alike: ReadonlyMap<string, Alike> = new Map();
  /** How many rules there are in what they hold, those who hold the same taken once. */
  rules = 0;

  constructor(by: ImpersonableBy, namespace: string) {
    this.#resource = by.resource;
    this.#names = by.names;
    this.#isNamed = by.names === undefined ? undefined : new Set(by.names);
    this.#namespace = namespace;
    this.key = keyOfImpersonable(by, namespace);
  }

  /** @returns whether others are to be told apart than before */
  refresh(signatures: Signatures, authorizer: Authorizer): boolean {
    const first = new Map<string, readonly [IdentityKey, Identity]>();
    for (const identity of identitiesOf(this.#resource, this.#names, this.#namespace, authorizer)) {
      const signature = signatures.of(identity, authorizer);
      if (signature === '') continue;
      const key = keyOfIdentity(identity);
      const known = first.get(signature);
      if (known === undefined || key < known[0]) first.set(signature, [key, identity]);
    }
    const alike = new Map<string, Alike>();
    let isOther = first.size !== this.alike.size;
    for (const [signature, [key, as]] of first) {
      const known = this.alike.get(signature);
      const isSame = known !== undefined && keyOfIdentity(known.as) === key;
      alike.set(signature, isSame ? known : { as, held: [...findHeldRules(as, authorizer)] });
      if (!isSame) isOther = true;
    }
    if (!isOther) return false;
    this.alike = alike;
    this.rules = 0;
    for (const { held } of alike.values()) for (const { rules } of held) this.rules += rules.length;
    return true;
  }

  has(identity: Identity): boolean {
    if (typeOf[this.#resource] !== identity.type || this.#isNamed?.has(identity.name) === false) return false;
    return identity.type !== 'ServiceAccount' || this.#namespace === '' || identity.namespace === this.#namespace;
  }
}

const keys = new WeakMap<ImpersonableBy, string>();

export function keyOfImpersonable(by: ImpersonableBy, namespace: string): string {
  let key = keys.get(by);
  if (key === undefined) keys.set(by, (key = `${by.resource} ${JSON.stringify(by.names)}`));
  return `${namespace} ${key}`;
}

const typeOf = { users: 'User', groups: 'Group', serviceaccounts: 'ServiceAccount' } as const;

/** What somebody holds, as a text that is the same for whoever holds the same; remembered for whom bindings name. */
export class Signatures {
  readonly #known = new Map<IdentityKey, string>();

  /** Empty for who holds nothing. */
  of(identity: Identity, authorizer: Authorizer): string {
    const key = keyOfIdentity(identity);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const signature = write(identity, authorizer);
    if (isNamed(identity, authorizer)) this.#known.set(key, signature);
    return signature;
  }

  /** Those of them who hold something else than they did, or of whom that is not known. */
  forget(nodes: Iterable<NodeKey>, authorizer: Authorizer): readonly Identity[] {
    const moved: Identity[] = [];
    for (const node of nodes) {
      const identity = identityOfNode(node);
      if (identity === undefined) continue;
      const key = keyOfIdentity(identity);
      const before = this.#known.get(key);
      this.#known.delete(key);
      if (before === undefined || before !== this.of(identity, authorizer)) moved.push(identity);
    }
    return moved;
  }

  clear(): void {
    this.#known.clear();
  }
}

function write(identity: Identity, authorizer: Authorizer): string {
  const parts = new Set<string>();
  for (const { namespace, rules } of findHeldRules(identity, authorizer)) parts.add(`${numberOf(rules)}@${namespace}`);
  return [...parts].sort().join(' ');
}

function isNamed(identity: Identity, authorizer: Authorizer): boolean {
  const isGroup = identity.type === 'Group';
  const isAccount = identity.type === 'ServiceAccount';
  const name = isAccount ? serviceAccountName(identity.namespace, identity.name) : identity.name;
  return authorizer.grantsTo({ name, isGroup }).size > 0;
}

const numbers = new WeakMap<readonly PolicyRule[], number>();
let count = 0;

/** Of the list itself: the same number is the same list. */
function numberOf(rules: readonly PolicyRule[]): number {
  let number = numbers.get(rules);
  if (number === undefined) numbers.set(rules, (number = count += 1));
  return number;
}
