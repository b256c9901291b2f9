/**
 * From what changed to what must be judged again. The rules say what they read, so nobody keeps a list by hand.
 */
import { subjectKinds } from '../core/subjects.ts';
import { bindingKinds } from '../core/rbac-kinds.ts';
import { isInNamespacePosture } from '../core/judge.ts';
import { inputsOf, madeFrom } from '../core/source.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Source } from '../core/source.ts';
import type { ExemptionKey } from './exemption-store.ts';
import type { PostureScope } from './posture-store.ts';
import type { Change } from './store.ts';

/** Which postures a change of one source touches. */
interface Reach {
  /** The posture of the namespace that the changed object belongs to. */
  ownNamespace: boolean;
  everyNamespace: boolean;
  cluster: boolean;
  /** Who can become what, which is found out once for all that ask. */
  paths: boolean;
}

const NO_REACH: Reach = { ownNamespace: false, everyNamespace: false, cluster: false, paths: false };

const NOWHERE: ReadonlySet<string> = new Set();

/** A scope's posture, the status of a policy or an exemption or of a namespace's own, or who can become what. */
export type Key = PostureScope | 'paths' | PolicyKey | ExemptionKey;
export type PolicyKey = `policy/${string}` | `own-policy/${string}`;

export function isPolicyKey(key: Key): key is PolicyKey {
  return key.startsWith('policy/') || key.startsWith('own-policy/');
}

export function isExemptionKey(key: Key): key is ExemptionKey {
  return key.startsWith('exemption/') || key.startsWith('own-exemption/');
}

export function namespaceKey(namespace: string): `namespace/${string}` {
  return `namespace/${namespace}`;
}

const ofNoKind = ['Evidence', 'ServerVersion', 'Today'] as const satisfies readonly Source[];

function isOfNoKind<S extends Source>(source: S): source is S & (typeof ofNoKind)[number] {
  return ofNoKind.some((one) => one === source);
}

export class ChangeRouter {
  readonly #reach = new Map<Source, Reach>();

  /** @param namespaceSources what the posture of a namespace is made from besides its rules */
  constructor(rules: readonly AnyRule[], namespaceSources: readonly Source[] = []) {
    for (const rule of rules) this.#addRule(rule);
    this.#addReads(namespaceSources, { judgesNamespaces: true, judgesCluster: false });
    // A namespace's labels decide which policy applies to it, whatever the rules read.
    this.#of('Namespace').ownNamespace = true;
  }

  #addRule(rule: AnyRule): void {
    const subjects = subjectKinds[rule.subject];
    const isOfBoth = rule.subject === 'Expectation';
    const judgesNamespaces = isOfBoth || subjects.some((kind) => isInNamespacePosture(kind));
    const judgesCluster = subjects.length === 0 || subjects.some((kind) => !isInNamespacePosture(kind));
    if (rule.subject === 'Principal') for (const kind of bindingKinds) this.#of(kind).cluster = true;
    for (const kind of subjects) {
      if (isInNamespacePosture(kind)) this.#of(kind).ownNamespace = true;
      else this.#of(kind).cluster = true;
    }
    this.#addReads([...(rule.reads ?? []), ...(rule.considers ?? [])], { judgesNamespaces, judgesCluster });
  }

  #addReads(
    sources: readonly Source[],
    { judgesNamespaces, judgesCluster }: { readonly judgesNamespaces: boolean; readonly judgesCluster: boolean },
  ): void {
    for (const source of sources) {
      if (source === 'EscalationPaths') {
        for (const input of [...madeFrom[source], ...inputsOf(source)]) this.#of(input).paths = true;
        continue;
      }
      const reach = this.#of(source);
      if (judgesCluster) reach.cluster = true;
      if (!judgesNamespaces) continue;
      if (source === 'PodAccess') reach.ownNamespace = true;
      else if (!isOfNoKind(source) && isInNamespacePosture(source)) reach.ownNamespace = true;
      else reach.everyNamespace = true;
    }
  }

  #of(source: Source): Reach {
    const known = this.#reach.get(source);
    if (known !== undefined) return known;
    const reach: Reach = { ...NO_REACH };
    this.#reach.set(source, reach);
    return reach;
  }

  /**
   * @param change an object's change, or, without a namespace, one that concerns a source as a whole
   * @param namespaces every namespace that has a posture
   */
  keysOf(change: Change, namespaces: () => Iterable<string>): readonly Key[] {
    const reach = this.#reach.get(change.source) ?? NO_REACH;
    const isWholeSource = change.namespace === '';
    // The cluster's posture says how well every source is known, also those that no rule reads there.
    const keys = new Set<Key>(reach.cluster || isWholeSource ? ['cluster'] : []);
    if (reach.paths) keys.add('paths');
    if (!reach.everyNamespace && !reach.ownNamespace) return [...keys];
    if (change.namespace !== '') keys.add(namespaceKey(change.namespace));
    const { touches = isWholeSource || reach.everyNamespace ? 'all' : NOWHERE } = change;
    if (touches !== 'all' && touches.size === 0) return [...keys];
    // Bindings may name namespaces that are not there.
    for (const namespace of namespaces()) {
      if (touches === 'all' || touches.has(namespace)) keys.add(namespaceKey(namespace));
    }
    return [...keys];
  }
}
