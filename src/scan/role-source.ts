/** Roles and bindings to look at: of a live cluster, with the caller's own rights, or of files and dumps. */
import { ClusterStore } from '../controller/store.ts';
import { isObserved } from '../core/evidence.ts';
import { kinds } from '../core/kinds.ts';
import type { KindName } from '../core/kinds.ts';
import { buildObjectSnapshot } from '../core/object-snapshot.ts';
import type { ObjectsByKind } from '../core/object-snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { collectMinorVersion } from '../evidence/minor-version.ts';
import { nameResource } from '../kube/resource-path.ts';
import type { Transport } from '../kube/transport.ts';
import { readVersion } from '../kube/version.ts';
import { readKind } from './cluster-scan.ts';
import type { ClusterScanOptions } from './cluster-scan.ts';
import type { InputProblem } from './input-problem.ts';
import { findKindMistake, projectManifest } from './judged-object.ts';
import type { JudgedObject } from './judged-object.ts';
import { Keeper } from './keeper.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';
import { ownText } from './own-text.ts';

const roleSources = ['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding'] as const satisfies readonly KindName[];

export interface RoleSource {
  readonly snapshot: Snapshot;
  /** Of the cluster; undefined for files, and where it is not known. */
  readonly minor: number | undefined;
  /** What could not be read of a cluster, in sentences. */
  readonly missing: readonly string[];
}

export interface RoleFiles extends RoleSource {
  readonly problems: readonly InputProblem[];
  readonly leftOut: readonly LeftOut[];
  /** How many roles and bindings there are. */
  readonly found: number;
}

/** @throws {RequestError} if the API server does not answer at all */
export async function readRolesOfCluster(
  options: Pick<ClusterScanOptions, 'transport' | 'scope' | 'onProgress'> & { readonly transport: Transport },
): Promise<RoleSource> {
  const { transport, scope, onProgress } = options;
  const store = new ClusterStore(() => undefined);
  for (const kind of roleSources) {
    onProgress(nameResource(kinds[kind]));
    await readKind(kind, store, { transport, scope });
  }
  const version = await collectMinorVersion(() => readVersion(transport));
  const unread = roleSources.map((kind) => store.observation(kind)).filter(({ state }) => state !== 'observed');
  return {
    snapshot: store,
    minor: isObserved(version) ? version.value : undefined,
    missing: [...unread.map(({ message }) => message), ...(isObserved(version) ? [] : [version.unobserved])],
  };
}

/** @param paths files, folders and `-` */
export async function readRolesOfFiles(paths: readonly string[], input: ManifestInput): Promise<RoleFiles> {
  const objects: JudgedObject[] = [];
  const problems: InputProblem[] = [];
  const leftOut: LeftOut[] = [];
  const keeper = new Keeper();
  for await (const item of loadManifests(paths, input)) {
    if (item.type === 'problem') problems.push(item.problem);
    else if (item.type === 'leftOut') leftOut.push(item);
    else {
      const { manifest } = item;
      const object = isOfRoles(manifest.kind) ? projectManifest(manifest, keeper) : undefined;
      const mistake = object === undefined && isOfRoles(manifest.kind) ? findKindMistake(manifest) : undefined;
      const { path, line } = manifest.place;
      if (object !== undefined) objects.push(object);
      else if (mistake !== undefined) problems.push({ path, line, reason: ownText(mistake) });
    }
  }
  const byKind: ObjectsByKind = Object.fromEntries(
    [...Map.groupBy(objects, ({ kind }) => kind)].map(([kind, some]) => [kind, some.map(({ object }) => object)]),
  );
  const snapshot = buildObjectSnapshot({ objects: byKind, isWholeCluster: false });
  return { snapshot, minor: undefined, missing: [], problems, leftOut, found: objects.length };
}

/** In any case: what is nearly one of them is a mistake that is named. */
function isOfRoles(kind: string): boolean {
  return roleSources.some((name) => name.toLowerCase() === kind.toLowerCase());
}
