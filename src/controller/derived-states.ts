/** What was made of the store as a whole, kept up to date with what changes, or made anew where that cannot be. */
import type { Source } from '../core/source.ts';
import type { Derivation, ObjectChange, Snapshot } from '../core/snapshot.ts';

/** What changed since something was last asked for: beyond that, to build it anew costs no more, and nothing piles up. */
const mostChanges = 1_000;

interface DerivedState {
  readonly made: unknown;
  /** What changed since. */
  readonly changes: ObjectChange[];
}

export class DerivedStates {
  readonly #states = new Map<Derivation<unknown>, DerivedState>();

  of<T>(derivation: Derivation<T>, snapshot: Snapshot): T {
    const state = this.#states.get(derivation);
    if (state?.changes.length === 0) return state.made as T;
    // What fails half-way is not to be asked again.
    this.#states.delete(derivation);
    const made =
      state === undefined || derivation.update === undefined
        ? derivation.build(snapshot)
        : derivation.update(state.made as T, state.changes, snapshot);
    this.#states.set(derivation, { made, changes: [] });
    return made;
  }

  noteObject(change: ObjectChange): void {
    for (const [derivation, { changes }] of this.#states) {
      if (!derivation.reads.includes(change.kind)) continue;
      if (derivation.update === undefined || changes.length === mostChanges) this.#states.delete(derivation);
      else changes.push(change);
    }
  }

  /** A source is known better or worse than before. */
  noteSource(source: Source): void {
    for (const derivation of this.#states.keys()) {
      if (derivation.reads.includes(source)) this.#states.delete(derivation);
    }
  }
}
