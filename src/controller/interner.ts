/**
 * Holds equal objects once. A cluster of 100,000 pods has some thousands of templates; each is kept, and judged, once.
 * What nobody holds any more is forgotten with the next garbage collection.
 */
export class Interner {
  readonly #byKey = new Map<string, WeakRef<object>>();
  readonly #collected = new FinalizationRegistry<string>((key) => {
    if (this.#byKey.get(key)?.deref() === undefined) this.#byKey.delete(key);
  });

  /**
   * @param key the same for values that may stand for each other; by default what the value says, field order included
   * @returns the object that was given first among those of the same key
   */
  intern<T extends object>(value: T, key = JSON.stringify(value)): T {
    const known = this.#byKey.get(key)?.deref();
    if (known !== undefined) return known as T;
    this.#byKey.set(key, new WeakRef(value));
    this.#collected.register(value, key);
    return value;
  }

  /** What was given for a key, as long as somebody holds it. */
  get(key: string): object | undefined {
    return this.#byKey.get(key)?.deref();
  }

  /** How many distinct objects are held. */
  get size(): number {
    return this.#byKey.size;
  }
}
