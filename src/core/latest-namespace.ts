/**
 * What is made of one namespace, once for all who ask for the same one before something changes or another one is asked for:
 * as it is judged a namespace is asked for again and again, and what is made of all would fill the memory.
 */
import type { Source } from './source.ts';
import type { Derivation, Snapshot } from './snapshot.ts';

/** @param reads all that it is made from */
export function ofLatestNamespace<T>(
  reads: readonly Source[],
  build: (snapshot: Snapshot, namespace: string) => T,
): (snapshot: Snapshot, namespace: string) => T {
  const latest: Derivation<LatestNamespace<T>> = { reads, build: () => new LatestNamespace(build) };
  return (snapshot, namespace) => snapshot.derive(latest).of(snapshot, namespace);
}

class LatestNamespace<T> {
  readonly #build: (snapshot: Snapshot, namespace: string) => T;
  #latest: { readonly namespace: string; readonly made: T } | undefined;

  constructor(build: (snapshot: Snapshot, namespace: string) => T) {
    this.#build = build;
  }

  of(snapshot: Snapshot, namespace: string): T {
    if (this.#latest?.namespace !== namespace) this.#latest = { namespace, made: this.#build(snapshot, namespace) };
    return this.#latest.made;
  }
}
