/**
 * What is known of the cluster at one moment, as rules see it. The operator's store and the manifests of a scan both
 * serve it. A snapshot is read synchronously and not kept: the next event may change what it shows.
 */
import { isObserved, reasonUnobserved } from './evidence.ts';
import type { Evidence, Fact, FactName, FactValues, ServerEvidence, Unobserved } from './evidence.ts';
import type { KindName, ObjectOf } from './kinds.ts';
import type { PodAccess } from './pod-access.ts';
import { inputsOf } from './source.ts';
import type { MadeSource, Source } from './source.ts';

/**
 * How well a kind, or the evidence, is known. What is `stale` was read once and its stream has been broken for long; what
 * is `attested` nobody observed, and somebody vouches for it; of evidence that is `unobserved` some facts are missing.
 */
export type ObservationState =
  'observed' | 'attested' | 'stale' | 'pending' | 'forbidden' | 'absent' | 'unreachable' | 'unobserved';

/** What a verdict is made from: what rules read, and the policies that select them. */
export type Input =
  | Source
  | 'ClusterHardeningPolicy'
  | 'HardeningPolicy'
  | 'ClusterHardeningExemption'
  | 'HardeningExemption'
  | 'HardeningRemediation';

export interface Observation<Of extends Input = Input> {
  readonly source: Of;
  readonly state: ObservationState;
  /** What is missing and what would help, as a sentence; empty when observed. */
  readonly message: string;
}

export interface Snapshot {
  /**
   * Whether what is not listed does not exist. True for a cluster; false for files, which may be a part of anything:
   * a rule must not argue from absence there.
   */
  readonly isWholeCluster: boolean;
  observation(source: Source): Observation<Source>;
  /**
   * @param namespace only the objects of that namespace; all where it is left out
   * @throws {NotObserved} if the kind could not be read
   */
  list<K extends KindName>(kind: K, namespace?: string): Iterable<ObjectOf<K>>;
  /** @throws {NotObserved} if the kind could not be read */
  get<K extends KindName>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined;
  /**
   * The bindings that refer to a role, RoleBindings of all namespaces included; always in the same order,
   * ClusterRoleBindings first.
   * @throws {NotObserved}
   */
  bindingsOf(role: RoleKey): readonly BoundRole[];
  /** The API server's minor version, or the one that was asked for; Infinity for the latest. @throws {NotObserved} */
  podSecurityVersion(): number;
  /** Which day it is in UTC, as `2026-11-26`. @throws {NotObserved} for files, which may be judged at any time */
  today(): string;
  /** Of the API servers together. @throws {NotObserved} if nobody could observe the fact of each of them */
  fact<Name extends FactName>(name: Name): Fact<FactValues[Name]>;
  /** Each of them, at least one. @throws {NotObserved} if no evidence was gathered */
  apiServers(): readonly ApiServer[];
  /** What running pods, or in files the templates, give whoever gets into them. @throws {NotObserved} */
  podAccess(): PodAccess;
  /** What the derivation makes of the snapshot as it is now; made once for each state. @throws {NotObserved} */
  derive<T>(derivation: Derivation<T>): T;
  /**
   * One answer of what is derived: who remembers a verdict that was made from it need not judge anew where the answer is
   * the same.
   * @param question a constant of its module, recognised by identity
   * @param about what it asks about, if not about the whole
   * @throws {NotObserved}
   */
  ask<T, A extends Answer, About extends string>(
    derivation: Derivation<T>,
    question: Question<T, A, About>,
    about?: About,
  ): A;
  /** Of files: objects that are not among them, and are taken to be as somebody makes them. */
  readonly assumed?: { readonly objects: ReadonlySet<object>; readonly by: string };
  /** When what changed, where that is known. */
  readonly versions?: ReadVersions;
}

/** When parts of a snapshot changed last, for whoever remembers what was made from them. */
export interface ReadVersions {
  /** Counts changes. */
  readonly now: number;
  /** Changes with how well sources are known, and with the evidence: then nothing holds that was made before. */
  readonly epoch: number;
  ofSource(source: Source): Cell;
  /** The objects of a kind in a namespace. */
  ofList(kind: Source, namespace: string): Cell;
  /** One object, whether it is there or not. */
  ofObject(kind: Source, namespace: string, name: string): Cell;
  /** @param role its key */
  ofBindings(role: string): Cell;
  /** Whether one of them has changed since then. @param cells of the present epoch */
  haveChanged(cells: readonly Cell[], since: number): boolean;
  /** @throws {NotObserved} */
  ask<T, A extends Answer, About extends string>(
    derivation: Derivation<T>,
    question: Question<T, A, About>,
    about: About,
    snapshot: Snapshot,
  ): Answered<A>;
  /** Before verdicts are asked whether they still hold. */
  settle(snapshot: Snapshot): void;
}

/** Something that was read: a number, because every verdict is made from some, and each change looks at all of them. */
export type Cell = number;

export interface Answered<A extends Answer = Answer> {
  readonly answer: A;
  /** Changes with the answer. */
  readonly cell: Cell;
}

