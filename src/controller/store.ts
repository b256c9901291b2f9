/**
 * What the operator knows of the cluster: projected objects with their indexes, served as a snapshot. It says what
 * changed only where something that rules can see did: most updates of a cluster (heartbeats, pod statuses) end here.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Attestation } from '../core/attestation.ts';
import { isSameEvidence, isSameFact } from '../core/evidence.ts';
import type { Evidence, Fact, FactName, FactValues, ServerEvidence } from '../core/evidence.ts';
import { allKindNames, kindNames } from '../core/kinds.ts';
import type { KindName, ObjectOf } from '../core/kinds.ts';
import { keyOfBoundRole } from '../core/object-snapshot.ts';
import { isBindingKind, isRoleKind } from '../core/rbac-kinds.ts';
import { isMade } from '../core/source.ts';
import type { Source } from '../core/source.ts';
import { PodAccess } from '../core/pod-access.ts';
import { assertReadable, isReadable, observeMade, readFact, viewServer } from '../core/snapshot.ts';
import type {
  Answer,
  ApiServer,
  BoundRole,
  Derivation,
  ObjectChange,
  Observation,
  Question,
  RoleKey,
  Snapshot,
} from '../core/snapshot.ts';
import { Versions } from '../core/versions.ts';
import { authorizerOf, authorizerReads } from '../rbac/authorizer.ts';
import { namespacesTouchedBy } from '../rbac/touched-namespaces.ts';
import type { TouchedNamespaces } from '../rbac/touched-namespaces.ts';
import { AttestedEvidence, observeVersion } from './attested-evidence.ts';
import { BindingIndex, toBound } from './binding-index.ts';
import { internObject, internPodMetadata, withoutVersion } from './compact.ts';
import { DerivedStates } from './derived-states.ts';
import { Interner } from './interner.ts';
import { ObjectTable } from './object-table.ts';

const NOWHERE: ReadonlySet<string> = new Set();
const NO_TOUCHES: Pick<Change, 'touches'> = {};

/** Something that rules can see is different now. */
export interface Change {
  readonly source: Source;
  /** Empty for what has no namespace. */
  readonly namespace: string;
  /** Of roles and bindings: the namespaces in which it may matter. */
  readonly touches?: TouchedNamespaces;
}

/** What names an object: all that is certain of a deleted one. */
export interface Named {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly resourceVersion?: string | undefined;
  };
}

export class ClusterStore implements Snapshot {
  readonly isWholeCluster = true;
  readonly #objects = new ObjectTable();
  readonly #observations = new Map<Source, Observation<Source>>();
  /** Of sources that are made of others; found out when asked for. */
  readonly #made = new Map<Source, Observation<Source>>();
  readonly #bindings = new BindingIndex();
  #today = '';
  readonly #interner = new Interner();
  readonly versions = new Versions();
  readonly #derived = new DerivedStates();
  readonly #podAccess = new PodAccess();
  readonly #evidence = new AttestedEvidence();
  readonly #onChange: (change: Change) => void;

  /** @param onChange called synchronously, once for each change; must only take note of it */
  constructor(onChange: (change: Change) => void) {
    this.#onChange = onChange;
    // What no API server of today serves is not watched: there is none of it.
    for (const source of allKindNames) this.#observations.set(source, { source, state: 'observed', message: '' });
    for (const source of [...kindNames, 'Evidence', 'ServerVersion', 'Today'] as const) {
      this.#observations.set(source, { source, state: 'pending', message: 'not read yet' });
    }
  }

