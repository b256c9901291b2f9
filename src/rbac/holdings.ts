/** Who holds which permissions by which grants, and the steps that this allows; kept for whom nothing changed. */
import { isBindingKind, isRoleKind } from '../core/rbac-kinds.ts';
import type { ObjectChange, Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import { affectedBy } from './affected-identities.ts';
import { authorizerOf } from './authorizer.ts';
import type { Authorizer } from './authorizer.ts';
import { constrainedSince } from './constrained-impersonation.ts';
import { identityOfNode } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { findSteps } from './escalation-steps.ts';
import type { Accounts, Step } from './step.ts';
import { findHeld, rolesBehind, rolesHeldBy } from './held-roles.ts';
import type { HeldByGrant, HeldRole } from './held-roles.ts';
import { compareMembership, identityOf, keyOfIdentity } from './identity.ts';
import { defaultMostLimits, LimitedHolders } from './limited-holders.ts';
import { findLimited } from './limited-identities.ts';
import type { LimitedIdentity } from './limited-identities.ts';
import { stepToLimited } from './limited-step.ts';
import { findRoleSteps } from './role-steps.ts';
import { WatchedSurroundings } from './watched-surroundings.ts';

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
  /** Whoever may bind roles. */
  readonly #binders = new Set<NodeKey>();
  /** Those that they may bind, and that whoever holds these may. */
  #roles: ReadonlySet<NodeKey> = new Set();
  /** Of these, those that they may bind without binding others first. */
  #boundable: ReadonlySet<NodeKey> = new Set();
  /** Those who may be others within limits: what these others hold is theirs. */
  readonly #limited: LimitedHolders;
  /** The nodes of that. */
  readonly #limitedNodes = new Map<NodeKey, ReadonlySet<NodeKey>>();
  /** How often it was found out anew what somebody's rights lead to. */
  judged = 0;
  /** Whose steps are others than they were when that was asked for last. */
  #changed = new Set<NodeKey>();

  /** @param mostLimits rules that are held against others, for what may be done as others within limits */
  constructor(mostLimits = defaultMostLimits) {
    this.#limited = new LimitedHolders(mostLimits);
  }

  /** Looks at everybody. @throws {NotObserved} */
  refresh(snapshot: Snapshot, accounts: Accounts): void {
    const authorizer = authorizerOf(snapshot);
    const around: Around = { snapshot, authorizer, accounts, minorVersion: snapshot.podSecurityVersion() };
    const before = new Set(this.#holders.keys());
    // Groups first: what their members hold by them alone is theirs.
    const identities = [...authorizer.principals()].map(identityOf).sort(compareMembership);
    const everybody = identities.map((identity): readonly [NodeKey, readonly HeldRole[]] => [
      keyOfIdentity(identity),
      [...rolesHeldBy(identity, authorizer)],
    ]);
    this.#limited.clear();
    for (const [node, held] of everybody) this.#note(node, held, around);
    this.#limited.settle();
    for (const [node, held] of everybody) {
      before.delete(node);
      this.#refreshIdentity(node, held, around);
      for (const limited of this.#limitedNodes.get(node) ?? []) before.delete(limited);
    }
    for (const role of this.#roles) before.delete(role);
    for (const node of before) this.#drop(node);
    this.#refreshRoles(around);
  }

  /** Looks at those whom the changes are about. @throws {NotObserved} */
  update(snapshot: Snapshot, accounts: Accounts, changes: readonly ObjectChange[]): void {
    const affected = affectedBy(changes, snapshot);
    if (affected === 'all') {
      this.refresh(snapshot, accounts);
      return;
    }
    const authorizer = authorizerOf(snapshot);
    const around: Around = { snapshot, authorizer, accounts, minorVersion: snapshot.podSecurityVersion() };
    for (const node of this.#limited.touchedBy(affected, authorizer)) affected.add(node);
    if (changes.some(bearsNames)) for (const node of this.#usersOfNames()) affected.add(node);
    const concerned = new Map([...affected].flatMap((node) => [...heldBy(node, authorizer)]));
    for (const [node, held] of concerned) {
      if (held.some(({ isOwn }) => isOwn)) this.#note(node, held, around);
      else this.#limited.delete(node);
    }
    if (this.#limited.settle()) {
      for (const node of this.#limited.holders()) {
        if (!concerned.has(node)) for (const [, held] of heldBy(node, authorizer)) concerned.set(node, held);
      }
    }
    for (const [node, held] of groupsFirst(concerned)) {
      if (held.some(({ isOwn }) => isOwn)) this.#refreshIdentity(node, held, around);
      else this.#drop(node);
    }
    // What follows from a role that may be bound is decided by roles alone.
    const areBindings = changes.every(({ kind }) => isBindingKind(kind));
    if (!areBindings || !isSameSet(this.#findBoundable(), this.#boundable)) this.#refreshRoles(around);
  }

  #findBoundable(): ReadonlySet<NodeKey> {
    const roles = new Set<NodeKey>();
    for (const binder of this.#binders) if (!binder.startsWith('role')) addRoles(roles, this.#holders.get(binder));
    return roles;
  }

  /** Also as others. */
  *#usersOfNames(): Generator<NodeKey> {
    for (const [node, { usesNames }] of this.#holders) if (usesNames) yield node;
    for (const [holder, nodes] of this.#limitedNodes) {
      for (const node of nodes) if (this.#holders.get(node)?.usesNames === true) yield holder;
    }
  }

  #note(node: NodeKey, held: readonly HeldRole[], { authorizer, minorVersion }: Around): void {
    if (minorVersion >= constrainedSince) this.#limited.set(node, held, authorizer);
    else this.#limited.delete(node);
  }

  #refreshIdentity(node: NodeKey, held: readonly HeldRole[], around: Around): void {
    const limited = findLimited(node, held, this.#limited.reachesOf(node));
    this.#refreshHolder(node, held, around, limited);
    for (const one of limited) this.#refreshHolder(one.node, one.held, around);
    const nodes = new Set(limited.map((one) => one.node));
    for (const old of this.#limitedNodes.get(node) ?? []) if (!nodes.has(old)) this.#forget(old);
    if (nodes.size > 0) this.#limitedNodes.set(node, nodes);
    else this.#limitedNodes.delete(node);
  }

  /** Who holds nothing any more. */
  #drop(node: NodeKey): void {
    for (const limited of this.#limitedNodes.get(node) ?? []) this.#forget(limited);
    this.#limitedNodes.delete(node);
    this.#limited.delete(node);
    this.#forget(node);
  }

  #refreshRoles(around: Around): void {
    this.#boundable = this.#findBoundable();
    const roles = new Set(this.#boundable);
    // What is added meanwhile is visited as well.
    for (const role of roles) {
      for (const [node, held] of rolesBehind(role, around.authorizer, around.snapshot)) {
        roles.add(node);
        addRoles(roles, this.#refreshHolder(node, held, around));
      }
    }
    for (const role of this.#roles) if (!roles.has(role)) this.#forget(role);
    this.#roles = roles;
  }

  /** Whose steps are others than they were the last time that this was asked for. */
  takeChanged(): ReadonlySet<NodeKey> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new Set();
    return changed;
  }

  stepsFrom(node: NodeKey): readonly StepFrom[] {
    return this.#holders.get(node)?.steps ?? [];
  }

  /** What leads to a node by what somebody holds. */
  stepsTo(node: NodeKey): Iterable<StepFrom> {
    return this.#incoming.get(node)?.values() ?? [];
  }

  /** Everybody whom a binding names, and roles that somebody may bind. */
  holders(): Iterable<NodeKey> {
    return this.#holders.keys();
  }

  isHolder(node: NodeKey): boolean {
    return this.#holders.has(node);
  }

  /** Whether somebody may be others within limits. */
  get isAnybodyLimited(): boolean {
    return this.#limited.size > 0;
  }

  /** Whether it is not looked at what may be done as others within limits, as there is too much of it. */
  get isCut(): boolean {
    return this.#limited.isCut;
  }

  /** How often it was found out anew what somebody can do as others within limits. */
  get limitsJudged(): number {
    return this.#limited.judged;
  }

  #refreshHolder(
    node: NodeKey,
    held: readonly HeldRole[],
    { minorVersion, authorizer, accounts }: Around,
    limited: readonly LimitedIdentity[] = [],
  ): Holder {
    const madeFrom = [
      minorVersion,
      ...held.flatMap(({ grant, rules }) => [grant, rules]),
      ...limited.map((one) => one.node),
    ];
    const known = this.#holders.get(node);
    if (known !== undefined && !known.usesNames && isSameList(known.madeFrom, madeFrom)) return known;

    this.judged += 1;
    const watched = new WatchedSurroundings(accounts, authorizer);
    const steps = [
      ...findSteps(findHeld(held, minorVersion), watched),
      ...findRoleSteps(held, watched),
      ...limited.map(stepToLimited),
    ]
      .filter((step) => !this.#isStepOfGroup(step, node))
      .map((step) => ({ ...step, from: node }));
    const isSame = known !== undefined && isSameList(known.steps, steps, isSameStep);
    const holder: Holder = { madeFrom, steps: isSame ? known.steps : steps, usesNames: watched.isAsked };
    if (!isSame) this.#forget(node);
    this.#holders.set(node, holder);
    if (isSame) return holder;

    this.#changed.add(node);
    if (steps.some(isToRole)) this.#binders.add(node);
    for (const step of steps) {
      const incoming = this.#incoming.get(step.to);
      if (incoming === undefined) this.#incoming.set(step.to, new Map([[step, step]]));
      else incoming.set(step, step);
    }
    return holder;
  }

  /** Whether a group may do the same: then its members do it as such. */
  #isStepOfGroup({ held: { grant }, to, by }: Step<HeldByGrant>, node: NodeKey): boolean {
    if (grant?.subject.kind !== 'Group') return false;
    const group: NodeKey = `group:${grant.subject.name}`;
    if (group === node) return false;
    return this.#holders.get(group)?.steps.some((one) => one.to === to && one.by === by) === true;
  }

  #forget(node: NodeKey): void {
    const known = this.#holders.get(node);
    if (known === undefined) return;
    this.#changed.add(node);
    for (const step of known.steps) {
      const incoming = this.#incoming.get(step.to);
      incoming?.delete(step);
      if (incoming?.size === 0) this.#incoming.delete(step.to);
    }
    this.#holders.delete(node);
    this.#binders.delete(node);
  }
}

type HeldByNode = readonly [NodeKey, readonly HeldRole[]];

/** What members hold by their groups alone is theirs: these come first, and all always in the same order. */
function groupsFirst(held: Iterable<HeldByNode>): readonly HeldByNode[] {
  return [...held]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap((one) => {
      const identity = identityOfNode(one[0]);
      return identity === undefined ? [] : [{ one, identity }];
    })
    .sort((a, b) => compareMembership(a.identity, b.identity))
    .map(({ one }) => one);
}

/** At most one: nothing for who is no identity. */
function* heldBy(node: NodeKey, authorizer: Authorizer): Generator<HeldByNode> {
  const identity = identityOfNode(node);
  if (identity !== undefined) yield [node, [...rolesHeldBy(identity, authorizer)]];
}

function addRoles(roles: Set<NodeKey>, holder: Holder | undefined): void {
  for (const step of holder?.steps ?? []) if (isToRole(step)) roles.add(step.to);
}

function isSameSet<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  if (a.size !== b.size) return false;
  for (const one of a) if (!b.has(one)) return false;
  return true;
}

function isToRole({ to }: StepFrom): boolean {
  return to.startsWith('role');
}

/** What holdings are found out from. */
interface Around {
  readonly snapshot: Snapshot;
  readonly authorizer: Authorizer;
  readonly accounts: Accounts;
  readonly minorVersion: number;
}

/** Whether it may decide where a name leads to. */
function bearsNames({ kind }: ObjectChange): boolean {
  return kind === 'ServiceAccount' || isRoleKind(kind);
}

function isSameList<T>(a: readonly T[], b: readonly T[], isSame: (one: T, other: T) => boolean = Object.is): boolean {
  return a.length === b.length && a.every((one, index) => isSame(one, b[index] as T));
}

/** Of the same holder. */
function isSameStep(a: StepFrom, b: StepFrom): boolean {
  return (
    a.to === b.to &&
    a.by === b.by &&
    a.effort === b.effort &&
    a.assumes === b.assumes &&
    a.held.grant === b.held.grant &&
    a.held.rule === b.held.rule &&
    a.held.namespace === b.held.namespace
  );
}
