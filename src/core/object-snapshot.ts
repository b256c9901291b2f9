/** A snapshot of objects that are all there at once: the manifests of a scan, or the rows of a test. */
import type { Evidence, Fact, FactName, FactValues, ServerEvidence } from './evidence.ts';
import { allKindNames } from './kinds.ts';
import type { KindName, ObjectOf } from './kinds.ts';
import type { RoleRef } from './rbac-shape.ts';
import { buildPodAccess } from './template-pod-access.ts';
import type { PodAccess } from './pod-access.ts';
import { isMade } from './source.ts';
import type { Source } from './source.ts';
import { MalformedField } from './shape.ts';
import { mergeServers, oneServer } from './server-evidence.ts';
import { assertReadable, observeMade, readFact, viewServer } from './snapshot.ts';
import type { BoundRole, Derivation, Observation, RoleKey, Snapshot } from './snapshot.ts';
import { compareText } from './subject-ref.ts';

export type ObjectsByKind = { readonly [K in KindName]?: readonly ObjectOf<K>[] };

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface ObjectSnapshotOptions {
  readonly objects: ObjectsByKind;
  /** See `Snapshot.isWholeCluster`. */
  readonly isWholeCluster: boolean;
  /** Sources that could not be read; every other kind counts as read. */
  readonly missing?: readonly Observation<Source>[];
  /** Of the one API server that there is. */
  readonly evidence?: Evidence;
  /** Where there are several. */
  readonly servers?: readonly ServerEvidence[];
  /** By default the latest. */
  readonly podSecurityVersion?: number;
  /** See `Snapshot.assumed`; they are among `objects` as well. */
  readonly assumed?: Snapshot['assumed'];
  /** As `2026-11-26`; nobody knows where it is left out. */
  readonly today?: string;
}

export function buildObjectSnapshot({
  objects,
  isWholeCluster,
  missing = [],
  evidence,
  servers = evidence === undefined ? undefined : oneServer(evidence),
  podSecurityVersion = Infinity,
  assumed,
  today,
}: ObjectSnapshotOptions): Snapshot {
  const byNamespace = new Map<KindName, ReadonlyMap<string, readonly Named[]>>();
  for (const kind of allKindNames) {
    const all: readonly Named[] = objects[kind] ?? [];
    byNamespace.set(
      kind,
      Map.groupBy(all, ({ metadata }) => metadata.namespace ?? ''),
    );
  }
  const byName = new Map<string, ReadonlyMap<string, Named>>();
  const bindings = Map.groupBy(allBindings(objects), keyOfBoundRole);
  const derived = new Map<Derivation<unknown>, unknown>();

  let pods: PodAccess | undefined;
  let merged: Evidence | undefined;

  function observation(source: Source): Observation<Source> {
    const absent = missing.find((one) => one.source === source);
    if (absent !== undefined) return absent;
    if (isMade(source)) return observeMade(source, observation);
    if (source === 'Today' && today === undefined) {
      return { source, state: 'absent', message: 'on which day this is looked at is not known' };
    }
    return source === 'Evidence' && servers === undefined
      ? { source, state: 'absent', message: 'manifests say nothing about the API server' }
      : { source, state: 'observed', message: '' };
  }
  function list<K extends KindName>(kind: K, namespace?: string): readonly ObjectOf<K>[] {
    assertReadable(observation(kind));
    const found = namespace === undefined ? objects[kind] : byNamespace.get(kind)?.get(namespace);
    return (found ?? []) as readonly ObjectOf<K>[];
  }
  return {
    isWholeCluster,
    ...(assumed === undefined ? {} : { assumed }),
    observation,
    list,
    get<K extends KindName>(kind: K, namespace: string, name: string): ObjectOf<K> | undefined {
      const all = list(kind, namespace);
      if (all.length < smallList) return all.find(({ metadata }) => metadata.name === name);
      const key = `${kind}/${namespace}`;
      const known = byName.get(key) ?? indexByName(all);
      byName.set(key, known);
      return known.get(name) as ObjectOf<K> | undefined;
    },
    bindingsOf(role: RoleKey): readonly BoundRole[] {
      assertReadable(observation('RoleBinding'));
      if (role.kind === 'ClusterRole') assertReadable(observation('ClusterRoleBinding'));
      return (bindings.get(keyOfRole(role)) ?? []).toSorted(compareBindings);
    },
    podSecurityVersion() {
      assertReadable(observation('ServerVersion'));
      return podSecurityVersion;
    },
    today() {
      assertReadable(observation('Today'));
      return today ?? '';
    },
    fact<Name extends FactName>(name: Name): Fact<FactValues[Name]> {
      assertReadable(observation('Evidence'));
      return readFact((merged ??= mergeServers(servers ?? [])), name);
    },
    apiServers() {
      assertReadable(observation('Evidence'));
      return (servers ?? []).map(viewServer);
    },
    podAccess() {
      return (pods ??= buildPodAccess(this));
    },
    derive<T>(derivation: Derivation<T>): T {
      if (!derived.has(derivation)) derived.set(derivation, derivation.build(this));
      return derived.get(derivation) as T;
    },
    ask(derivation, question, about = '' as never) {
      return question(this.derive(derivation), about);
    },
  };
}

/** Below that an index costs more than it brings. */
const smallList = 16;

/** Files may hold the same object twice: the first counts. */
function indexByName(objects: readonly Named[]): ReadonlyMap<string, Named> {
  const index = new Map<string, Named>();
  for (const object of objects) if (!index.has(object.metadata.name)) index.set(object.metadata.name, object);
  return index;
}

function allBindings(objects: ObjectsByKind): readonly BoundRole[] {
  return [
    ...(objects.ClusterRoleBinding ?? []).map((binding) => ({ kind: 'ClusterRoleBinding', binding }) as const),
    ...(objects.RoleBinding ?? []).map((binding) => ({ kind: 'RoleBinding', binding }) as const),
  ];
}

/** ClusterRoleBindings first, then by namespace and name. */
export function compareBindings(a: BoundRole, b: BoundRole): number {
  const [one, other] = [a.binding.metadata, b.binding.metadata];
  return (
    compareText(a.kind, b.kind) ||
    compareText(one.namespace ?? '', other.namespace ?? '') ||
    compareText(one.name, other.name)
  );
}

/** The role that a binding grants; a reference to any other kind of role refers to nothing. */
export function keyOfBoundRole({ binding }: BoundRole): string {
  const roleRef = roleRefOf(binding);
  if (roleRef === undefined) return '';
  const { kind, name } = roleRef;
  return kind === 'ClusterRole'
    ? keyOfRole({ kind, namespace: '', name })
    : keyOfRole({ kind: 'Role', namespace: binding.metadata.namespace ?? '', name });
}

function roleRefOf(binding: BoundRole['binding']): RoleRef | undefined {
  try {
    const { kind, name } = binding.roleRef;
    return { kind, name };
  } catch (error) {
    if (error instanceof MalformedField) return undefined;
    throw error;
  }
}

export function keyOfRole({ kind, namespace, name }: RoleKey): string {
  return `${kind}/${namespace}/${name}`;
}
