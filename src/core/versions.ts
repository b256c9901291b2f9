/**
 * When parts of a snapshot changed last, as far as anybody asked about them: whoever remembers a verdict remembers what it
 * was made from, and sees whether any of that is another now.
 */
import type { Source } from './rule.ts';

/** Something that was read: a number, because every verdict is made from some, and each change looks at all of them. */
export type Cell = number;

export class Versions {
  readonly #cells = new Map<string, Cell>();
  /** By cell, by the clock; 0 where it has not changed since somebody asked about it first. */
  readonly #changedAt: number[] = [];
  /** Counts changes. */
  #now = 1;
  /** Changes with how well sources are known, and with the evidence: then nothing holds that was made before. */
  #epoch = 1;

  get now(): number {
    return this.#now;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Whether one of them has changed since then. @param cells of the present epoch */
  haveChanged(cells: readonly Cell[], since: number): boolean {
    for (const cell of cells) if ((this.#changedAt[cell] ?? 0) > since) return true;
    return false;
  }

  ofSource(source: Source): Cell {
    return this.#cell(source);
  }

  /** The objects of a kind in a namespace. */
  ofList(kind: Source, namespace: string): Cell {
    return this.#cell(`${kind}/${namespace}`);
  }

  /** One object, whether it is there or not. */
  ofObject(kind: Source, namespace: string, name: string): Cell {
    return this.#cell(`${kind}/${namespace}/${name}`);
  }

  /** @param role its key */
  ofBindings(role: string): Cell {
    return this.#cell(`bindings ${role}`);
  }

  noteSource(source: Source): void {
    this.#now += 1;
    this.#touch(source);
  }

  noteObject(kind: Source, namespace: string, name: string): void {
    this.#now += 1;
    this.#touch(kind);
    this.#touch(`${kind}/${namespace}`);
    this.#touch(`${kind}/${namespace}/${name}`);
  }

  noteBindings(role: string): void {
    this.#touch(`bindings ${role}`);
  }

  noteEverything(): void {
    this.#now += 1;
    this.#epoch += 1;
    this.#cells.clear();
    this.#changedAt.length = 0;
  }

  #cell(key: string): Cell {
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const cell = this.#changedAt.push(0) - 1;
    this.#cells.set(key, cell);
    return cell;
  }

  #touch(key: string): void {
    const cell = this.#cells.get(key);
    if (cell !== undefined) this.#changedAt[cell] = this.#now;
  }
}
