/** What a watch-list has sent so far: nothing of it counts before all has come. */
import type { ObjectEventType } from './watch-decoder.ts';

export class InitialObjects<T> {
  readonly #byKey = new Map<string, T>();

  take(type: ObjectEventType, key: string, object: T): void {
    if (type === 'deleted') this.#byKey.delete(key);
    else this.#byKey.set(key, object);
  }

  values(): Iterable<T> {
    return this.#byKey.values();
  }
}