  /** To be done to each object as soon as it is decoded, before a second one is held. */
  intern<K extends KindName>(kind: K, object: ObjectOf<K>): ObjectOf<K> {
    return internObject(kind, object, this.#interner);
  }

  internPodMetadata(metadata: ObjectOf<'Pod'>['metadata']): ObjectOf<'Pod'>['metadata'] {
    return internPodMetadata(metadata, this.#interner);
  }

  /** Takes an added or modified object, interned. */
  upsert<K extends KindName>(kind: K, object: ObjectOf<K>): void {
    const { name, namespace = '' } = object.metadata;
    const before = this.#objects.get(kind, namespace, name);
    const kept = withoutVersion(object);
    if (before !== undefined && isDeepStrictEqual(before, kept)) return;
    this.#objects.put(kind, kept);
    this.#bindings.replace(kind, before, kept);
    this.#noteObject({ kind, before, after: kept });
    this.#onChange({ source: kind, namespace: scopeOf(kind, kept), ...this.#touch(kind, before, kept) });
  }

  remove(kind: KindName, { metadata: { name, namespace = '' } }: Named): void {
    const before = this.#objects.get(kind, namespace, name);
    if (before === undefined) return;
    this.#objects.delete(kind, namespace, name);
    this.#bindings.replace(kind, before, undefined);
    this.#noteObject({ kind, before, after: undefined });
    this.#onChange({ source: kind, namespace: scopeOf(kind, before), ...this.#touch(kind, before) });
  }

  /** How well a source is known now. */
  observe(observation: Observation<Source>): void {
    if (isDeepStrictEqual(this.#observations.get(observation.source), observation)) return;
    this.#observations.set(observation.source, observation);
    this.#made.clear();
    // Before anybody is told, who may judge at once.
    if (observation.source === 'Pod') this.#derived.noteSource('PodAccess');
    this.#noteSource(observation.source);
  }

  /**
   * What was observed of each of the API servers, at least one.
   * @param doubt why there may be others
   */
  setEvidence(servers: readonly ServerEvidence[], doubt?: string): void {
    this.#changeEvidence((known) => {
      known.doubt = doubt;
      known.setObserved(servers);
    });
  }

  /** What counts for facts that nobody observed, the strongest first. @param nowMs milliseconds since 1970 */
  setAttestations(attestations: readonly Attestation[], nowMs: number): void {
    this.#changeEvidence((known) => {
      known.setAttestations(attestations, nowMs);
    });
  }

  /** Why there may be API servers that were not asked; undefined where there are none. */
  get serverDoubt(): string | undefined {
    return this.#evidence.doubt;
  }

  /** Without what is attested; undefined until it was gathered. */
  get observedEvidence(): Evidence | undefined {
    return this.#evidence.observed;
  }

  #changeEvidence(change: (known: AttestedEvidence) => void): void {
    const { merged: before, servers: serversBefore, doubt: doubtBefore } = this.#evidence;
    change(this.#evidence);
    const { merged, servers, doubt } = this.#evidence;
    if (merged === undefined) return;
    const isSame = doubtBefore === doubt && isSameEvidence(serversBefore, servers);
    const isSameVersion = isSameFact(before?.minorVersion, merged.minorVersion);
    this.observe(observeVersion(merged.minorVersion));
    if (!isSameVersion) this.#noteSource('ServerVersion');
    this.observe({ source: 'Evidence', state: 'observed', message: '' });
    if (!isSame) this.#noteSource('Evidence');
  }

