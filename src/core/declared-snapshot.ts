/**
 * A snapshot in which nothing runs: every workload is judged by what its owner declares, which is what is sent to the API
 * server when it is made anew.
 */
import type { Fact, FactName, FactValues } from './evidence.ts';
import type { KindName, ObjectOf } from './kinds.ts';
import type { PodAccess } from './pod-access.ts';
import type { Source } from './rule.ts';
import type { Answer, ApiServer, BoundRole, Derivation, Observation, RoleKey, Snapshot } from './snapshot.ts';

export class DeclaredSnapshot implements Snapshot {
  readonly isWholeCluster: boolean;
  readonly #snapshot: Snapshot;
  readonly #derived = new Map<Derivation<unknown>, unknown>();

  constructor(snapshot: Snapshot) {
    this.isWholeCluster = snapshot.isWholeCluster;
    this.#snapshot = snapshot;
  }

  observation(source: Source): Observation<Source> {
    return source === 'Pod' ? { source, state: 'observed', message: '' } : this.#snapshot.observation(source);
  }

  list<K extends KindName>(kind: K, namespace?: string): Iterable<ObjectOf<K>> {
    return kind === 'Pod' ? [] : this.#snapshot.list(kind, namespace);
  }

  get<K extends KindName>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined {
    return kind === 'Pod' ? undefined : this.#snapshot.get(kind, namespace, name);
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

  ask<T, A extends Answer>(derivation: Derivation<T>, question: (made: T) => A): A {
    return question(this.derive(derivation));
  }
}
