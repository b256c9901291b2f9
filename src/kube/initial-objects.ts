/** What a watch-list has sent so far: nothing of it counts before all has come. */
import type { Identified } from './codec.ts';
import type { Identity } from './known-objects.ts';
import type { ObjectEventType } from './watch-decoder.ts';

export interface Initial<T> {
  take(type: ObjectEventType, identity: Identity, object: T): void;
  /** All has come. @returns it, or undefined where it has been handed on */
  release(): readonly T[] | undefined;
}

/** Hands on each as it comes, to who heeds that there may be more: so nothing is left to do when all has come. */
export class HandedOn<T extends Identified> implements Initial<T> {
  readonly #take: (type: ObjectEventType, object: T) => void;

  constructor(take: (type: ObjectEventType, object: T) => void) {
    this.#take = take;
  }

  take(type: ObjectEventType, _identity: Identity, object: T): void {
    this.#take(type, object);
  }

  release(): undefined {
    return undefined;
  }
}

export class InitialObjects<T> implements Initial<T> {
  #byNamespace = new Map<string, Map<string, T>>();

  take(type: ObjectEventType, { namespace, name }: Identity, object: T): void {
    const byName = this.#byNamespace.get(namespace);
    if (type === 'deleted') byName?.delete(name);
    else if (byName === undefined) this.#byNamespace.set(namespace, new Map([[name, object]]));
    else byName.set(name, object);
  }

  /** Hands them over and lets go of them: the stream that brought them lasts for minutes. */
  release(): readonly T[] {
    const all = [...this.#byNamespace.values()].flatMap((byName) => [...byName.values()]);
    this.#byNamespace = new Map();
    return all;
  }
}