  #noteObject(change: ObjectChange & { readonly kind: KindName }): void {
    this.#derived.noteObject(change);
    if (change.before !== undefined) this.#noteVersion(change.kind, change.before);
    if (change.after !== undefined) this.#noteVersion(change.kind, change.after);
    if (change.kind !== 'Pod') return;
    const { before, after } = change as { readonly [When in 'before' | 'after']: ObjectOf<'Pod'> | undefined };
    const hasCome = after !== undefined && this.#podAccess.add(after);
    const hasGone = before !== undefined && this.#podAccess.remove(before);
    if (!hasCome && !hasGone) return;
    this.#derived.noteObject({ kind: 'PodAccess', before: undefined, after: undefined });
    this.versions.noteSource('PodAccess');
    this.#onChange({ source: 'PodAccess', namespace: (after ?? before)?.metadata.namespace ?? '' });
  }

  #touch(kind: KindName, before?: ObjectOf<KindName>, after?: ObjectOf<KindName>): Pick<Change, 'touches'> {
    const isRole = isRoleKind(kind);
    if (!isRole && !isBindingKind(kind)) return NO_TOUCHES;
    const some = [before, after].filter((object) => object !== undefined);
    const bindings = some.flatMap((object) => this.#bindings.concernedBy(kind, object));
    if (bindings.length === 0) return isRole ? { touches: NOWHERE } : NO_TOUCHES;
    // While kinds are still read nobody is judged by them.
    const isKnown = authorizerReads.every((source) => isReadable(this.observation(source)));
    if (!isKnown) return { touches: 'all' };
    return {
      touches: namespacesTouchedBy(
        bindings,
        authorizerOf(this),
        isRole ? (some as readonly ObjectOf<'Role'>[]) : undefined,
      ),
    };
  }

  #noteVersion(kind: KindName, object: ObjectOf<KindName>): void {
    this.versions.noteObject(kind, object.metadata.namespace ?? '', object.metadata.name);
    if (isBindingKind(kind)) this.versions.noteBindings(keyOfBoundRole(toBound(kind, object)));
  }

  #noteSource(source: Source): void {
    this.versions.noteEverything();
    this.#derived.noteSource(source);
    this.#onChange({ source, namespace: '' });
  }

  get templates(): number {
    return this.#interner.size;
  }

  observation(source: Source): Observation<Source> {
    const known = this.#observations.get(source) ?? this.#made.get(source);
    if (known !== undefined) return known;
    if (!isMade(source)) return { source, state: 'pending', message: 'not read' };
    const made = observeMade(source, (one) => this.observation(one));
    this.#made.set(source, made);
    return made;
  }

  list<K extends KindName>(kind: K, namespace?: string): Iterable<ObjectOf<K>> {
    assertReadable(this.observation(kind));
    return this.#objects.list(kind, namespace);
  }

  get<K extends KindName>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined {
    assertReadable(this.observation(kind));
    return this.#objects.get(kind, namespace, name);
  }

  bindingsOf(role: RoleKey): readonly BoundRole[] {
    assertReadable(this.observation('RoleBinding'));
    if (role.kind === 'ClusterRole') assertReadable(this.observation('ClusterRoleBinding'));
    return this.#bindings.of(role);
  }

  /** @param day in UTC, as `2026-11-26` */
  setToday(day: string): void {
    if (this.#today === day) return;
    this.#today = day;
    this.observe({ source: 'Today', state: 'observed', message: '' });
    this.versions.noteSource('Today');
    this.#derived.noteSource('Today');
    this.#onChange({ source: 'Today', namespace: '' });
  }

  today(): string {
    assertReadable(this.observation('Today'));
    return this.#today;
  }

  podSecurityVersion(): number {
    assertReadable(this.observation('ServerVersion'));
    return readFact(this.#evidence.merged, 'minorVersion').value;
  }

  fact<Name extends FactName>(name: Name): Fact<FactValues[Name]> {
    return readFact(this.#evidence.merged, name);
  }

  apiServers(): readonly ApiServer[] {
    assertReadable(this.observation('Evidence'));
    return this.#evidence.servers.map(viewServer);
  }

  podAccess(): PodAccess {
    assertReadable(this.observation('PodAccess'));
    return this.#podAccess;
  }

  derive<T>(derivation: Derivation<T>): T {
    return this.#derived.of(derivation, this);
  }

  ask<T, A extends Answer, About extends string>(
    derivation: Derivation<T>,
    question: Question<T, A, About>,
    about = '' as About,
  ): A {
    return question(this.derive(derivation), about);
  }
}

/** The namespace whose posture an object belongs to; a namespace belongs to its own. */
function scopeOf(kind: KindName, { metadata }: Named): string {
  return kind === 'Namespace' ? metadata.name : (metadata.namespace ?? '');
}
