/**
 * Who may get into running pods: by pods/exec and pods/attach, by ephemeral containers, or past the API server through the
 * kubelets. Of the admission plugin DenyEscalatingExec, which kept everybody out of pods that are as good as their node,
 * this is what is left since Kubernetes 1.21: to know who gets in.
 *
 * Without whom Kubernetes itself lets in, and without whoever is cluster-admin anyway.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/registry/core/pod/rest/subresources.go (verbs), pkg/kubelet/server/auth.go.
 */
import { compareBindings } from '../core/object-snapshot.ts';
import { bindingKinds } from '../core/rbac-kinds.ts';
import { madeFrom } from '../core/rule.ts';
import { readOr } from '../core/shape.ts';
import { isReadable } from '../core/snapshot.ts';
import type { BoundRole, Derivation, Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import { adminPathsOf } from './admin-paths.ts';
import type { AdminPaths } from './admin-paths.ts';
import { authorizerOf, namespaceOf } from './authorizer.ts';
import type { Authorizer, Grant } from './authorizer.ts';
import { isOfUse } from './capabilities.ts';
import type { Capability } from './capabilities.ts';
import { entryRoles } from './entry-roles.ts';
import { identityOf, keyOfIdentity } from './identity.ts';
import type { IdentityKey } from './identity.ts';
import { MASTERS } from './request.ts';
import { principalOf } from './subject-matching.ts';

/** Somebody may get into pods: into those of the grant's namespace, or of each, where it is a ClusterRoleBinding. */
export interface Entry {
  readonly who: IdentityKey;
  readonly grant: Grant;
  /** The first thing that lets them in: `create pods/exec`. */
  readonly by: string;
  /** Into pods of these names alone. */
  readonly pods?: readonly string[];
  /** Into pods on these nodes alone. */
  readonly nodes?: readonly string[];
}

/** Entries by namespace, which is empty for ClusterRoleBindings. */
type Entries = Map<string, Entry[]>;

export class ExecReach {
  readonly #byNamespace: Entries = new Map();
  readonly #byWho = new Map<IdentityKey, Entries>();
  /** By namespace as well: of which roles it is not known what they grant. */
  readonly #doubts = new Map<string, Set<string>>();
  readonly #isDoubted: boolean;
  readonly #authorizer: Authorizer;
  /** Where pods run that are as good as their node; sorted. */
  readonly escalatingNamespaces: readonly string[];
  /** Pods that cannot be read, and may be as good as their node. */
  readonly unreadablePods: number;

  /** @throws {NotObserved} */
  constructor(snapshot: Snapshot) {
    this.#authorizer = authorizerOf(snapshot);
    const paths = adminPathsOf(snapshot);
    // Few roles let anybody in, so that few bindings need a look.
    for (const { key, ways } of snapshot.derive(entryRoles).list()) {
      for (const bound of snapshot.bindingsOf(key)) this.#add(bound, ways, paths);
    }
    if (!snapshot.isWholeCluster) this.#noteDoubts(snapshot);
    this.#isDoubted = this.doubtsIn().length > 0;
    const pods = snapshot.podAccess();
    this.escalatingNamespaces = [...pods.namespaces()].filter((one) => pods.hasEscalatingPods(one)).sort(compareText);
    this.unreadablePods = pods.unreadable;
  }

  /** Who may get into pods of every namespace. */
  get everywhere(): readonly Entry[] {
    return this.#byNamespace.get('') ?? [];
  }

  /** Who may get into pods of a namespace by its own RoleBindings. */
  ownOf(namespace: string): readonly Entry[] {
    return this.#byNamespace.get(namespace) ?? [];
  }

  /** Whether somebody gets in somewhere, or it is not known. */
  mayEnter(who: IdentityKey): boolean {
    return this.#isDoubted || this.#byWho.has(who);
  }

  /** What lets somebody in, by namespace, which is empty for ClusterRoleBindings. */
  entriesOf(who: IdentityKey): ReadonlyMap<string, readonly Entry[]> {
    const entries = this.#byWho.get(who) ?? new Map<string, Entry[]>();
    // The same on every machine: which of them is named must not depend on which role was read first.
    for (const some of entries.values()) some.sort((a, b) => compareBindings(a.grant.bound, b.grant.bound));
    return entries;
  }

  /** What could not be read and may let others in: into pods of a namespace, or where it is left out of any. */
  doubtsIn(namespace?: string): readonly string[] {
    const ofRoles = [...this.#doubts].filter(([one]) => namespace === undefined || one === '' || one === namespace);
    return [...new Set([...this.#authorizer.unreadableIn(namespace), ...ofRoles.flatMap(([, doubts]) => [...doubts])])];
  }

  /** Where somebody may get in; empty for everywhere. */
  namespaces(): Iterable<string> {
    return this.#byNamespace.keys();
  }

  #add(bound: BoundRole, held: readonly Capability[], { admins, builtIn, isPredefined }: AdminPaths): void {
    const namespace = namespaceOf(bound);
    const found = entriesBy(held.filter((one) => isOfUse(one, namespace)));
    if (found.length === 0) return;
    // Whom nobody can read is among the doubts.
    const subjects = readOr(
      () => (bound.binding.subjects ?? []).map((subject) => ({ subject, principal: principalOf(subject, namespace) })),
      () => [],
    );
    const seen = new Set<IdentityKey>();
    for (const { subject, principal } of subjects) {
      if (principal === undefined) continue;
      const who = keyOfIdentity(identityOf(principal));
      const grant: Grant = { bound, subject };
      // Who is named twice is meant by the first of them.
      if (seen.has(who) || admins.has(who) || builtIn.has(who) || who === `group:${MASTERS}`) continue;
      if (isPredefined(grant)) continue;
      seen.add(who);
      let own = this.#byWho.get(who);
      if (own === undefined) this.#byWho.set(who, (own = new Map<string, Entry[]>()));
      for (const one of found) {
        const entry = { who, grant, ...one };
        addTo(this.#byNamespace, namespace, entry);
        addTo(own, namespace, entry);
      }
    }
  }

  #noteDoubts(snapshot: Snapshot): void {
    for (const kind of bindingKinds) {
      for (const binding of snapshot.list(kind)) {
        const bound = { kind, binding } as BoundRole;
        const doubt = this.#authorizer.rulesOfBinding(bound)?.doubt;
        if (doubt === undefined) continue;
        const namespace = namespaceOf(bound);
        this.#doubts.set(namespace, (this.#doubts.get(namespace) ?? new Set<string>()).add(doubt));
      }
    }
  }
}

function addTo(entries: Entries, namespace: string, entry: Entry): void {
  const some = entries.get(namespace);
  if (some === undefined) entries.set(namespace, [entry]);
  else some.push(entry);
}

/** What is not limited by names takes the place of what is. */
function entriesBy(held: readonly Capability[]): readonly Omit<Entry, 'who' | 'grant'>[] {
  const whole = held.find(({ names }) => names === undefined);
  if (whole !== undefined) return [{ by: whole.example }];
  const [nodes, pods] = [true, false].map((isOfNodes) =>
    held.filter(({ permission }) => (permission === 'nodes-proxy') === isOfNodes),
  );
  const limited = (some: readonly Capability[] = [], of: 'pods' | 'nodes') =>
    some.slice(0, 1).map(({ example }) => ({
      by: example,
      [of]: [...new Set(some.flatMap(({ names = [] }) => names))],
    }));
  return [...limited(pods, 'pods'), ...limited(nodes, 'nodes')];
}

/** For single questions; see `execReachOf` for the whole of it. */
export const execReach: Derivation<ExecReach> = {
  reads: madeFrom.EscalationPaths,
  source: 'EscalationPaths',
  build: (snapshot) => new ExecReach(snapshot),
};

/** Of what the snapshot shows now; not to be kept. @throws {NotObserved} */
export function execReachOf(snapshot: Snapshot): ExecReach {
  return snapshot.derive(execReach);
}

/**
 * Who may get into the pods of each namespace by its own RoleBindings, and under `''` who may everywhere, in a form to
 * compare with an earlier one.
 */
export function execReachByNamespace(snapshot: Snapshot): ReadonlyMap<string, string> {
  if (!isReadable(snapshot.observation('EscalationPaths'))) return new Map();
  const reach = execReachOf(snapshot);
  const { reaching } = adminPathsOf(snapshot);
  const toLine = ({ who, by, pods = [], nodes = [] }: Entry): string =>
    JSON.stringify([who, by, pods, nodes, reaching.get(who)]);
  return new Map(
    [...reach.namespaces()].map((namespace) => [
      namespace,
      (namespace === '' ? reach.everywhere : reach.ownOf(namespace)).map(toLine).sort().join('\n'),
    ]),
  );
}
