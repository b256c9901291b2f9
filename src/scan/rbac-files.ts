/** RBAC as files and dumps hold it. */
import { hasMalformedField } from '../core/project.ts';
import { buildObjectSnapshot } from '../core/object-snapshot.ts';
import type { ObjectsByKind } from '../core/object-snapshot.ts';
import type { Source } from '../core/source.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { BindingKind, RoleKind } from '../core/rbac-kinds.ts';
import { authorizerReads } from '../rbac/authorizer.ts';
import { buildAssumedObjects } from '../rbac/predefined/assumed-objects.ts';
import type { BaselineName } from '../rbac/predefined/baseline-objects.ts';
import type { InputProblem } from './input-problem.ts';
import { findKindMistake, judgedKind, projectManifest } from './judged-object.ts';
import type { JudgedObject } from './judged-object.ts';
import { Keeper } from './keeper.ts';
import type { LoadedManifest } from './manifest.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';
import { ownText } from './own-text.ts';

export interface RbacFiles {
  readonly snapshot: Snapshot;
  /** Roles and bindings. */
  readonly found: number;
  readonly problems: readonly InputProblem[];
  readonly leftOut: readonly LeftOut[];
}

/** Which files, and what counts besides. */
export interface FileChoice {
  /** Files, folders and `-`. */
  readonly files: readonly string[];
  /**
   * Whether they are a dump of everything that a cluster stores: what they do not hold does not exist, and aggregated
   * roles have the rules that a controller gave them. What no cluster stores is then a problem.
   */
  readonly isWholeCluster: boolean;
  /** Whose roles and bindings count where the files do not hold them; undefined for none. Of that a baseline is there. */
  readonly kubernetesMinor?: number;
}

/** @param wanted the kinds that matter; by default those of RBAC itself */
export async function loadRbacFiles(
  { files, isWholeCluster, kubernetesMinor }: FileChoice,
  input: ManifestInput,
  wanted: readonly Source[] = authorizerReads,
): Promise<RbacFiles> {
  const objects: JudgedObject[] = [];
  const problems: InputProblem[] = [];
  const leftOut: LeftOut[] = [];
  const keeper = new Keeper();
  for await (const item of loadManifests(files, input)) {
    if (item.type === 'problem') problems.push(item.problem);
    else if (item.type === 'leftOut') leftOut.push(item);
    else {
      const object = isWanted(item.manifest, wanted) ? projectManifest(item.manifest, keeper) : undefined;
      const reason = object === undefined ? findRbacMistake(item.manifest) : undefined;
      const isBroken = object !== undefined && isWholeCluster && hasMalformedField(object.object);
      const wrong = isBroken ? `${item.manifest.kind} is malformed: no cluster stores it so` : reason;
      if (wrong !== undefined) problems.push(problemAt(item.manifest, wrong));
      else if (object !== undefined) objects.push(object);
    }
  }
  const byKind: ObjectsByKind = Object.fromEntries(
    [...Map.groupBy(objects, ({ kind }) => kind)].map(([kind, some]) => [kind, some.map(({ object }) => object)]),
  );
  const snapshot = buildObjectSnapshot({ isWholeCluster, ...withAssumed(byKind, kubernetesMinor) });
  const found = objects.filter(({ kind }) => authorizerReads.includes(kind)).length;
  return { snapshot, found, problems, leftOut };
}

function withAssumed(
  written: ObjectsByKind,
  minor: number | undefined,
): { readonly objects: ObjectsByKind; readonly assumed?: Snapshot['assumed'] } {
  if (minor === undefined) return { objects: written };
  const isThere = (kind: RoleKind | BindingKind, { namespace = '', name }: BaselineName): boolean =>
    (written[kind] ?? []).some(({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace);
  const added = buildAssumedObjects(minor, isThere);
  if (added === undefined) return { objects: written };
  return {
    objects: {
      ...written,
      Role: [...(written.Role ?? []), ...added.Role],
      ClusterRole: [...(written.ClusterRole ?? []), ...added.ClusterRole],
      RoleBinding: [...(written.RoleBinding ?? []), ...added.RoleBinding],
      ClusterRoleBinding: [...(written.ClusterRoleBinding ?? []), ...added.ClusterRoleBinding],
    },
    assumed: { objects: new Set(Object.values(added).flat()), by: `Kubernetes 1.${minor}` },
  };
}

function isWanted(manifest: LoadedManifest, wanted: readonly Source[]): boolean {
  const kind = judgedKind(manifest);
  return kind !== undefined && wanted.includes(kind);
}

function findRbacMistake(manifest: LoadedManifest): string | undefined {
  const isMeant = authorizerReads.some((kind) => kind.toLowerCase() === manifest.kind.toLowerCase());
  return isMeant ? findKindMistake(manifest) : undefined;
}

function problemAt({ place: { path, line } }: LoadedManifest, reason: string): InputProblem {
  return { path, line, reason: ownText(reason) };
}
