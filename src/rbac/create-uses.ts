/**
 * Whether a create by name, which a role grants, is of use to somebody who holds the role, by what they hold by other roles;
 * kept for whom nothing changed, as rules ask it of every such role after each change.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { isBindingKind, isRoleKind } from '../core/rbac-kinds.ts';
import { keyOfBoundRole, keyOfRole } from '../core/object-snapshot.ts';
import { readOr } from '../core/shape.ts';
import type { BoundRole, Derivation, ObjectChange, RoleKey, Snapshot } from '../core/snapshot.ts';
import { affectedBy } from './affected-identities.ts';
import { authorizerOf, authorizerReads, namespaceOf } from './authorizer.ts';
import { mayWriteNew } from './creating-writes.ts';
import type { NodeKey } from './escalation-node.ts';
import { findHeldRules } from './held-rules.ts';
import { identityOf, keyOfIdentity } from './identity.ts';
import { principalOf } from './subject-matching.ts';

/** The index of a rule, and its role: `0/Role/shop/writer`. */
export type RuleKey = `${number}/${string}`;

export function ruleKeyOf(role: RoleKey, index: number): RuleKey {
  return `${index}/${keyOfRole(role)}`;
}

export class CreateUses {
  #snapshot: Snapshot;
  readonly #answers = new Map<RuleKey, boolean>();
  /** By role, the rules of which an answer is known. */
  readonly #ofRoles = new Map<string, Set<RuleKey>>();
  /** The roles whose answers are about somebody. */
  readonly #about = new Map<NodeKey, Set<string>>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /**
   * Which groups a user is in, only whoever issues credentials knows: what they may hold by these is not counted. Of a Role,
   * which is judged in its namespace, only what is granted there counts: its readers learn nothing of what is granted elsewhere.
   */
  isOfUse(about: RuleKey): boolean {
    const known = this.#answers.get(about);
    if (known !== undefined) return known;
    const { index, role } = readRuleKey(about);
    const rule = this.#snapshot.get(role.kind, role.namespace, role.name)?.rules?.[index];
    const answer = rule !== undefined && this.#snapshot.bindingsOf(role).some((bound) => this.#lets(bound, rule, role));
    this.#answers.set(about, answer);
    addTo(this.#ofRoles, keyOfRole(role), about);
    return answer;
  }

  update(snapshot: Snapshot, changes: readonly ObjectChange[]): void {
    this.#snapshot = snapshot;
    const affected = affectedBy(changes, snapshot);
    if (affected === 'all') {
      this.#answers.clear();
      this.#ofRoles.clear();
      this.#about.clear();
      return;
    }
    for (const node of affected) {
      for (const key of this.#about.get(node) ?? []) this.#forget(key);
      // Whoever is still bound is noted again as that is asked.
      this.#about.delete(node);
    }
    for (const key of changes.flatMap(rolesOf)) this.#forget(key);
  }

  #forget(role: string): void {
    for (const about of this.#ofRoles.get(role) ?? []) this.#answers.delete(about);
    this.#ofRoles.delete(role);
  }

  #lets(bound: BoundRole, rule: PolicyRule, role: RoleKey): boolean {
    const key = keyOfRole(role);
    const place = namespaceOf(bound);
    const counts = (namespace: string): boolean =>
      namespace === place || (role.kind === 'ClusterRole' && (place === '' || namespace === ''));
    const identities = readOr(
      () => (bound.binding.subjects ?? []).flatMap((one) => principalOf(one, place) ?? []).map(identityOf),
      () => [],
    );
    for (const identity of identities) addTo(this.#about, keyOfIdentity(identity), key);
    const authorizer = authorizerOf(this.#snapshot);
    return identities.some((identity) =>
      findHeldRules(identity, authorizer, counts).some(({ rules }) => isWrittenBy(rule, rules)),
    );
  }
}

const written = new WeakMap<PolicyRule, WeakMap<readonly PolicyRule[], boolean>>();

/** Whether other rules let somebody write what a rule lets them create; remembered, as many hold the same two roles. */
function isWrittenBy(rule: PolicyRule, others: readonly PolicyRule[]): boolean {
  let known = written.get(rule);
  if (known === undefined) written.set(rule, (known = new WeakMap<readonly PolicyRule[], boolean>()));
  let answer = known.get(others);
  if (answer === undefined) {
    const { apiGroups = [], resources = [], resourceNames = [] } = rule;
    answer = apiGroups.some((group) =>
      resources.some((resource) => resourceNames.some((name) => mayWriteNew(name, group, resource, others))),
    );
    known.set(others, answer);
  }
  return answer;
}

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const some = map.get(key);
  if (some === undefined) map.set(key, new Set([value]));
  else some.add(value);
}

function readRuleKey(about: RuleKey): { readonly index: number; readonly role: RoleKey } {
  const [index = '', kind = '', namespace = '', ...name] = about.split('/');
  const role = { kind: kind === 'Role' ? kind : 'ClusterRole', namespace, name: name.join('/') } as const;
  return { index: Number(index), role };
}

/** The role itself, and those that a binding was of and is of. */
function rolesOf({ kind, before, after }: ObjectChange): readonly string[] {
  return [before, after].flatMap((object) => {
    if (object === undefined) return [];
    const { name, namespace = '' } = object.metadata;
    if (isRoleKind(kind)) return [keyOfRole({ kind, namespace, name })];
    return isBindingKind(kind) ? [keyOfBoundRole({ kind, binding: object as BoundRole['binding'] })] : [];
  });
}

/** For single questions. */
export const createUses: Derivation<CreateUses> = {
  reads: authorizerReads,
  build: (snapshot) => new CreateUses(snapshot),
  update(uses, changes, snapshot) {
    uses.update(snapshot, changes);
    return uses;
  },
};
