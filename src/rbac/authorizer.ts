/**
 * Answers as kube-apiserver's RBAC authorizer does, down to what it says.
 *
 * It is asked behind others: `system:masters` is allowed everything before it, and where more authorizers run than Node
 * and RBAC, they may allow what this refuses. Roles are taken as they are stored; who fills in aggregated ones is
 * somebody else.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go.
 */
import type { ObjectOf, PolicyRule, RbacSubject } from '../core/kinds.ts';
import type { BoundRole, Snapshot } from '../core/snapshot.ts';
import { MASTERS } from './request.ts';
import type { AccessRequest, Requester } from './request.ts';
import { allows } from './rule-matching.ts';
import { principalOf } from './subject-matching.ts';

type Binding = BoundRole['binding'];
export type RoleRef = Binding['roleRef'];

/** A binding, as far as it is somebody's. */
export interface Grant {
  readonly bound: BoundRole;
  readonly subject: RbacSubject;
  /** Undefined where the role does not exist. */
  readonly rules: readonly PolicyRule[] | undefined;
}

export interface Decision {
  readonly allowed: boolean;
  /** In the API server's words; empty for `system:masters`, and for a refusal where every role exists. */
  readonly reason: string;
  /** What allows it; absent for `system:masters`. */
  readonly by?: Grant & { readonly rule: number };
}

const REFUSED: Decision = { allowed: false, reason: '' };
const MASTER: Decision = { allowed: true, reason: '' };

/** By the name of a user or a group, then by namespace, which is empty for ClusterRoleBindings. */
type Grants = Map<string, Map<string, Grant[]>>;

export class Authorizer {
  readonly #snapshot: Snapshot;
  readonly #ofUsers: Grants = new Map();
  readonly #ofGroups: Grants = new Map();

  /** @throws {NotObserved} if a kind could not be read */
  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    for (const binding of snapshot.list('ClusterRoleBinding')) this.#add({ kind: 'ClusterRoleBinding', binding });
    for (const binding of snapshot.list('RoleBinding')) this.#add({ kind: 'RoleBinding', binding });
  }

  authorize(requester: Requester, request: AccessRequest): Decision {
    if (requester.groups.includes(MASTERS)) return MASTER;
    const missing: string[] = [];
    for (const grant of this.grantsOf(requester, 'path' in request ? '' : request.namespace)) {
      if (grant.rules === undefined) missing.push(describeMissing(grant.bound));
      const rule = grant.rules?.findIndex((one) => allows(one, request)) ?? -1;
      if (rule !== -1) {
        return { allowed: true, reason: `RBAC: allowed by ${describeGrant(grant)}`, by: { ...grant, rule } };
      }
    }
    return missing.length === 0 ? REFUSED : { allowed: false, reason: `RBAC: ${printErrors(missing)}` };
  }

  /** All that somebody holds in a namespace, or where none is asked for: ClusterRoleBindings first. */
  grantsOf({ user, groups }: Requester, namespace: string): readonly Grant[] {
    const scopes = namespace === '' ? [''] : ['', namespace];
    return scopes.flatMap((scope) => {
      const found = [this.#ofUsers.get(user), ...groups.map((group) => this.#ofGroups.get(group))].flatMap(
        (grants) => grants?.get(scope) ?? [],
      );
      return distinctBindings(found);
    });
  }

  rulesOf(requester: Requester, namespace: string): readonly PolicyRule[] {
    return this.grantsOf(requester, namespace).flatMap(({ rules }) => rules ?? []);
  }

  /** @returns undefined where there is no such role */
  resolve(roleRef: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    const role = this.#roleOf(roleRef, namespace);
    return role === undefined ? undefined : (role.rules ?? []);
  }

  #roleOf({ kind, name }: RoleRef, namespace: string): ObjectOf<'Role'> | undefined {
    if (kind === 'ClusterRole') return this.#snapshot.get('ClusterRole', '', name);
    return kind === 'Role' ? this.#snapshot.get('Role', namespace, name) : undefined;
  }

  #add(bound: BoundRole): void {
    const { metadata, roleRef, subjects = [] } = bound.binding;
    const namespace = bound.kind === 'RoleBinding' ? (metadata.namespace ?? '') : '';
    const rules = this.resolve(roleRef, namespace);
    for (const subject of subjects) {
      const principal = principalOf(subject, namespace);
      if (principal === undefined) continue;
      const grants = principal.isGroup ? this.#ofGroups : this.#ofUsers;
      const byNamespace = grants.get(principal.name) ?? new Map<string, Grant[]>();
      grants.set(principal.name, byNamespace);
      const some = byNamespace.get(namespace) ?? [];
      byNamespace.set(namespace, some);
      some.push({ bound, subject, rules });
    }
  }
}

/** A binding that names somebody twice, as a user and as a group, counts by its first subject. */
function distinctBindings(grants: readonly Grant[]): readonly Grant[] {
  if (grants.length < 2) return grants;
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
export function describeGrant({ bound, subject }: Pick<Grant, 'bound' | 'subject'>): string {
  const { metadata, roleRef } = bound.binding;
  const namespace = bound.kind === 'RoleBinding' ? (metadata.namespace ?? '') : '';
  const binding = namespace === '' ? metadata.name : `${metadata.name}/${namespace}`;
  return `${bound.kind} ${quote(binding)} of ${roleRef.kind} ${quote(roleRef.name)} to ${describeSubject(subject, namespace)}`;
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
