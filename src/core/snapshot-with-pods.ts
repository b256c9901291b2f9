/**
 * A snapshot in which other pods run: as they would be made anew. Without any, every workload is judged by what its owner
 * declares, which is what is sent to the API server.
 */
import type { Fact, FactName, FactValues } from './evidence.ts';
import type { KindName, ObjectOf } from './kinds.ts';
import type { PodAccess } from './pod-access.ts';
import type { Source } from './source.ts';
import type { Answer, ApiServer, BoundRole, Derivation, Observation, Question, RoleKey, Snapshot } from './snapshot.ts';

type Pod = ObjectOf<'Pod'>;

export class SnapshotWithPods implements Snapshot {
  readonly isWholeCluster: boolean;
  readonly #snapshot: Snapshot;
  readonly #change: ((pod: Pod) => Pod) | undefined;
  readonly #derived = new Map<Derivation<unknown>, unknown>();

  /** @param change what becomes of each pod; left out, none runs */
  constructor(snapshot: Snapshot, change?: (pod: Pod) => Pod) {
    this.isWholeCluster = snapshot.isWholeCluster;
    this.#snapshot = snapshot;
    this.#change = change;
  }

  observation(source: Source): Observation<Source> {
    return source === 'Pod' && this.#change === undefined
      ? { source, state: 'observed', message: '' }
      : this.#snapshot.observation(source);
  }

  list<K extends KindName>(kind: K, namespace?: string): Iterable<ObjectOf<K>> {
    return kind === 'Pod' ? (this.#listPods(namespace) as Iterable<ObjectOf<K>>) : this.#snapshot.list(kind, namespace);
  }

  get<K extends KindName>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined {
    if (kind !== 'Pod') return this.#snapshot.get(kind, namespace, name);
    const pod = this.#change === undefined ? undefined : this.#snapshot.get('Pod', namespace, name);
    return pod === undefined ? undefined : (this.#change?.(pod) as ObjectOf<K> | undefined);
  }

  bindingsOf(role: RoleKey): readonly BoundRole[] {
    return this.#snapshot.bindingsOf(role);
  }

  podSecurityVersion(): number {
    return this.#snapshot.podSecurityVersion();
  }

  today(): string {
    return this.#snapshot.today();
  }

  fact<Name extends FactName>(name: Name): Fact<FactValues[Name]> {
    return this.#snapshot.fact(name);
  }

  apiServers(): readonly ApiServer[] {
    return this.#snapshot.apiServers();
  }

  podAccess(): PodAccess {
    return this.#snapshot.podAccess();
  }

  derive<T>(derivation: Derivation<T>): T {
    if (!derivation.reads.includes('Pod')) return this.#snapshot.derive(derivation);
    if (!this.#derived.has(derivation)) this.#derived.set(derivation, derivation.build(this));
    return this.#derived.get(derivation) as T;
  }

  ask<T, A extends Answer, About extends string>(
    derivation: Derivation<T>,
    question: Question<T, A, About>,
    about = '' as About,
  ): A {
    return question(this.derive(derivation), about);
  }

  *#listPods(namespace: string | undefined): Iterable<Pod> {
    if (this.#change === undefined) return;
    for (const pod of this.#snapshot.list('Pod', namespace)) yield this.#change(pod);
  }
}
