/**
 * Who may create what has certain names, by a rule with names: only whoever may also write it so that it is created
 * (`creating-writes.ts`). The two may come from bindings far apart.
 */
import type { PolicyRule, RbacSubject } from '../core/rbac-shape.ts';
import type { BoundRole } from '../core/snapshot.ts';
import { describeBinding, namespaceOf } from './authorizer.ts';
import { creatingVerbs, listCreatingVerbs } from './creating-writes.ts';
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

export function isPlainCreate(request: AccessRequest): request is ResourceRequest {
  return !('path' in request) && request.verb === 'create' && request.subresource === '' && request.name === '';
}

/** @returns one, or none where the binding lets nobody patch or update any of it */
export function findChanger(
  { bound, rules }: ReadBinding,
  request: ResourceRequest,
  isNamespaced: IsNamespaced,
): readonly Changer[] {
  const live = creatingVerbs(request.group, request.resource)
    .map((verb) => ({ ...request, verb }))
    .filter((one) => explainDeadWeight(bound, one, isNamespaced) === undefined);
  const isWhole = live.some((one) => rules.some((rule) => isUnrestrictedByName(rule) && allows(rule, one)));
  const names = new Set(live.flatMap((one) => findNamed(rules, one)).flatMap((one) => one.names));
  if (!isWhole && names.size === 0) return [];
  const principals = (bound.binding.subjects ?? []).flatMap((one) => principalOf(one, namespaceOf(bound)) ?? []);
  return [{ bound, principals, changes: (name) => isWhole || names.has(name) }];
}

/** Changers by whom they are granted to. */
export class Changers {
  readonly #all: readonly Changer[];
  /** Those that are granted to a group that a user may be in without anybody in the cluster knowing. */
  readonly #ofGroups: readonly Changer[];
  readonly #byPrincipal = new Map<string, Changer[]>();

  constructor(all: readonly Changer[]) {
    this.#all = all;
    this.#ofGroups = all.filter(({ principals }) =>
      principals.some(({ name, isGroup }) => isGroup && !isOfAccounts(name)),
    );
    for (const changer of all) {
      for (const key of new Set(changer.principals.map(keyOf))) {
        const known = this.#byPrincipal.get(key);
        if (known === undefined) this.#byPrincipal.set(key, [changer]);
        else known.push(changer);
      }
    }
  }

  /** Those of a binding itself first. */
  heldBy(identity: Identity, bound: BoundRole): readonly Changer[] {
    const { user, groups } = requesterOf(identity);
    const principals = [
      ...(user === '' ? [] : [{ name: user, isGroup: false }]),
      ...groups.map((name) => ({ name, isGroup: true })),
    ];
    const held = principals.flatMap((one) => this.#byPrincipal.get(keyOf(one)) ?? []);
    const isOwn = (one: Changer) => one.bound.binding === bound.binding;
    return [...held.filter(isOwn), ...held.filter((one) => !isOwn(one) && shareNamespace(one.bound, bound))];
  }

  /** Nobody in a cluster knows who is in a group; but service accounts are in none but their own. */
  perhapsHeldBy({ type }: Identity, bound: BoundRole): readonly Changer[] {
    if (type === 'ServiceAccount') return [];
    return (type === 'Group' ? this.#all : this.#ofGroups).filter((one) => shareNamespace(one.bound, bound));
  }
}

/** @returns at most two for a subject: of what it may create for certain, and of what only if it is somebody else as well */
export function findNamedCreates(
  { bound, rules }: ReadBinding,
  request: ResourceRequest,
  changers: Changers,
  subjectsOf: (bound: BoundRole) => readonly RbacSubject[],
): readonly NamedCreate[] {
  const named = findNamed(rules, request);
  const [first] = named;
  if (first === undefined) return [];
  const { index: rule, granted } = first;
  const names = [...new Set(named.flatMap((one) => one.names))].filter((name) => name !== '');
  return subjectsOf(bound).flatMap((subject) =>
    tellApart(names, subject, { bound, request }, changers).map((one) => ({ subject, rule, granted, ...one })),
  );
}

interface Asked {
  readonly bound: BoundRole;
  readonly request: ResourceRequest;
}

function tellApart(
  names: readonly string[],
  subject: RbacSubject,
  asked: Asked,
  changers: Changers,
): readonly Pick<NamedCreate, 'names' | 'note'>[] {
  const { bound, request } = asked;
  const principal = principalOf(subject, namespaceOf(bound));
  if (principal === undefined) return [];
  const identity = identityOf(principal);
  const certain = assignChangers(names, changers.heldBy(identity, bound));
  const open = names.filter((name) => !certain.has(name));
  const possible = assignChangers(open, open.length === 0 ? [] : changers.perhapsHeldBy(identity, bound));
  const verbs = listCreatingVerbs(request.group, request.resource);
  const condition = identity.type === 'Group' ? 'only who is also' : 'only if it is';
  return [
    toCreate(certain, asked, (other, isOne) => `${other} ${isOne ? 'lets' : 'let'} it ${verbs}`),
    toCreate(
      possible,
      asked,
      (other, isOne) => `${condition} among those whom ${other} ${isOne ? 'lets' : 'let'} ${verbs}`,
    ),
  ].filter((one) => one.names.length > 0);
}

/** @returns of each name that any of them may change, the first that may */
function assignChangers(names: readonly string[], changers: readonly Changer[]): ReadonlyMap<string, BoundRole> {
  return new Map(
    names.flatMap((name) => {
      const found = changers.find(({ changes }) => changes(name));
      return found === undefined ? [] : [[name, found.bound] as const];
    }),
  );
}

function byWrite({ group, resource }: ResourceRequest): string {
  const isUpdated = creatingVerbs(group, resource).includes('update');
  return `only by server-side apply${isUpdated ? ', or by an update that creates' : ''}: a plain create names nothing`;
}

function toCreate(
  byName: ReadonlyMap<string, BoundRole>,
  { bound: own, request }: Asked,
  say: (other: string, isOne: boolean) => string,
): Pick<NamedCreate, 'names' | 'note'> {
  const others = new Set([...byName.values()].filter(({ binding }) => binding !== own.binding).map(describeBinding));
  const [first] = others;
  const more = others.size - 1;
  const named = first === undefined || more === 0 ? first : `${first} and ${more} more`;
  return {
    names: [...byName.keys()],
    note: named === undefined ? byWrite(request) : `${byWrite(request)}; ${say(named, more === 0)}`,
  };
}

/** A ClusterRoleBinding counts in every namespace. */
function shareNamespace(a: BoundRole, b: BoundRole): boolean {
  const [one, other] = [namespaceOf(a), namespaceOf(b)];
  return one === '' || other === '' || one === other;
}

function keyOf({ name, isGroup }: Principal): string {
  return `${isGroup ? 'group' : 'user'}:${name}`;
}

function isOfAccounts(group: string): boolean {
  return group === SERVICE_ACCOUNTS || group.startsWith(`${SERVICE_ACCOUNTS}:`);
}
