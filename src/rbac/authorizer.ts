/**
 * Answers as kube-apiserver's RBAC authorizer does, down to what it says.
 *
 * It is asked behind others: `system:masters` is allowed everything before it, and where more authorizers run than Node
 * and RBAC, they may allow what this refuses. Roles are taken as they are stored; who fills in aggregated ones is
 * somebody else.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go.
 */
import type { PolicyRule, RbacSubject, RoleRef } from '../core/rbac-shape.ts';
import { readOr } from '../core/shape.ts';
import type { BoundRole, Derivation, ObjectChange, Snapshot } from '../core/snapshot.ts';
import { MASTERS } from './request.ts';
import type { AccessRequest, Requester } from './request.ts';
import { resolveRole, unreadableReference } from './role-rules.ts';
import type { RoleRules } from './role-rules.ts';
import { allows } from './rule-matching.ts';
import { principalOf } from './subject-matching.ts';
import type { Principal } from './subject-matching.ts';

type Binding = BoundRole['binding'];

/** A binding, as far as it is somebody's. */
export interface Grant {
  readonly bound: BoundRole;
  readonly subject: RbacSubject;
}

export interface Decision {
  readonly allowed: boolean;
  /** In the API server's words; empty for `system:masters`, and for a refusal where every role exists. */
  readonly reason: string;
  /** What allows it; absent for `system:masters`. */
  readonly by?: Grant & { readonly rule: number };
  /** Of a refusal from files: what could not be read and may allow it. */
  readonly doubts?: readonly string[];
}

const REFUSED: Decision = { allowed: false, reason: '' };
const MASTER: Decision = { allowed: true, reason: '' };

/** By the name of a user or a group, then by namespace, which is empty for ClusterRoleBindings. */
type Grants = Map<string, Map<string, Grant[]>>;

export class Authorizer {
  readonly #snapshot: Snapshot;
  readonly #ofUsers: Grants = new Map();
  readonly #ofGroups: Grants = new Map();
  /** Bindings whose subjects nobody can read: they may be anybody's. */
  readonly #unreadable = new Map<Binding, { readonly namespace: string; readonly problem: string }>();

