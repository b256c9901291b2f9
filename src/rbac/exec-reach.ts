/**
 * Who may get into running pods: by pods/exec and pods/attach, by ephemeral containers, or past the API server through the
 * kubelets. Of the admission plugin DenyEscalatingExec, which kept everybody out of pods that are as good as their node,
 * this is what is left since Kubernetes 1.21: to know who gets in.
 *
 * Without whom Kubernetes itself lets in, and without whoever is cluster-admin anyway.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/registry/core/pod/rest/subresources.go (verbs), pkg/kubelet/server/auth.go.
 */
import { bindingKinds } from '../core/rbac-kinds.ts';
import { madeFrom } from '../core/source.ts';
import { readOr } from '../core/shape.ts';
import type { BoundRole, Derivation, Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import { adminPathsOf } from './admin-paths.ts';
import type { AdminPaths } from './admin-paths.ts';
import { authorizerOf, namespaceOf } from './authorizer.ts';
import type { Authorizer } from './authorizer.ts';
import { entryIndex } from './entry-index.ts';
import type { Entry, EntryIndex } from './entry-index.ts';
import { identityOf, keyOfIdentity } from './identity.ts';
import type { IdentityKey } from './identity.ts';
import { principalOf } from './subject-matching.ts';

export class ExecReach {
  readonly #index: EntryIndex;
  readonly #paths: AdminPaths;
  readonly #authorizer: Authorizer;
  /** By namespace: of which roles it is not known what they grant. */
  readonly #doubts = new Map<string, Set<string>>();
  /** The first of them, by those whom they are granted to. */
  readonly #doubtsOf = new Map<IdentityKey, string>();
  readonly #known = new Map<string, readonly Entry[]>();
  #unreadable: readonly string[] | undefined;
  /** Pods that cannot be read, and may be as good as their node. */
  readonly unreadablePods: number;

  /** @throws {NotObserved} */
  constructor(snapshot: Snapshot) {
    this.#authorizer = authorizerOf(snapshot);
    this.#paths = adminPathsOf(snapshot);
    this.#index = snapshot.derive(entryIndex);
    this.unreadablePods = snapshot.podAccess().unreadable;
    if (!snapshot.isWholeCluster) this.#noteDoubts(snapshot);
  }

  /** Who may get into pods of every namespace. */
  get everywhere(): readonly Entry[] {
    return this.ownOf('');
  }

  /** Who may get into pods of a namespace by its own RoleBindings. */
  ownOf(namespace: string): readonly Entry[] {
    const known = this.#known.get(namespace);
    if (known !== undefined) return known;
    const { admins, builtIn } = this.#paths;
    const found = this.#index.in(namespace).filter(({ who }) => !admins.has(who) && !builtIn.has(who));
    this.#known.set(namespace, found);
    return found;
  }

  /** Whether something lets somebody in, or it is not known. */
  mayEnter(who: IdentityKey): boolean {
    return this.#index.of(who).size > 0 || this.doubtOf(who) !== undefined;
  }

  /** What could not be read and may let somebody in. */
  doubtOf(who: IdentityKey): string | undefined {
    this.#unreadable ??= this.#authorizer.unreadableIn();
    return this.#unreadable[0] ?? this.#doubtsOf.get(who);
  }

  /** What could not be read and may let others in: into pods of a namespace, or where it is left out of any. */
  doubtsIn(namespace?: string): readonly string[] {
    const ofRoles = [...this.#doubts].filter(([one]) => namespace === undefined || one === '' || one === namespace);
    return [...new Set([...this.#authorizer.unreadableIn(namespace), ...ofRoles.flatMap(([, doubts]) => [...doubts])])];
  }

  #noteDoubts(snapshot: Snapshot): void {
    for (const kind of bindingKinds) {
      for (const binding of snapshot.list(kind)) {
        const bound = { kind, binding } as BoundRole;
        const doubt = this.#authorizer.rulesOfBinding(bound)?.doubt;
        if (doubt === undefined) continue;
        const namespace = namespaceOf(bound);
        this.#doubts.set(namespace, (this.#doubts.get(namespace) ?? new Set<string>()).add(doubt));
        for (const who of whoIsNamed(bound)) if (!this.#doubtsOf.has(who)) this.#doubtsOf.set(who, doubt);
      }
    }
  }
}

/** Whom nobody can read is told of as such. */
function whoIsNamed(bound: BoundRole): readonly IdentityKey[] {
  return readOr(
    () =>
      (bound.binding.subjects ?? []).flatMap((subject) => {
        const principal = principalOf(subject, namespaceOf(bound));
        return principal === undefined ? [] : [keyOfIdentity(identityOf(principal))];
      }),
    () => [],
  );
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

/** Where pods run that are as good as their node; sorted, and the same list while it says the same. */
export const escalatingNamespaces: Derivation<readonly string[]> = {
  reads: ['PodAccess'],
  source: 'EscalationPaths',
  build(snapshot) {
    const pods = snapshot.podAccess();
    return [...pods.namespaces()].filter((one) => pods.hasEscalatingPods(one)).sort(compareText);
  },
  update(known, _changes, snapshot) {
    const found = escalatingNamespaces.build(snapshot);
    return found.length === known.length && found.every((one, index) => one === known[index]) ? known : found;
  },
};
