/**
 * When parts of a snapshot changed last, as far as anybody asked about them: whoever remembers a verdict remembers what it
 * was made from, and sees whether any of that is another now.
 */
import { AskedQuestions } from './asked-questions.ts';
import type { Source } from './source.ts';
import type { Answer, Answered, Cell, Derivation, Question, ReadVersions, Snapshot } from './snapshot.ts';

/** To begin with; where so many turn out to be in use, twice as many the next time. */
const fewestCells = 500_000;

export class Versions implements ReadVersions {
  readonly #cells = new Map<string, Cell>();
  /** By cell, by the clock; 0 where it has not changed since somebody asked about it first. */
  readonly #changedAt: number[] = [];
  /** Of what is gone the cells stay: beyond so many everything is forgotten once. */
  #mostCells: number;
  #now = 1;
  #forgotAt = 1;
  #epoch = 1;
  /** Up to when the answers are those of now. */
  #settledAt = 1;
  /** What derivations that were asked are made from. */
  readonly #sources = new Map<Derivation<unknown>, readonly Cell[]>();
  readonly #asked = new AskedQuestions({
    newCell: () => this.#newCell(),
    touch: (cell) => {
      this.#changedAt[cell] = this.#now;
    },
  });

  constructor(mostCells = fewestCells) {
    this.#mostCells = mostCells;
  }

  get now(): number {
    return this.#now;
  }

  get epoch(): number {
    return this.#epoch;
  }

  haveChanged(cells: readonly Cell[], since: number): boolean {
    for (const cell of cells) if ((this.#changedAt[cell] ?? 0) > since) return true;
    return false;
  }

  ofSource(source: Source): Cell {
    return this.#cell(source);
  }

  ofList(kind: Source, namespace: string): Cell {
    return this.#cell(`${kind}/${namespace}`);
  }

  ofObject(kind: Source, namespace: string, name: string): Cell {
    return this.#cell(`${kind}/${namespace}/${name}`);
  }

  ofBindings(role: string): Cell {
    return this.#cell(`bindings ${role}`);
  }

  ask<T, A extends Answer, About extends string>(
    derivation: Derivation<T>,
    question: Question<T, A, About>,
    about: About,
    snapshot: Snapshot,
  ): Answered<A> {
    // From now on what it is made from is looked at.
    this.#sourcesOf(derivation);
    return this.#asked.ask(derivation, question, about, snapshot);
  }

  settle(snapshot: Snapshot): void {
    if (this.#settledAt === this.#now) return;
    const since = this.#settledAt;
    this.#settledAt = this.#now;
    this.#asked.settle(snapshot, (derivation) => !this.haveChanged(this.#sourcesOf(derivation), since));
  }

  #sourcesOf(derivation: Derivation<unknown>): readonly Cell[] {
    const known = this.#sources.get(derivation);
    if (known !== undefined) return known;
    const cells = derivation.reads.map((source) => this.ofSource(source));
    this.#sources.set(derivation, cells);
    return cells;
  }

  noteSource(source: Source): void {
    this.#now += 1;
    this.#touch(source);
  }

  noteObject(kind: Source, namespace: string, name: string): void {
    this.#now += 1;
    // Nobody has asked about anything yet, and all objects of a cluster come this way.
    if (this.#cells.size === 0) return;
    if (this.#changedAt.length > this.#mostCells) this.#forget();
    this.#touch(kind);
    this.#touch(`${kind}/${namespace}`);
    this.#touch(`${kind}/${namespace}/${name}`);
  }

  noteBindings(role: string): void {
    this.#touch(`bindings ${role}`);
  }

  noteEverything(): void {
    this.#now += 1;
    this.#forgetCells();
  }

  #forget(): void {
    // They were back in no time: so many are in use.
    if (this.#now - this.#forgotAt < this.#mostCells / 10) this.#mostCells *= 2;
    this.#forgotAt = this.#now;
    this.#forgetCells();
  }

  #forgetCells(): void {
    this.#epoch += 1;
    this.#cells.clear();
    this.#changedAt.length = 0;
    this.#sources.clear();
    this.#asked.clear();
  }

  #cell(key: string): Cell {
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const cell = this.#newCell();
    this.#cells.set(key, cell);
    return cell;
  }

  #newCell(): Cell {
    return this.#changedAt.push(0) - 1;
  }

  #touch(key: string): void {
    const cell = this.#cells.get(key);
    if (cell !== undefined) this.#changedAt[cell] = this.#now;
  }
}
