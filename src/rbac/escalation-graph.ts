/**
 * Who can become cluster-admin, and how: the shortest chains of steps that RBAC allows, and what lies in between (tokens of
 * service accounts, pods, nodes).
 *
 * The graph knows what it is given: roles, bindings, service accounts, running pods, and the Pod Security level of
 * namespaces. Where a step takes more for granted, the step says so. A path is no proof that somebody gets through; where
 * there is none, RBAC and what is running offer none.
 */
import { isBindingKind, isRoleKind } from '../core/rbac-kinds.ts';
import { madeFrom } from '../core/source.ts';
import { assertReadable } from '../core/snapshot.ts';
import type { Derivation, ObjectChange, Snapshot } from '../core/snapshot.ts';
import { accountNode, ADMIN } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import { HoldingsIndex } from './holdings.ts';
import { AUTHENTICATED, SERVICE_ACCOUNTS } from './request.ts';
import { findRoutes } from './routes.ts';
import type { Ground, Hop, Routes } from './routes.ts';
import { memberPassages, Territory } from './territory.ts';
import type { Passage } from './territory.ts';

/** More places than any cluster that Merlon was tried on; beyond it nothing is said. */
const defaultMostNodes = 500_000;
export class EscalationGraph implements Ground {
  readonly holdings: HoldingsIndex;
  readonly #mostNodes: number;
  #territory: Territory;
  #passages: PassageMemory;
  #toAdmin: Routes | undefined;
  /** Whether there were more steps than are known, when that was found out. */
  #isToAdminCut = false;

  /**
   * @param mostNodes how many are looked at on the way to a destination, that included
   * @param mostLimits see `HoldingsIndex`
   * @throws {NotObserved}
   */
  constructor(snapshot: Snapshot, mostNodes = defaultMostNodes, mostLimits?: number) {
    this.holdings = new HoldingsIndex(mostLimits);
    this.#mostNodes = mostNodes;
    this.#territory = new Territory(snapshot);
    this.holdings.refresh(snapshot, this.#territory);
    this.#passages = new PassageMemory(this.#territory, this.holdings);
  }

  /** Brings it up to date: whom the changes are not about is not looked at again. @throws {NotObserved} */
  update(snapshot: Snapshot, changes: readonly ObjectChange[]): void {
    if (!changes.every(isOfRbac)) {
      this.#territory = new Territory(snapshot);
      this.#passages = new PassageMemory(this.#territory, this.holdings);
      this.#toAdmin = undefined;
    }
    this.holdings.update(snapshot, this.#territory, changes);
  }

  /** The ways to cluster-admin. */
  toAdmin(): Routes {
    const changed = this.holdings.takeChanged();
    if (changed.size > 0) this.#toAdmin = this.#toAdmin?.update(changed, this, this.#mostNodes);
    // It may come to be too much, or no longer, while everybody's steps are as they were.
    if (this.isCut !== this.#isToAdminCut) this.#toAdmin = undefined;
    this.#isToAdminCut = this.isCut;
    return (this.#toAdmin ??= this.routesTo(ADMIN));
  }

  /** Whether there may be more steps than are known. */
  get isCut(): boolean {
    return this.holdings.isCut;
  }

  /** @param guest somebody who counts although no binding names them: by the groups that the API server puts them in */
  routesTo(destination: NodeKey, guest?: NodeKey): Routes {
    const ground = guest === undefined ? this : withGuest(this, memberPassages(guest));
    return findRoutes(destination, ground, this.#mostNodes);
  }

  *hopsTo(node: NodeKey): Generator<Hop> {
    yield* this.holdings.stepsTo(node);
    yield* this.#passages.to(node);
  }

  *hopsFrom(node: NodeKey): Generator<Hop> {
    yield* this.holdings.stepsFrom(node);
    yield* this.#passages.from(node);
  }

  /** How many running pods carry the token of a service account. */
  podsWithTokenOf(namespace: string, account: string): number {
    return this.#territory.podsWithTokenOf(namespace, account);
  }
}

/** Whoever passes as a member besides. */
function withGuest(ground: Ground, passages: readonly Passage[]): Ground {
  return {
    isCut: ground.isCut === true,
    *hopsTo(node) {
      yield* ground.hopsTo(node);
      yield* passages.filter(({ to }) => to === node);
    },
    *hopsFrom(node) {
      yield* ground.hopsFrom(node);
      yield* passages.filter(({ from }) => from === node);
    },
  };
}

/** Passages that were asked for, from both ends: as long as the territory is the same, so are they. */
class PassageMemory {
  readonly #territory: Territory;
  readonly #holdings: HoldingsIndex;
  readonly #to = new Map<NodeKey, readonly Passage[]>();
  readonly #from = new Map<NodeKey, Passage[]>();

  constructor(territory: Territory, holdings: HoldingsIndex) {
    this.#territory = territory;
    this.#holdings = holdings;
  }

  *to(node: NodeKey): Iterable<Passage> {
    yield* this.#lasting(node);
    const prefix = membersPrefix(node);
    if (prefix === undefined) return;
    // Whoever is named by bindings comes and goes with them.
    for (const holder of this.#holdings.holders()) {
      if (!holder.startsWith(prefix)) continue;
      for (const passage of memberPassages(holder)) if (passage.to === node) yield passage;
    }
  }

  #lasting(node: NodeKey): readonly Passage[] {
    const known = this.#to.get(node);
    if (known !== undefined) return known;
    const found = [...this.#territory.passagesTo(node)];
    this.#to.set(node, found);
    for (const passage of found) {
      const some = this.#from.get(passage.from);
      if (some === undefined) this.#from.set(passage.from, [passage]);
      else some.push(passage);
    }
    return found;
  }

  /** To where they were asked for. */
  *from(node: NodeKey): Iterable<Passage> {
    yield* this.#from.get(node) ?? [];
    if (this.#holdings.isHolder(node)) yield* memberPassages(node);
  }
}

/** What the keys of members begin with; undefined for groups that the API server puts nobody in. */
function membersPrefix(node: NodeKey): string | undefined {
  if (!node.startsWith('group:')) return undefined;
  const name = node.slice('group:'.length);
  if (name === AUTHENTICATED || name === SERVICE_ACCOUNTS) return '';
  const namespace = name.startsWith(`${SERVICE_ACCOUNTS}:`) ? name.slice(SERVICE_ACCOUNTS.length + 1) : undefined;
  return namespace === undefined ? undefined : accountNode(namespace, '');
}

/** Of what is neither a role nor a binding also the places that lie in between are made. */
function isOfRbac({ kind }: ObjectChange): boolean {
  return isRoleKind(kind) || isBindingKind(kind);
}

/** For single questions; see `escalationGraphOf` for the whole of it. */
export const escalationPaths: Derivation<EscalationGraph> = {
  reads: madeFrom.EscalationPaths,
  source: 'EscalationPaths',
  build: (snapshot) => new EscalationGraph(snapshot),
  update(graph, changes, snapshot) {
    graph.update(snapshot, changes);
    return graph;
  },
};

/** The graph of what the snapshot shows now; not to be kept. @throws {NotObserved} */
export function escalationGraphOf(snapshot: Snapshot): EscalationGraph {
  assertReadable(snapshot.observation('EscalationPaths'));
  return snapshot.derive(escalationPaths);
}
