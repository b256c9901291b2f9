/** Who holds which permissions by which grants, and the steps that this allows; kept for whom nothing changed. */
import type { BoundRole, ObjectChange, Snapshot } from '../core/snapshot.ts';
import { authorizerOf, namespaceOf } from './authorizer.ts';
import type { Authorizer, Grant } from './authorizer.ts';
import { constrainedSince } from './constrained-impersonation.ts';
import { findCapabilities, grantsEverything, isEverything, isOfUse } from './capabilities.ts';
import { EVERYWHERE, identityOfNode, roleNode } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { findSteps } from './escalation-steps.ts';
import type { Held, Step, Surroundings } from './escalation-steps.ts';
import { identityOf, keyOfIdentity, requesterOf } from './identity.ts';
import type { Identity } from './identity.ts';
import { findLimited, holdsConstrained } from './limited-identities.ts';
import type { HeldRole, LimitedIdentity } from './limited-identities.ts';
import { AUTHENTICATED, SERVICE_ACCOUNTS, UNAUTHENTICATED } from './request.ts';
import { principalOf } from './subject-matching.ts';

/** A permission, and what grants it. */
export interface HeldByGrant extends Held {
  /** Undefined for what a role would grant once it is bound. */
  readonly grant: Grant | undefined;
  /** The index of the rule in the role. */
  readonly rule: number;
}

export type StepFrom = Step<HeldByGrant> & { readonly from: NodeKey };

interface Holder {
  /** What the steps were made from, by identity. */
  readonly madeFrom: readonly unknown[];
  readonly steps: readonly StepFrom[];
  /** Whether names led somewhere: then what bears them counts as well. */
  readonly usesNames: boolean;
}

export class HoldingsIndex {
  readonly #holders = new Map<NodeKey, Holder>();
  readonly #incoming = new Map<NodeKey, Map<StepFrom, StepFrom>>();
  /** Those that somebody may bind. */
  readonly #roles = new Set<NodeKey>();
  /** Those who may be others within limits, with the nodes of that: what these others hold is theirs. */
  readonly #limited = new Map<NodeKey, ReadonlySet<NodeKey>>();
  /** How often it was found out anew what somebody's rights lead to. */
  judged = 0;

