/** A snapshot that takes note of what is read of it, so that a verdict made from it holds until some of that changes. */
import type { Fact, FactAttestation, FactName, FactValues } from './evidence.ts';
import type { KindName, ObjectOf } from './kinds.ts';
import { keyOfRole } from './object-snapshot.ts';
import type { PodAccess } from './pod-access.ts';
import type { Source } from './source.ts';
import type {
  Answer,
  ApiServer,
  BoundRole,
  Cell,
  Derivation,
  Observation,
  Question,
  ReadVersions,
  RoleKey,
  Snapshot,
} from './snapshot.ts';

export class RecordedReads implements Snapshot {
  readonly isWholeCluster: boolean;
  readonly #versions: ReadVersions | undefined;
  readonly #snapshot: Snapshot;
  readonly #cells: Cell[] = [];
  readonly #attested = new Set<FactAttestation>();
  readonly #epoch: number;
  /** Up to when all that was read is known to be as it was. */
  #checkedAt: number;

  /** @param versions undefined where nothing is remembered: then it is only seen what nobody observed */
  constructor(snapshot: Snapshot, versions?: ReadVersions) {
    this.isWholeCluster = snapshot.isWholeCluster;
    this.#versions = versions;
    this.#snapshot = snapshot;
    this.#epoch = versions?.epoch ?? 0;
    this.#checkedAt = versions?.now ?? 0;
  }

  /** Whether all that was read is as it was; `versions.settle` goes before. */
  isCurrent(): boolean {
    const versions = this.#versions;
    if (versions === undefined) return false;
    const { now, epoch } = versions;
    if (this.#checkedAt === now) return true;
    if (epoch !== this.#epoch || versions.haveChanged(this.#cells, this.#checkedAt)) return false;
    this.#checkedAt = now;
    return true;
  }

  /** How well something is known is part of the epoch. */
  observation(source: Source): Observation<Source> {
    return this.#snapshot.observation(source);
  }

  list<K extends KindName>(kind: K, namespace?: string): Iterable<ObjectOf<K>> {
    this.#note((versions) => (namespace === undefined ? versions.ofSource(kind) : versions.ofList(kind, namespace)));
    return this.#snapshot.list(kind, namespace);
  }

  get<K extends KindName>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined {
    this.#note((versions) => versions.ofObject(kind, namespace, name));
    return this.#snapshot.get(kind, namespace, name);
  }

  bindingsOf(role: RoleKey): readonly BoundRole[] {
    this.#note((versions) => versions.ofBindings(keyOfRole(role)));
    return this.#snapshot.bindingsOf(role);
  }

  today(): string {
    this.#note((versions) => versions.ofSource('Today'));
    return this.#snapshot.today();
  }

  podSecurityVersion(): number {
    return this.#snapshot.podSecurityVersion();
  }

  fact<Name extends FactName>(name: Name): Fact<FactValues[Name]> {
    return this.#noteFact(this.#snapshot.fact(name));
  }

  #noteFact<F extends Fact<unknown>>(fact: F): F {
    if (fact.attestation !== undefined) this.#attested.add(fact.attestation);
    return fact;
  }

  /** The facts that were read and that nobody observed. */
  get attested(): Iterable<FactAttestation> {
    return this.#attested;
  }

  apiServers(): readonly ApiServer[] {
    return this.#snapshot.apiServers().map((server) => ({
      instance: server.instance,
      fact: (name) => this.#noteFact(server.fact(name)),
    }));
  }

  podAccess(): PodAccess {
    this.#note((versions) => versions.ofSource('PodAccess'));
    return this.#snapshot.podAccess();
  }

  /** Whoever has the whole of it may ask it anything: then every change of what it is made from counts. */
  derive<T>(derivation: Derivation<T>): T {
    for (const source of derivation.reads) this.#note((versions) => versions.ofSource(source));
    return this.#snapshot.derive(derivation);
  }

  #note(cellOf: (versions: ReadVersions) => Cell): void {
    if (this.#versions !== undefined) this.#noteCell(cellOf(this.#versions));
  }

  #noteCell(cell: Cell): void {
    if (!this.#cells.includes(cell)) this.#cells.push(cell);
  }

  ask<T, A extends Answer, About extends string>(
    derivation: Derivation<T>,
    question: Question<T, A, About>,
    about = '' as About,
  ): A {
    if (this.#versions === undefined) return this.#snapshot.ask(derivation, question, about);
    const { answer, cell } = this.#versions.ask(derivation, question, about, this.#snapshot);
    this.#noteCell(cell);
    return answer;
  }
}
