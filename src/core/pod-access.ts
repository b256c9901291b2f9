/**
 * What whoever gets into pods, or onto nodes, finds there: whose tokens they carry, and which of them are the node itself.
 */
import { EXEC_LABEL, EXEC_SPARED } from '../api/v1alpha1/group.ts';
import type { ObjectOf } from './kinds.ts';
import { MIRROR_ANNOTATION } from './pod-shape.ts';
import type { Container, PodSpec } from './pod-shape.ts';

/** Pods of one namespace, counted. */
class NamespacePods {
  /** By service account: how many pods carry its token. */
  readonly carriers = new Map<string, number>();
  /** How many pods are privileged, or share the node's process or IPC namespace. */
  escalating = 0;
  /** How many of those, or of those in the network of their node, carry the label that says that they are not. */
  wronglySpared = 0;
  /** How many pods run the API server. */
  apiServers = 0;

  countToken(account: string, by: 1 | -1): void {
    const left = (this.carriers.get(account) ?? 0) + by;
    if (left > 0) this.carriers.set(account, left);
    else this.carriers.delete(account);
  }

  /** Without the numbers: one pod comes and goes, so that no account takes the place of another. */
  get outline(): number {
    const some = Number(this.escalating > 0) + 2 * Number(this.wronglySpared > 0) + 4 * Number(this.apiServers > 0);
    return 8 * this.carriers.size + some;
  }
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

  /** Whether a pod there is as good as its node though its label has the exec guard spare it. */
  hasWronglySparedPods(namespace: string): boolean {
    return (this.#byNamespace.get(namespace)?.wronglySpared ?? 0) > 0;
  }

  namespaces(): Iterable<string> {
    return this.#byNamespace.keys();
  }

  /** Whether the API server runs in pods: then its node is one that pods may run on, with every credential. */
  get isControlPlaneOnNodes(): boolean {
    return [...this.#byNamespace.values()].some(({ apiServers }) => apiServers > 0);
  }

  /** Takes note of a pod that runs. @returns whether anything but a number is different now */
  add(pod: ObjectOf<'Pod'>): boolean {
    return this.#count(pod.metadata.namespace ?? '', traitsOf(pod), 1);
  }

  /** @returns whether anything but a number is different now */
  remove(pod: ObjectOf<'Pod'>): boolean {
    return this.#count(pod.metadata.namespace ?? '', traitsOf(pod), -1);
  }

  /** A pod that is to run. */
  addTemplate(namespace: string, spec: PodSpec, carries: boolean): void {
    const carried = carries ? accountOf(spec) : undefined;
    this.#count(namespace, { ...ofTemplate, carried, isEscalating: isEscalating(spec) }, 1);
  }

  #count(namespace: string, traits: PodTraits, by: 1 | -1): boolean {
    const { carried, isEscalating, isWronglySpared, isApiServer } = traits;
    let pods = this.#byNamespace.get(namespace);
    if (pods === undefined) this.#byNamespace.set(namespace, (pods = new NamespacePods()));
    const before = pods.outline;
    if (carried !== undefined) pods.countToken(carried, by);
    if (isEscalating) pods.escalating += by;
    if (isWronglySpared) pods.wronglySpared += by;
    if (isApiServer) pods.apiServers += by;
    return pods.outline !== before;
  }
}

const NONE: ReadonlyMap<string, number> = new Map();

/** What matters of a pod here. */
interface PodTraits {
  /** The account whose token it carries. */
  readonly carried: string | undefined;
  readonly isEscalating: boolean;
  readonly isWronglySpared: boolean;
  readonly isApiServer: boolean;
}

const ofTemplate = { isWronglySpared: false, isApiServer: false } as const;

function traitsOf({ metadata, spec }: ObjectOf<'Pod'>): PodTraits {
  const { name, namespace, annotations, labels } = metadata;
  // Nobody but a kubelet makes mirror pods, in whatever namespace: in this one it is an administrator's.
  const isMirror = annotations?.[MIRROR_ANNOTATION] !== undefined;
  return {
    ...traitsOfSpec(spec),
    isWronglySpared: labels?.[EXEC_LABEL] === EXEC_SPARED && isEscalating(spec, true),
    isApiServer: isMirror && namespace === 'kube-system' && name.startsWith('kube-apiserver'),
  };
}

type SpecTraits = Pick<PodTraits, 'carried' | 'isEscalating'>;

/** Looked at once for all pods that share a spec. */
const knownTraits = new WeakMap<PodSpec, SpecTraits>();

function traitsOfSpec(spec: PodSpec): SpecTraits {
  let traits = knownTraits.get(spec);
  if (traits === undefined) {
    traits = { carried: carriesToken(spec) ? accountOf(spec) : undefined, isEscalating: isEscalating(spec) };
    knownTraits.set(spec, traits);
  }
  return traits;
}

/** Of a pod that the API server has completed: the token is a volume of it. */
export function carriesToken({ volumes = [] }: PodSpec): boolean {
  return volumes.some(({ projected }) => projected?.sources?.some(isToken) === true);
}

function isToken({ serviceAccountToken }: { readonly serviceAccountToken?: object }): boolean {
  return serviceAccountToken !== undefined;
}

export function accountOf({ serviceAccountName, serviceAccount }: PodSpec): string {
  return serviceAccountName ?? serviceAccount ?? 'default';
}

/**
 * What the admission plugin DenyEscalatingExec went by.
 * @param countsNetwork whether a pod in the network of its node is as good as it, too
 */
export function isEscalating(spec: PodSpec, countsNetwork = false): boolean {
  if (spec.hostPID === true || spec.hostIPC === true) return true;
  if (countsNetwork && spec.hostNetwork === true) return true;
  const { containers, initContainers, ephemeralContainers } = spec;
  return [containers, initContainers, ephemeralContainers].some((list) => list?.some(isPrivileged) === true);
}

function isPrivileged({ securityContext }: Container): boolean {
  return securityContext?.privileged === true;
}