  /** Looks at everybody. @throws {NotObserved} */
  refresh(snapshot: Snapshot, surroundings: Surroundings): void {
    const authorizer = authorizerOf(snapshot);
    const around: Around = { snapshot, authorizer, surroundings, minorVersion: snapshot.podSecurityVersion() };
    const before = new Set(this.#holders.keys());
    // Groups first: what their members hold by them alone is theirs.
    for (const principal of [...authorizer.principals()].sort((a, b) => Number(b.isGroup) - Number(a.isGroup))) {
      const identity = identityOf(principal);
      const node = keyOfIdentity(identity);
      before.delete(node);
      this.#refreshIdentity(node, [...rolesHeldBy(identity, authorizer)], around);
    }
    for (const limited of this.#limited.values()) for (const node of limited) before.delete(node);
    this.#roles.clear();
    for (const { steps } of this.#holders.values()) this.#addRoles(steps);
    this.#refreshRoles(around);
    for (const node of before) if (!this.#roles.has(node)) this.#drop(node);
  }

  /** Looks at those whom the changes are about. @throws {NotObserved} */
  update(snapshot: Snapshot, surroundings: Surroundings, changes: readonly ObjectChange[]): void {
    const affected = affectedBy(changes, snapshot);
    if (affected === 'all') {
      this.refresh(snapshot, surroundings);
      return;
    }
    const authorizer = authorizerOf(snapshot);
    const around: Around = { snapshot, authorizer, surroundings, minorVersion: snapshot.podSecurityVersion() };
    if (changes.some(({ kind }) => kind === 'ServiceAccount')) {
      for (const [node, { usesNames }] of this.#holders) if (usesNames) affected.add(node);
    }
    for (const node of this.#limited.keys()) affected.add(node);
    for (const node of [...affected].sort()) {
      const identity = identityOfNode(node);
      if (identity === undefined) continue;
      const held = [...rolesHeldBy(identity, authorizer)];
      if (held.some(({ isOwn }) => isOwn)) this.#refreshIdentity(node, held, around);
      else this.#drop(node);
    }
    this.#refreshRoles(around);
  }

  #refreshIdentity(node: NodeKey, held: readonly HeldRole[], around: Around): void {
    const { authorizer, minorVersion } = around;
    const isConstrained = minorVersion >= constrainedSince && holdsConstrained(held);
    const limited = isConstrained ? findLimited(node, held, authorizer) : [];
    this.#addRoles(this.#refreshHolder(node, held, around, limited));
    for (const one of limited) this.#addRoles(this.#refreshHolder(one.node, one.held, around));
    const nodes = new Set(limited.map((one) => one.node));
    for (const old of this.#limited.get(node) ?? []) if (!nodes.has(old)) this.#forget(old);
    if (isConstrained) this.#limited.set(node, nodes);
    else this.#limited.delete(node);
  }

  /** Who holds nothing any more. */
  #drop(node: NodeKey): void {
    for (const limited of this.#limited.get(node) ?? []) this.#forget(limited);
    this.#limited.delete(node);
    this.#forget(node);
  }

  #addRoles(steps: readonly StepFrom[]): void {
    for (const { to } of steps) if (to.startsWith('role')) this.#roles.add(to);
  }

  /** Roles that somebody may bind lead to others that these may bind; one that nobody may bind any more does no harm. */
  #refreshRoles(around: Around): void {
    // What is added meanwhile is visited as well.
    for (const role of this.#roles) {
      for (const [node, held] of rolesBehind(role, around.authorizer, around.snapshot)) {
        this.#roles.add(node);
        this.#addRoles(this.#refreshHolder(node, held, around));
      }
    }
  }

  /** What leads to a node by what somebody holds. */
  stepsTo(node: NodeKey): Iterable<StepFrom> {
    return this.#incoming.get(node)?.values() ?? [];
  }

  /** Everybody whom a binding names, and roles that somebody may bind. */
  holders(): Iterable<NodeKey> {
    return this.#holders.keys();
  }

  #refreshHolder(
    node: NodeKey,
    held: readonly HeldRole[],
    { minorVersion, surroundings }: Around,
    limited: readonly LimitedIdentity[] = [],
  ): readonly StepFrom[] {
    const madeFrom = [
      minorVersion,
      ...held.flatMap(({ grant, rules }) => [grant, rules]),
      ...limited.map((one) => one.node),
    ];
    const known = this.#holders.get(node);
    if (known !== undefined && !known.usesNames && isSameList(known.madeFrom, madeFrom)) return known.steps;

    this.judged += 1;
    if (known !== undefined) this.#forget(node);
    const watched = new WatchedSurroundings(surroundings);
    const steps = [...findSteps(buildHoldings(held, minorVersion), watched), ...limited.map(stepToLimited)]
      .filter((step) => !this.#isStepOfGroup(step, node))
      .map((step) => ({ ...step, from: node }));
    this.#holders.set(node, { madeFrom, steps, usesNames: watched.isAsked });
    for (const step of steps) {
      const incoming = this.#incoming.get(step.to);
      if (incoming === undefined) this.#incoming.set(step.to, new Map([[step, step]]));
      else incoming.set(step, step);
    }
    return steps;
  }

  /** Whether a group may do the same: then its members do it as such. */
  #isStepOfGroup({ held: { grant }, to, by }: Step<HeldByGrant>, node: NodeKey): boolean {
    if (grant?.subject.kind !== 'Group') return false;
    const group: NodeKey = `group:${grant.subject.name}`;
    if (group === node) return false;
    return this.#holders.get(group)?.steps.some((one) => one.to === to && one.by === by) === true;
  }

  #forget(node: NodeKey): void {
    for (const step of this.#holders.get(node)?.steps ?? []) {
      const incoming = this.#incoming.get(step.to);
      incoming?.delete(step);
      if (incoming?.size === 0) this.#incoming.delete(step.to);
    }
    this.#holders.delete(node);
  }
}

/** What holdings are found out from. */
interface Around {
  readonly snapshot: Snapshot;
  readonly authorizer: Authorizer;
  readonly surroundings: Surroundings;
  readonly minorVersion: number;
}

/** Those whose rights a change may touch; all, where a group is concerned that the API server puts others in. */
function affectedBy(changes: readonly ObjectChange[], snapshot: Snapshot): Set<NodeKey> | 'all' {
  const affected = new Set<NodeKey>();
  for (const { kind, before, after } of changes) {
    for (const bound of boundBy(kind, before, after, snapshot)) {
      for (const subject of bound.binding.subjects ?? []) {
        const principal = principalOf(subject, namespaceOf(bound));
        if (principal === undefined) continue;
        if (principal.isGroup && isImplied(principal.name)) return 'all';
        affected.add(keyOfIdentity(identityOf(principal)));
      }
    }
  }
  return affected;
}

function isImplied(group: string): boolean {
  return group === AUTHENTICATED || group === UNAUTHENTICATED || group.startsWith(SERVICE_ACCOUNTS);
}

function boundBy(
  kind: ObjectChange['kind'],
  before: ObjectChange['before'],
  after: ObjectChange['after'],
  snapshot: Snapshot,
): readonly BoundRole[] {
  const objects = [before, after].filter((object) => object !== undefined);
  if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') {
    return objects.map((object) => ({ kind, binding: object as BoundRole['binding'] }));
  }
  if (kind !== 'Role' && kind !== 'ClusterRole') return [];
  return objects.flatMap(({ metadata: { name, namespace = '' } }) => snapshot.bindingsOf({ kind, namespace, name }));
}

/** Notes whether anybody asked. */
class WatchedSurroundings implements Surroundings {
  readonly #surroundings: Surroundings;
  isAsked = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  namespacesWithAccount(name: string): Iterable<string> {
    this.isAsked = true;
    return this.#surroundings.namespacesWithAccount(name);
  }
}

function* rolesHeldBy(identity: Identity, authorizer: Authorizer): Generator<HeldRole> {
  const { user, groups } = requesterOf(identity);
  const principals = [{ name: user, isGroup: false }, ...groups.map((name) => ({ name, isGroup: true }))];
  // Who holds nothing by their own name has no steps of their own.
  for (const principal of principals) {
    const isOwn = principal.isGroup === (identity.type === 'Group');
    for (const [namespace, grants] of authorizer.grantsTo(principal)) {
      for (const grant of grants) {
        const { kind, name } = grant.bound.binding.roleRef;
        const rules = authorizer.rulesOfBinding(grant.bound)?.rules;
        yield { role: `${kind}/${name}`, namespace, rules: rules ?? [], grant, isOwn };
      }
    }
  }
}

/** The nodes of roles that a node stands for, each with the role itself. */
function* rolesBehind(
  node: NodeKey,
  authorizer: Authorizer,
  snapshot: Snapshot,
): Generator<readonly [NodeKey, readonly HeldRole[]]> {
  if (node.startsWith('roles:')) {
    const namespace = node.slice('roles:'.length);
    for (const { metadata } of snapshot.list('Role', namespace === EVERYWHERE ? undefined : namespace)) {
      yield [roleNode('Role', metadata.namespace ?? '', metadata.name), roleBehind('Role', metadata, authorizer)];
    }
    return;
  }
  const [kind, namespace = '', name = ''] = node.slice('role:'.length).split('/');
  if (kind === 'ClusterRole') yield [node, roleBehind(kind, { namespace, name }, authorizer)];
  else if (namespace !== EVERYWHERE) yield [node, roleBehind('Role', { namespace, name }, authorizer)];
  else {
    for (const { metadata } of snapshot.list('Role')) {
      if (metadata.name !== name) continue;
      yield [roleNode('Role', metadata.namespace ?? '', name), roleBehind('Role', metadata, authorizer)];
    }
  }
}

function roleBehind(
  kind: 'Role' | 'ClusterRole',
  { namespace = '', name }: { readonly namespace?: string; readonly name: string },
  authorizer: Authorizer,
): readonly HeldRole[] {
  const rules = authorizer.resolve({ kind, name }, namespace)?.rules;
  return rules === undefined ? [] : [{ role: `${kind}/${name}`, namespace, rules, grant: undefined, isOwn: true }];
}

function buildHoldings(
  roles: readonly HeldRole[],
  minorVersion: number,
): { readonly held: readonly HeldByGrant[]; rolesIn(namespace: string): readonly string[] } {
  return {
    held: roles.flatMap((role) => [...holdingsOf(role, minorVersion)]),
    rolesIn: (namespace) => roles.filter((role) => role.namespace === namespace).map(({ role }) => role),
  };
}

function* holdingsOf({ namespace, rules, grant }: HeldRole, minorVersion: number): Generator<HeldByGrant> {
  // By RoleBindings everywhere is as good as everywhere, for what is of use in a namespace at all.
  const held = namespace === EVERYWHERE ? '' : namespace;
  if (namespace === '' && grantsEverything(rules)) {
    const rule = rules.findIndex(isEverything);
    yield { permission: 'everything', namespace: held, names: undefined, example: 'everything', grant, rule };
  }
  for (const capability of findCapabilities(rules, { minorVersion })) {
    if (!isOfUse(capability, namespace)) continue;
    const { permission, rule, names, example } = capability;
    yield { permission, namespace: held, names, example, grant, rule };
  }
}

/** No act of its own: each request as somebody else is one. */
function stepToLimited({ node, by: { mode, resource, names, rule }, through, as }: LimitedIdentity): Step<HeldByGrant> {
  const permission = permissionOf[resource];
  const { namespace, grant } = through;
  const who = as.type === 'ServiceAccount' ? `${as.namespace}/${as.name}` : as.name;
  const example = `impersonate:${mode} ${resource}`;
  return { to: node, held: { permission, namespace, names, example, grant, rule }, by: `${example} ${who}`, effort: 0 };
}

const permissionOf = {
  users: 'impersonate-users',
  groups: 'impersonate-groups',
  serviceaccounts: 'impersonate-service-accounts',
  nodes: 'impersonate-users',
} as const;

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
