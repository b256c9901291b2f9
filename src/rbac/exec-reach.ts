/**
 * Who may get into running pods: by pods/exec and pods/attach, by ephemeral containers, or past the API server through the
 * kubelets. Of the admission plugin DenyEscalatingExec, which kept everybody out of pods that are as good as their node,
 * this is what is left since Kubernetes 1.21: to know who gets in.
 *
 * Without whom Kubernetes itself lets in, and without whoever is cluster-admin anyway.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/registry/core/pod/rest/subresources.go (verbs), pkg/kubelet/server/auth.go.
 */
import { madeFrom } from '../core/rule.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Derivation, Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import { adminPathsOf } from './admin-paths.ts';
import type { AdminPaths } from './admin-paths.ts';
import { authorizerOf } from './authorizer.ts';
import type { Authorizer, Grant } from './authorizer.ts';
import { findCapabilities, isOfUse } from './capabilities.ts';
import type { Capability } from './capabilities.ts';
import { identityOf, keyOfIdentity } from './identity.ts';
import type { IdentityKey } from './identity.ts';
import type { PermissionId } from './permission-catalogue.ts';
import { MASTERS } from './request.ts';

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

const ways: readonly PermissionId[] = ['pods-exec', 'ephemeral-containers', 'nodes-proxy'];

/** Entries by namespace, which is empty for ClusterRoleBindings. */
type Entries = Map<string, Entry[]>;

export class ExecReach {
  readonly #byNamespace: Entries = new Map();
  readonly #byWho = new Map<IdentityKey, Entries>();
  /** By namespace as well: of which roles it is not known what they grant. */
  readonly #doubts = new Map<string, Set<string>>();
  readonly #authorizer: Authorizer;
  /** Where pods run that are as good as their node; sorted. */
  readonly escalatingNamespaces: readonly string[];
  /** Pods that cannot be read, and may be as good as their node. */
  readonly unreadablePods: number;

  /** @throws {NotObserved} */
  constructor(snapshot: Snapshot) {
    this.#authorizer = authorizerOf(snapshot);
    const paths = adminPathsOf(snapshot);
    const minorVersion = snapshot.podSecurityVersion();
    for (const principal of this.#authorizer.principals()) {
      const who = keyOfIdentity(identityOf(principal));
      if (paths.admins.has(who) || paths.builtIn.has(who) || who === `group:${MASTERS}`) continue;
      for (const [namespace, grants] of this.#authorizer.grantsTo(principal)) {
        for (const grant of grants) this.#add(namespace, who, grant, paths, minorVersion);
      }
    }
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

  /** What lets somebody in, by namespace, which is empty for ClusterRoleBindings. */
  entriesOf(who: IdentityKey): ReadonlyMap<string, readonly Entry[]> {
    return this.#byWho.get(who) ?? new Map<string, Entry[]>();
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

  #add(namespace: string, who: IdentityKey, grant: Grant, { isPredefined }: AdminPaths, minorVersion: number): void {
    const role = this.#authorizer.rulesOfBinding(grant.bound);
    if (role === undefined) return;
    if (role.doubt !== undefined) {
      this.#doubts.set(namespace, (this.#doubts.get(namespace) ?? new Set<string>()).add(role.doubt));
    }
    const held = findCapabilities(role.rules, { minorVersion }).filter(
      (one) => ways.includes(one.permission) && isOfUse(one, namespace),
    );
    if (held.length === 0 || isPredefined(grant)) return;
    let own = this.#byWho.get(who);
    if (own === undefined) this.#byWho.set(who, (own = new Map<string, Entry[]>()));
    for (const entry of entriesBy(held)) {
      addTo(this.#byNamespace, namespace, { who, grant, ...entry });
      addTo(own, namespace, { who, grant, ...entry });
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

const derivation: Derivation<ExecReach> = {
  reads: madeFrom.EscalationPaths,
  source: 'EscalationPaths',
  build: (snapshot) => new ExecReach(snapshot),
};

/** Of what the snapshot shows now; not to be kept. @throws {NotObserved} */
export function execReachOf(snapshot: Snapshot): ExecReach {
  return snapshot.derive(derivation);
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
