/** Objects of tests, written as the smallest YAML and read as the operator reads a cluster's. */
import { CORE_SCHEMA, loadAll } from 'js-yaml';

import { kinds } from '../../src/core/kinds.ts';
import type { KindName, ObjectOf } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import type { ObjectsByKind, ObjectSnapshotOptions } from '../../src/core/object-snapshot.ts';
import { project } from '../../src/core/project.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';

export interface Manifest {
  readonly kind: KindName;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The documents; one that does not say otherwise is called `any`. */
export function readManifests(yaml: string): readonly Manifest[] {
  return (loadAll(yaml, { schema: CORE_SCHEMA }) as (object | null)[])
    .filter((document) => document !== null)
    .map((document) => ({ metadata: { name: 'any' }, ...document }) as unknown as Manifest);
}

/** The one object of that YAML, projected. */
export function objectOf<K extends KindName>(kind: K, yaml: string): ObjectOf<K> {
  const [manifest, ...more] = readManifests(yaml);
  if (manifest?.kind !== kind || more.length > 0) throw new Error(`expected one ${kind}`);
  return project(kinds[kind].shape, manifest) as ObjectOf<K>;
}

/** A cluster of those objects, all of it read unless `options` say otherwise. */
export function snapshotOf(yaml: string, options: Partial<Omit<ObjectSnapshotOptions, 'objects'>> = {}): Snapshot {
  return buildObjectSnapshot({ isWholeCluster: true, ...options, objects: objectsByKind(readManifests(yaml)) });
}

function objectsByKind(manifests: readonly Manifest[]): ObjectsByKind {
  const byKind = Map.groupBy(manifests, ({ kind }) => kind);
  return Object.fromEntries(
    [...byKind].map(([kind, some]) => [kind, some.map((manifest) => project(kinds[kind].shape, manifest))]),
  );
}
