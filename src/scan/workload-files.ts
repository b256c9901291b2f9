/** What runs pods, and what decides about them, as files hold it. */
import { buildObjectSnapshot } from '../core/object-snapshot.ts';
import type { ObjectsByKind } from '../core/object-snapshot.ts';
import { readOr } from '../core/shape.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import { workloadKinds } from '../core/owners.ts';
import type { InputProblem } from './input-problem.ts';
import { findKindMistake, projectManifest } from './judged-object.ts';
import type { JudgedObject } from './judged-object.ts';
import { Keeper } from './keeper.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';
import { ownText } from './own-text.ts';
import { UnjudgedKinds } from './unjudged-kinds.ts';
import type { UnjudgedKind } from './unjudged-kinds.ts';

export interface WorkloadFiles {
  readonly snapshot: Snapshot;
  /** The namespaces that something is in, by name. */
  readonly namespaces: readonly string[];
  /** How many workloads there are. */
  readonly found: number;
  readonly problems: readonly InputProblem[];
  readonly leftOut: readonly LeftOut[];
  /** What makes pods in a way that is not read: silence about it must not read as fine. */
  readonly notJudged: readonly UnjudgedKind[];
}

/**
 * @param paths files, folders and `-`
 * @param podSecurityVersion the minor by which is judged; undefined for the latest
 */
export async function loadWorkloadFiles(
  paths: readonly string[],
  podSecurityVersion: number | undefined,
  input: ManifestInput,
): Promise<WorkloadFiles> {
  const objects: JudgedObject[] = [];
  const problems: InputProblem[] = [];
  const leftOut: LeftOut[] = [];
  const unjudged = new UnjudgedKinds();
  const keeper = new Keeper();
  for await (const item of loadManifests(paths, input)) {
    if (item.type === 'problem') problems.push(item.problem);
    else if (item.type === 'leftOut') leftOut.push(item);
    else {
      const { manifest } = item;
      const object = projectManifest(manifest, keeper);
      const mistake = object === undefined ? findKindMistake(manifest) : undefined;
      if (object !== undefined) objects.push(object);
      else if (mistake === undefined) unjudged.add(manifest);
      else problems.push({ path: manifest.place.path, line: manifest.place.line, reason: ownText(mistake) });
    }
  }
  const byKind: ObjectsByKind = Object.fromEntries(
    [...Map.groupBy(objects, ({ kind }) => kind)].map(([kind, some]) => [kind, some.map(({ object }) => object)]),
  );
  const workloads = objects.filter(({ kind }) => workloadKinds.some((one) => one === kind));
  return {
    snapshot: buildObjectSnapshot({
      objects: byKind,
      isWholeCluster: false,
      ...(podSecurityVersion === undefined ? {} : { podSecurityVersion }),
    }),
    namespaces: [...new Set(workloads.map(namespaceOf))].toSorted(compareText),
    found: workloads.length,
    problems,
    leftOut,
    notJudged: unjudged.list(),
  };
}

function namespaceOf({ object: { metadata } }: JudgedObject): string {
  return readOr(
    () => metadata.namespace ?? '',
    () => '',
  );
}
