/**
 * What whoever gets into pods, or onto nodes, finds there: whose tokens they carry, and which of them are the node itself.
 */
import type { ObjectOf } from '../core/kinds.ts';
import { templatesOf, workloadKinds } from '../core/owners.ts';
import { MIRROR_ANNOTATION } from '../core/pod-shape.ts';
import type { Container, PodSpec } from '../core/pod-shape.ts';
import { readOr } from '../core/shape.ts';
import type { Derivation, Snapshot } from '../core/snapshot.ts';
import { findContainers } from '../pod-security/containers.ts';

/** Pods of one namespace, counted. */
interface NamespacePods {
  /** By service account: how many pods carry its token. */
  readonly carriers: Map<string, number>;
  /** How many pods are privileged, or share the node's process or IPC namespace. */
  escalating: number;
  /** How many pods run the API server. */
  apiServers: number;
}

export class PodAccess {
  readonly #byNamespace = new Map<string, NamespacePods>();
  /** Pods that cannot be read: what they carry is not known. */
  unreadable = 0;

  /** @returns how many pods carry the token of each service account of a namespace */
  carriersIn(namespace: string): ReadonlyMap<string, number> {
    return this.#byNamespace.get(namespace)?.carriers ?? NONE;
  }

  *carriers(): Generator<readonly [string, string]> {
    for (const [namespace, { carriers }] of this.#byNamespace) {
      for (const account of carriers.keys()) yield [namespace, account];
    }
  }

  /** Whether a pod of that namespace is as good as its node. */
  hasEscalatingPods(namespace: string): boolean {
    return (this.#byNamespace.get(namespace)?.escalating ?? 0) > 0;
  }

  namespaces(): Iterable<string> {
    return this.#byNamespace.keys();
  }

  /** Whether the API server runs in pods: then its node is one that pods may run on, with every credential. */
  get isControlPlaneOnNodes(): boolean {
    return [...this.#byNamespace.values()].some(({ apiServers }) => apiServers > 0);
  }

  /** @param by 1 for a pod that came, -1 for one that went */
  count(namespace: string, spec: PodSpec, { isApiServer, carries }: PodTraits, by: 1 | -1): void {
    let pods = this.#byNamespace.get(namespace);
    if (pods === undefined)
      this.#byNamespace.set(namespace, (pods = { carriers: new Map(), escalating: 0, apiServers: 0 }));
    if (carries) {
      const account = accountOf(spec);
      const left = (pods.carriers.get(account) ?? 0) + by;
      if (left > 0) pods.carriers.set(account, left);
      else pods.carriers.delete(account);
    }
    if (isEscalating(spec)) pods.escalating += by;
    if (isApiServer) pods.apiServers += by;
  }
}

const NONE: ReadonlyMap<string, number> = new Map();

interface PodTraits {
  readonly isApiServer: boolean;
  readonly carries: boolean;
}

const derivation: Derivation<PodAccess> = {
  reads: ['Pod'],
  build(snapshot) {
    const access = new PodAccess();
    for (const pod of snapshot.list('Pod')) countPod(access, pod, 1);
    return access;
  },
  update(access, changes) {
    for (const { kind, before, after } of changes) {
      if (kind !== 'Pod') continue;
      if (before !== undefined) countPod(access, before as ObjectOf<'Pod'>, -1);
      if (after !== undefined) countPod(access, after as ObjectOf<'Pod'>, 1);
    }
    return access;
  },
};

/** Of files: the templates as well, which run nowhere yet. */
const ofFiles: Derivation<PodAccess> = {
  reads: [...workloadKinds, 'ServiceAccount'],
  build(snapshot) {
    const access = new PodAccess();
    for (const [namespace, template] of templatesOf(snapshot)) {
      readOr(
        () => {
          const { spec } = template();
          const carries = willCarryToken(spec, namespace, snapshot);
          access.count(namespace, spec, { isApiServer: false, carries }, 1);
        },
        () => {
          access.unreadable += 1;
        },
      );
    }
    return access;
  },
};

/** @throws {NotObserved} */
export function podAccessOf(snapshot: Snapshot): PodAccess {
  return snapshot.derive(snapshot.isWholeCluster ? derivation : ofFiles);
}

function countPod(access: PodAccess, pod: ObjectOf<'Pod'>, by: 1 | -1): void {
  const { name, namespace = '', annotations } = pod.metadata;
  const isMirror = annotations?.[MIRROR_ANNOTATION] !== undefined;
  // A mirror pod has no token; whoever may create pods cannot make one.
  const isApiServer = isMirror && namespace === 'kube-system' && name.startsWith('kube-apiserver');
  access.count(namespace, pod.spec, { isApiServer, carries: carriesToken(pod.spec) }, by);
}

/** Of a pod that the API server has completed: the token is a volume of it. */
export function carriesToken({ volumes = [] }: PodSpec): boolean {
  return volumes.some(({ projected }) => projected?.sources?.some(isToken) === true);
}

function isToken({ serviceAccountToken }: { readonly serviceAccountToken?: object }): boolean {
  return serviceAccountToken !== undefined;
}

/** Of a template: what the ServiceAccount admission plugin will do. */
function willCarryToken(spec: PodSpec, namespace: string, snapshot: Snapshot): boolean {
  if (carriesToken(spec)) return true;
  const account = snapshot.get('ServiceAccount', namespace, accountOf(spec));
  return spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
}

export function accountOf({ serviceAccountName, serviceAccount }: PodSpec): string {
  return serviceAccountName ?? serviceAccount ?? 'default';
}

/** What the admission plugin DenyEscalatingExec went by. */
export function isEscalating(spec: PodSpec): boolean {
  return spec.hostPID === true || spec.hostIPC === true || findContainers({ spec }, isPrivileged) !== undefined;
}

function isPrivileged({ securityContext }: Container): boolean {
  return securityContext?.privileged === true;
}