  /** @throws {NotObserved} if a kind could not be read */
  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    for (const binding of snapshot.list('ClusterRoleBinding')) this.#add({ kind: 'ClusterRoleBinding', binding });
    for (const binding of snapshot.list('RoleBinding')) this.#add({ kind: 'RoleBinding', binding });
  }

  /** Takes note of bindings that came, went or changed; roles are looked up when they are asked for. */
  update(changes: readonly ObjectChange[]): void {
    for (const { kind, before, after } of changes) {
      if (kind !== 'ClusterRoleBinding' && kind !== 'RoleBinding') continue;
      if (before !== undefined) this.#remove({ kind, binding: before as Binding });
      if (after !== undefined) this.#add({ kind, binding: after as Binding });
    }
  }

  authorize(requester: Requester, request: AccessRequest): Decision {
    if (requester.groups.includes(MASTERS)) return MASTER;
    const missing: string[] = [];
    const doubts: string[] = [];
    const namespace = 'path' in request ? '' : request.namespace;
    for (const grant of this.grantsOf(requester, namespace)) {
      const role = this.rulesOfBinding(grant.bound);
      if (role === undefined) missing.push(describeMissing(grant.bound));
      if (role?.doubt !== undefined) doubts.push(role.doubt);
      const rule = role?.rules.findIndex((one) => allows(one, request)) ?? -1;
      if (rule !== -1) {
        return { allowed: true, reason: `RBAC: allowed by ${describeGrant(grant)}`, by: { ...grant, rule } };
      }
    }
    for (const problem of this.unreadableIn(namespace)) doubts.push(problem);
    if (missing.length === 0 && doubts.length === 0) return REFUSED;
    const reason = missing.length === 0 ? '' : `RBAC: ${printErrors(missing)}`;
    return doubts.length === 0 ? { allowed: false, reason } : { allowed: false, reason, doubts: [...new Set(doubts)] };
  }

  /** All that somebody holds in a namespace, or where none is asked for: ClusterRoleBindings first. */
  grantsOf({ user, groups }: Requester, namespace: string): readonly Grant[] {
    const held = [this.#ofUsers.get(user), ...groups.map((group) => this.#ofGroups.get(group))];
    const clusterWide = grantsIn(held, '');
    const own = namespace === '' ? NO_GRANT : grantsIn(held, namespace);
    if (own.length === 0) return clusterWide;
    return clusterWide.length === 0 ? own : [...clusterWide, ...own];
  }

  /** What a user or a group is granted by its own name, by namespace, which is empty for ClusterRoleBindings. */
  grantsTo({ name, isGroup }: Principal): ReadonlyMap<string, readonly Grant[]> {
    return (isGroup ? this.#ofGroups : this.#ofUsers).get(name) ?? NO_GRANTS;
  }

  /** Everybody whom a binding names. */
  *principals(): Generator<Principal> {
    for (const name of this.#ofUsers.keys()) yield { name, isGroup: false };
    for (const name of this.#ofGroups.keys()) yield { name, isGroup: true };
  }

  rulesOf(requester: Requester, namespace: string): readonly PolicyRule[] {
    return this.grantsOf(requester, namespace).flatMap(({ bound }) => this.rulesOfBinding(bound)?.rules ?? []);
  }

  /** @returns undefined where there is no such role */
  rulesOfBinding(bound: BoundRole): RoleRules | undefined {
    return readOr(() => resolveRole(bound.binding.roleRef, namespaceOf(bound), this.#snapshot), unreadableReference);
  }

  /** @returns undefined where there is no such role */
  resolve(roleRef: Pick<RoleRef, 'kind' | 'name'>, namespace: string): RoleRules | undefined {
    return resolveRole(roleRef, namespace, this.#snapshot);
  }

  /** What is wrong with bindings that may be anybody's: those that count in a namespace, or where it is left out all. */
  unreadableIn(namespace?: string): readonly string[] {
    if (this.#unreadable.size === 0) return [];
    return [...this.#unreadable.values()]
      .filter((one) => namespace === undefined || one.namespace === '' || one.namespace === namespace)
      .map(({ problem }) => problem);
  }

  #add(bound: BoundRole): void {
    const namespace = namespaceOf(bound);
    const named = readOr(
      () => grantsBy(bound),
      ({ message }) => message,
    );
    if (typeof named === 'string') {
      const problem = `${bound.kind} ${quote(bound.binding.metadata.name)} cannot be read: ${named}`;
      this.#unreadable.set(bound.binding, { namespace, problem });
      return;
    }
    for (const [principal, grant] of named) {
      const grants = principal.isGroup ? this.#ofGroups : this.#ofUsers;
      let byNamespace = grants.get(principal.name);
      if (byNamespace === undefined) grants.set(principal.name, (byNamespace = new Map<string, Grant[]>()));
      const some = byNamespace.get(namespace);
      if (some === undefined) byNamespace.set(namespace, [grant]);
      // Who is named twice is meant by the first of them.
      else if (some.at(-1)?.bound.binding !== bound.binding) some.push(grant);
    }
  }

  #remove(bound: BoundRole): void {
    if (this.#unreadable.delete(bound.binding)) return;
    const namespace = namespaceOf(bound);
    for (const [principal] of grantsBy(bound)) {
      const grants = principal.isGroup ? this.#ofGroups : this.#ofUsers;
      const byNamespace = grants.get(principal.name);
      const rest = byNamespace?.get(namespace)?.filter((grant) => grant.bound.binding !== bound.binding) ?? [];
      if (rest.length > 0) byNamespace?.set(namespace, rest);
      else byNamespace?.delete(namespace);
      if (byNamespace?.size === 0) grants.delete(principal.name);
    }
  }
}

const NO_GRANTS: ReadonlyMap<string, readonly Grant[]> = new Map();

const derivation: Derivation<Authorizer> = {
  reads: ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'],
  build: (snapshot) => new Authorizer(snapshot),
  update(authorizer, changes) {
    authorizer.update(changes);
    return authorizer;
  },
};

/** The authorizer of what the snapshot shows now; not to be kept. @throws {NotObserved} if a kind could not be read */
export function authorizerOf(snapshot: Snapshot): Authorizer {
  return snapshot.derive(derivation);
}

/** What has to be readable for `authorizerOf`. */
export const authorizerReads = derivation.reads;

/** Whom a binding names; kinds that mean nobody are left out. */
function grantsBy(bound: BoundRole): readonly (readonly [Principal, Grant])[] {
  const namespace = namespaceOf(bound);
  return (bound.binding.subjects ?? []).flatMap((subject) => {
    const principal = principalOf(subject, namespace);
    return principal === undefined ? [] : [[principal, { bound, subject }] as const];
  });
}

const NO_GRANT: readonly Grant[] = [];

/** Most people are somebody in one way only, so that there is nothing to put together. */
function grantsIn(held: readonly (ReadonlyMap<string, Grant[]> | undefined)[], namespace: string): readonly Grant[] {
  let found = NO_GRANT;
  let lists = 0;
  for (const byNamespace of held) {
    const some = byNamespace?.get(namespace);
    if (some === undefined) continue;
    found = lists === 0 ? some : [...found, ...some];
    lists += 1;
  }
  return lists < 2 ? found : distinctBindings(found);
}

/** Empty for a ClusterRoleBinding. */
export function namespaceOf({ kind, binding }: BoundRole): string {
  return kind === 'RoleBinding' ? (binding.metadata.namespace ?? '') : '';
}

/** A binding that names somebody twice, as a user and as a group, counts by its first subject. */
function distinctBindings(grants: readonly Grant[]): readonly Grant[] {
  const byBinding = new Map<Binding, Grant>();
  for (const grant of grants) {
    const known = byBinding.get(grant.bound.binding);
    if (known === undefined || placeOf(grant) < placeOf(known)) byBinding.set(grant.bound.binding, grant);
  }
  return [...byBinding.values()];
}

function placeOf({ bound, subject }: Grant): number {
  return bound.binding.subjects?.indexOf(subject) ?? -1;
}

/** `ClusterRoleBinding "a" of ClusterRole "b" to ServiceAccount "c/shop"` */
export function describeGrant({ bound, subject }: Grant): string {
  const { roleRef } = bound.binding;
  return `${describeBinding(bound)} of ${roleRef.kind} ${quote(roleRef.name)} to ${describeSubject(subject, namespaceOf(bound))}`;
}

/** `RoleBinding "a/shop"` */
export function describeBinding(bound: BoundRole): string {
  const { name } = bound.binding.metadata;
  const namespace = namespaceOf(bound);
  return `${bound.kind} ${quote(namespace === '' ? name : `${name}/${namespace}`)}`;
}

function describeSubject({ kind, name, namespace }: RbacSubject, bindingNamespace: string): string {
  return `${kind} ${quote(kind === 'ServiceAccount' ? `${name}/${namespace ?? bindingNamespace}` : name)}`;
}

function describeMissing({ binding: { roleRef } }: BoundRole): string {
  return `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${quote(roleRef.name)} not found`;
}

/** As Go prints several errors: each once. */
function printErrors(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}

/** Names in RBAC are nearly free text. */
function quote(text: string): string {
  return JSON.stringify(text);
}
