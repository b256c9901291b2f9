/**
 * Who may create what has certain names. A plain create names nothing, so a rule with names does not grant it; but whoever
 * applies what is not there, or updates it where that creates, is asked whether they may create it, by its name, besides
 * whether they may patch or update it. The two may come from bindings far apart.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/handlers/{patch,update}.go.
 */
import type { PolicyRule, RbacSubject } from '../core/kinds.ts';
import type { BoundRole } from '../core/snapshot.ts';
import { describeBinding, namespaceOf } from './authorizer.ts';
import { explainDeadWeight } from './dead-weight.ts';
import type { IsNamespaced } from './dead-weight.ts';
import { findNamed } from './granted-names.ts';
import type { NamedGrant } from './granted-names.ts';
import { identityOf, requesterOf } from './identity.ts';
import type { Identity } from './identity.ts';
import type { AccessRequest, ResourceRequest } from './request.ts';
import { SERVICE_ACCOUNTS } from './request.ts';
import { allows, isUnrestrictedByName } from './rule-matching.ts';
import { principalOf } from './subject-matching.ts';
import type { Principal } from './subject-matching.ts';

export interface ReadBinding {
  readonly bound: BoundRole;
  readonly rules: readonly PolicyRule[];
}

export interface NamedCreate extends NamedGrant {
  readonly subject: RbacSubject;
  readonly names: readonly string[];
  /** How, and by which other binding; where its holder is not known to be one of those, the condition. */
  readonly note: string;
}

/** What lets somebody patch or update what it may create. */
export interface Changer {
  readonly bound: BoundRole;
  readonly principals: readonly Principal[];
  readonly changes: (name: string) => boolean;
}

const BY_APPLY = 'only by server-side apply, or by an update that creates: a plain create names nothing';

export function isPlainCreate(request: AccessRequest): request is ResourceRequest {
  return !('path' in request) && request.verb === 'create' && request.subresource === '' && request.name === '';
}

/** @returns one, or none where the binding lets nobody patch or update any of it */
export function findChanger(
  { bound, rules }: ReadBinding,
  request: ResourceRequest,
  isNamespaced: IsNamespaced,
): readonly Changer[] {
  const live = ['patch', 'update']
    .map((verb) => ({ ...request, verb }))
    .filter((one) => explainDeadWeight(bound, one, isNamespaced) === undefined);
  const isWhole = live.some((one) => rules.some((rule) => isUnrestrictedByName(rule) && allows(rule, one)));
  const names = new Set(live.flatMap((one) => findNamed(rules, one)).flatMap((one) => one.names));
  if (!isWhole && names.size === 0) return [];
  const principals = (bound.binding.subjects ?? []).flatMap((one) => principalOf(one, namespaceOf(bound)) ?? []);
  return [{ bound, principals, changes: (name) => isWhole || names.has(name) }];
}

/** @returns at most two for a subject: of what it may create for certain, and of what only if it is somebody else as well */
export function findNamedCreates(
  { bound, rules }: ReadBinding,
  request: ResourceRequest,
  changers: readonly Changer[],
  subjectsOf: (bound: BoundRole) => readonly RbacSubject[],
): readonly NamedCreate[] {
  const named = findNamed(rules, request);
  const [first] = named;
  if (first === undefined) return [];
  const names = [...new Set(named.flatMap((one) => one.names))].filter((name) => name !== '');
  const near = changers.filter((one) => shareNamespace(one.bound, bound));
  if (near.length === 0) return [];
  return subjectsOf(bound).flatMap((subject) =>
    tellApart(names, subject, bound, near).map((one) => ({
      subject,
      rule: first.index,
      granted: first.granted,
      ...one,
    })),
  );
}

function tellApart(
  names: readonly string[],
  subject: RbacSubject,
  bound: BoundRole,
  near: readonly Changer[],
): readonly Pick<NamedCreate, 'names' | 'note'>[] {
  const principal = principalOf(subject, namespaceOf(bound));
  if (principal === undefined) return [];
  const identity = identityOf(principal);
  const certain = selectChanged(
    names,
    near.filter((one) => one.bound.binding === bound.binding || isHeldBy(one, identity)),
  );
  const known = new Set(certain.names);
  const possible = selectChanged(
    names.filter((name) => !known.has(name)),
    near.filter((one) => mayBeHeldBy(one, identity)),
  );
  const condition = identity.type === 'Group' ? 'only who is also' : 'only if it is';
  return [
    { names: certain.names, note: tell(certain.by, bound, (other) => `${other} lets it patch or update`) },
    {
      names: possible.names,
      note: tell(possible.by, bound, (other) => `${condition} among those whom ${other} lets patch or update`),
    },
  ].filter((one) => one.names.length > 0);
}

/** @returns those of the names that they may change, and the first of them that may change any */
function selectChanged(
  names: readonly string[],
  changers: readonly Changer[],
): { readonly names: readonly string[]; readonly by: BoundRole | undefined } {
  return {
    names: names.filter((name) => changers.some(({ changes }) => changes(name))),
    by: changers.find(({ changes }) => names.some(changes))?.bound,
  };
}

function tell(by: BoundRole | undefined, own: BoundRole, say: (other: string) => string): string {
  return by === undefined || by.binding === own.binding ? BY_APPLY : `${BY_APPLY}; ${say(describeBinding(by))}`;
}

/** A ClusterRoleBinding counts in every namespace. */
function shareNamespace(a: BoundRole, b: BoundRole): boolean {
  const [one, other] = [namespaceOf(a), namespaceOf(b)];
  return one === '' || other === '' || one === other;
}

function isHeldBy({ principals }: Changer, identity: Identity): boolean {
  const { user, groups } = requesterOf(identity);
  return principals.some(({ name, isGroup }) => (isGroup ? groups.includes(name) : name === user));
}

/** Nobody in a cluster knows who is in a group; but service accounts are in none but their own. */
function mayBeHeldBy({ principals }: Changer, { type }: Identity): boolean {
  if (type === 'ServiceAccount') return false;
  return principals.some(({ name, isGroup }) => type === 'Group' || (isGroup && !isOfAccounts(name)));
}

function isOfAccounts(group: string): boolean {
  return group === SERVICE_ACCOUNTS || group.startsWith(`${SERVICE_ACCOUNTS}:`);
}
