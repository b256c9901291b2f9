/** A snapshot that takes note of what is read of it, so that a verdict made from it holds until some of that changes. */
import type { Fact, FactAttestation, FactName, FactValues } from './evidence.ts';
import type { KindName, ObjectOf } from './kinds.ts';
import { keyOfRole } from './object-snapshot.ts';
import type { PodAccess } from './pod-access.ts';
import type { Source } from './rule.ts';
import type { Answer, ApiServer, BoundRole, Derivation, Observation, RoleKey, Snapshot } from './snapshot.ts';
import type { Cell, Versions } from './versions.ts';

/** A question about something derived, and what was answered. */
interface AnsweredQuestion {
  readonly derivation: Derivation<unknown>;
  readonly question: (made: unknown) => Answer;
  readonly answer: Answer;
}

export class RecordedReads implements Snapshot {
  readonly isWholeCluster: boolean;
  readonly versions: Versions;
  readonly #snapshot: Snapshot;
  readonly #cells: Cell[] = [];
  readonly #questions: AnsweredQuestion[] = [];
  readonly #attested = new Set<FactAttestation>();
  readonly #epoch: number;
  /** Up to when all that was read is known to be as it was. */
  #checkedAt: number;

  constructor(snapshot: Snapshot, versions: Versions) {
    this.isWholeCluster = snapshot.isWholeCluster;
    this.versions = versions;
    this.#snapshot = snapshot;
    this.#epoch = versions.epoch;
    this.#checkedAt = versions.now;
  }

  /** Whether all that was read is as it was. */
  isCurrent(): boolean {
    const { now, epoch } = this.versions;
    if (this.#checkedAt === now) return true;
    if (epoch !== this.#epoch) return false;
    if (this.versions.haveChanged(this.#cells, this.#checkedAt)) return false;
    let derived: Derivation<unknown> | undefined;
    let made: unknown;
    for (const { derivation, question, answer } of this.#questions) {
      // Mostly the same one is asked again and again.
      if (derivation !== derived) made = this.#snapshot.derive((derived = derivation));
      if (question(made) !== answer) return false;
    }
    this.#checkedAt = now;
    return true;
  }

  /** How well something is known is part of the epoch. */
  observation(source: Source): Observation<Source> {
    return this.#snapshot.observation(source);
  }

  list<K extends KindName>(kind: K, namespace?: string): Iterable<ObjectOf<K>> {
    this.#note(namespace === undefined ? this.versions.ofSource(kind) : this.versions.ofList(kind, namespace));
    return this.#snapshot.list(kind, namespace);
  }

  get<K extends KindName>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined {
    this.#note(this.versions.ofObject(kind, namespace, name));
    return this.#snapshot.get(kind, namespace, name);
  }

  bindingsOf(role: RoleKey): readonly BoundRole[] {
    this.#note(this.versions.ofBindings(keyOfRole(role)));
    return this.#snapshot.bindingsOf(role);
  }

  today(): string {
    this.#note(this.versions.ofSource('Today'));
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
    this.#note(this.versions.ofSource('PodAccess'));
    return this.#snapshot.podAccess();
  }

  /** Whoever has the whole of it may ask it anything: then every change of what it is made from counts. */
  derive<T>(derivation: Derivation<T>): T {
    for (const source of derivation.reads) this.#note(this.versions.ofSource(source));
    return this.#snapshot.derive(derivation);
  }

  #note(cell: Cell): void {
    if (!this.#cells.includes(cell)) this.#cells.push(cell);
  }

  ask<T, A extends Answer>(derivation: Derivation<T>, question: (made: T) => A): A {
    const answer = this.#snapshot.ask(derivation, question);
    this.#questions.push({ derivation, question: question as (made: unknown) => Answer, answer });
    return answer;
  }
}