/** What is known of one of the API servers. */
export interface ApiServer {
  /** As `10.0.0.5:6443`. */
  readonly instance: string;
  /** @throws {NotObserved} if nobody could observe the fact of it */
  fact<Name extends FactName>(name: Name): Fact<FactValues[Name]>;
}

/** Compared by identity. */
export type Answer = string | number | boolean | object | undefined;

export type Question<T, A extends Answer, About extends string = string> = (made: T, about: About) => A;

/**
 * What is made of the objects of some kinds as a whole, because it costs a pass over all of them: an index that many
 * rules ask. Recognised by identity, so it is a constant of its module.
 */
export interface Derivation<T> {
  /** Everything that `build` reads. */
  readonly reads: readonly Source[];
  /** What a rule that asks for it declares to read; by default all of `reads`. */
  readonly source?: Source;
  /** @throws {NotObserved} */
  build(snapshot: Snapshot): T;
  /** Brings up to date what was made before; where it is left out, it is built anew. */
  update?(made: T, changes: readonly ObjectChange[], snapshot: Snapshot): T;
  /** What questions about it may have other answers than earlier; undefined where it may be anything. */
  movedSince?(made: T, earlier: T): ReadonlySet<string> | undefined;
}

/** One object of a kind that a derivation reads, added, changed or removed; neither, where a source as such is another. */
export interface ObjectChange {
  readonly kind: Source;
  readonly before: ObjectOf<KindName> | undefined;
  readonly after: ObjectOf<KindName> | undefined;
}

export interface RoleKey {
  readonly kind: 'Role' | 'ClusterRole';
  /** Empty for a ClusterRole. */
  readonly namespace: string;
  readonly name: string;
}
export type BoundRole =
  | { readonly kind: 'ClusterRoleBinding'; readonly binding: ObjectOf<'ClusterRoleBinding'> }
  | { readonly kind: 'RoleBinding'; readonly binding: ObjectOf<'RoleBinding'> };

/** Thrown to whoever reads what could not be read; the evaluator turns it into `unknown`. */
export class NotObserved extends Error {
  readonly source: Input;
  /** Rights of which each may make it known; empty where it is not for want of one. */
  readonly permissions: readonly string[];
  constructor(source: Input, message: string, permissions: readonly string[] = []) {
    // An answer, not an accident: where it was given nobody asks, and to find that out costs more than most checks.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'NotObserved';
    this.source = source;
    this.permissions = permissions;
  }
}

/** Whether there is something to judge, however old. */
export function isReadable({ state }: Observation): boolean {
  return state === 'observed' || state === 'attested' || state === 'stale';
}

/** Whether something about it is to be wished for. */
export function isMissing({ state }: Observation): boolean {
  return state !== 'observed' && state !== 'attested';
}

/** What is made of others is known as well as the one that is known worst. */
export function observeMade(source: MadeSource, observe: (source: Source) => Observation<Source>): Observation<Source> {
  const observations = inputsOf(source).map(observe);
  const { state, message } = observations.find((one) => !isReadable(one)) ??
    observations.find((one) => one.state !== 'observed') ?? { state: 'observed', message: '' };
  return { source, state, message };
}

/** @throws {NotObserved} unless the source can be read */
export function assertReadable(observation: Observation): void {
  if (!isReadable(observation)) throw new NotObserved(observation.source, observation.message);
}

/**
 * A fact for whoever only grades by it, and does without: what is attested decides what nobody could decide, it makes
 * nothing milder that was found.
 *
 * @returns undefined where it is not observed
 */
export function considerFact<Name extends FactName>(
  snapshot: Snapshot,
  name: Name,
): Fact<FactValues[Name]> | undefined {
  // Asked of every subject, and in files there is none.
  if (!isReadable(snapshot.observation('Evidence'))) return undefined;
  try {
    const fact = snapshot.fact(name);
    return fact.attestation === undefined ? fact : undefined;
  } catch (error) {
    if (error instanceof NotObserved) return undefined;
    throw error;
  }
}

/** @throws {NotObserved} if the fact is unobserved or no evidence was gathered at all */
export function readFact<Name extends FactName>(evidence: Evidence | undefined, name: Name): Fact<FactValues[Name]> {
  if (evidence === undefined) throw noEvidence();
  const fact: Fact<FactValues[Name]> | Unobserved | undefined = evidence[name];
  if (!isObserved(fact)) throw new NotObserved('Evidence', reasonUnobserved(fact), fact?.permissions);
  return fact;
}

export function viewServer({ instance, evidence }: ServerEvidence): ApiServer {
  return { instance, fact: (name) => readFact(evidence, name) };
}

/** @returns undefined where nobody could observe it */
export function factIfKnown<Name extends FactName>(server: ApiServer, name: Name): Fact<FactValues[Name]> | undefined {
  try {
    return server.fact(name);
  } catch (error) {
    if (error instanceof NotObserved) return undefined;
    throw error;
  }
}

function noEvidence(): NotObserved {
  return new NotObserved('Evidence', 'no evidence about the API server was gathered yet');
}

/** Why nobody could observe a fact, and what would help; undefined where it is known. */
export function whyUnknown(server: ApiServer, name: FactName): string | undefined {
  try {
    server.fact(name);
    return undefined;
  } catch (error) {
    if (error instanceof NotObserved) return error.message;
    throw error;
  }
}
