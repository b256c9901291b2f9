/** Which baselines an object is compared with. */
import { allIndexes, indexOf, isKnownKey, kubeadmIndex } from './baseline-index.ts';
import type { BaselineIndex, Origin } from './baseline-index.ts';
import type { Claim } from './name-claim.ts';

/** The minor version of the cluster; undefined where it is not known, as of files: then any will do. */
export type ClusterMinor = number | undefined;

export type Selection<Found> =
  /** What goes by that name: to be like one of them will do, the first is what it is held against. */
  | { readonly found: readonly Found[] }
  | { readonly status: 'notPredefined' }
  | { readonly status: 'impostor'; readonly claim: Claim }
  | { readonly status: 'unknown'; readonly reason: string };

const NOT_PREDEFINED = { status: 'notPredefined' } as const;

/**
 * @param key of the object, see `objectKey`
 * @param find the object in a baseline
 * @param claim by what it passes for a predefined one
 */
export function selectBaselines<Found>(
  minor: ClusterMinor,
  key: string,
  find: (index: BaselineIndex) => Found | undefined,
  claim: Claim | undefined,
): Selection<Found> {
  if (claim === undefined && !isKnownKey(key)) return NOT_PREDEFINED;
  const own = minor === undefined ? undefined : indexOf(minor);
  const others = allIndexes().filter((index) => index !== own);
  const ofCluster = own === undefined ? [] : listFound([own], find);
  const elsewhere = listFound(others, find);
  const ofKubeadm = listFound([kubeadmIndex()], find);
  if (minor !== undefined && own === undefined && ofKubeadm.length === 0) {
    return claim === undefined && elsewhere.length === 0
      ? NOT_PREDEFINED
      : { status: 'unknown', reason: `there is no baseline of Kubernetes 1.${minor} to compare it with` };
  }
  // What the cluster's own release has is compared with that alone: others do not excuse what differs.
  const found = ofCluster.length > 0 ? ofCluster : [...ofKubeadm, ...elsewhere];
  if (found.length > 0) return { found };
  return claim === undefined ? NOT_PREDEFINED : { status: 'impostor', claim };
}

function listFound<Found>(
  indexes: readonly BaselineIndex[],
  find: (index: BaselineIndex) => Found | undefined,
): readonly Found[] {
  return indexes.flatMap((index) => find(index) ?? []);
}

/** Whether it comes from another release than the one that runs: it was left over when the cluster was upgraded. */
export function isLeftOver(origin: Origin, minor: ClusterMinor): boolean {
  return minor !== undefined && origin.by === 'Kubernetes' && origin.minor !== minor;
}
