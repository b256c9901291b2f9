/** Who holds which permissions by which grants, and the steps that this allows; kept for whom nothing changed. */
import type { PolicyRule } from '../core/kinds.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { authorizerOf } from './authorizer.ts';
import type { Authorizer, Grant } from './authorizer.ts';
import { findCapabilities, grantsEverything, isEverything, isOfUse } from './capabilities.ts';
import { EVERYWHERE, roleNode } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { findSteps } from './escalation-steps.ts';
import type { Held, Step, Surroundings } from './escalation-steps.ts';
import { identityOf, keyOfIdentity, requesterOf } from './identity.ts';
import type { Identity } from './identity.ts';

/** A permission, and what grants it. */
export interface HeldByGrant extends Held {
  /** Undefined for what a role would grant once it is bound. */
  readonly grant: Grant | undefined;
  /** The index of the rule in the role. */
  readonly rule: number;
}

export type StepFrom = Step<HeldByGrant> & { readonly from: NodeKey };

/** A role that is bound in a namespace, or everywhere where that is empty. */
interface HeldRole {
  readonly role: string;
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
  readonly grant: Grant | undefined;
}

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
  /** How often it was found out anew what somebody's rights lead to. */
  judged = 0;

  /** @throws {NotObserved} */
  refresh(snapshot: Snapshot, surroundings: Surroundings): void {
    const authorizer = authorizerOf(snapshot);
    const minorVersion = snapshot.podSecurityVersion();
    const seen = new Set<NodeKey>();
    const roles: NodeKey[] = [];
    const refreshHolder = (node: NodeKey, held: readonly HeldRole[]): void => {
      seen.add(node);
      for (const { to } of this.#refreshHolder(node, held, minorVersion, surroundings)) {
        if (to.startsWith('role')) roles.push(to);
      }
    };
    // Groups first: what their members hold by them alone is theirs.
    for (const principal of [...authorizer.principals()].sort((a, b) => Number(b.isGroup) - Number(a.isGroup))) {
      const identity = identityOf(principal);
      refreshHolder(keyOfIdentity(identity), [...rolesHeldBy(identity, authorizer)]);
    }
    // Roles that somebody may bind lead to others that these may bind.
    for (let role = roles.pop(); role !== undefined; role = roles.pop()) {
      for (const [node, held] of rolesBehind(role, authorizer, snapshot)) {
        if (!seen.has(node)) refreshHolder(node, held);
      }
    }
    for (const node of this.#holders.keys()) if (!seen.has(node)) this.#forget(node);
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
    minorVersion: number,
    surroundings: Surroundings,
  ): readonly StepFrom[] {
    const madeFrom = [minorVersion, ...held.flatMap(({ grant, rules }) => [grant, rules])];
    const known = this.#holders.get(node);
    if (known !== undefined && !known.usesNames && isSameList(known.madeFrom, madeFrom)) return known.steps;

    this.judged += 1;
    if (known !== undefined) this.#forget(node);
    const watched = new WatchedSurroundings(surroundings);
    const steps = [...findSteps(buildHoldings(held, minorVersion), watched)]
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
  for (const principal of principals) {
    for (const [namespace, grants] of authorizer.grantsTo(principal)) {
      for (const grant of grants) {
        const { kind, name } = grant.bound.binding.roleRef;
        const rules = authorizer.rulesOfBinding(grant.bound)?.rules;
        if (rules !== undefined) yield { role: `${kind}/${name}`, namespace, rules, grant };
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
  return rules === undefined ? [] : [{ role: `${kind}/${name}`, namespace, rules, grant: undefined }];
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

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
