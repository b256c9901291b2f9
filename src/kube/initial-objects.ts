/** What a watch-list has sent so far: nothing of it counts before all has come. */
import type { Identity } from './known-objects.ts';
import type { ObjectEventType } from './watch-decoder.ts';

export class InitialObjects<T> {
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
