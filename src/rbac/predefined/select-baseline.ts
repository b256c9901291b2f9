/** Which baselines an object is compared with. */
import { kubeadmIndex, kubernetesIndex } from './baseline-index.ts';
import type { BaselineIndex, Indexed, Origin } from './baseline-index.ts';
import { baselineMinors } from './baseline.ts';
import type { Claim } from './name-claim.ts';

/** The minor version of the cluster; undefined where it is not known, as of files: then any will do. */
export type ClusterMinor = number | undefined;

export type Selection<Found> =
  /** What goes by that name: to be like one of them will do, the first is what it is held against. */
  | { readonly found: readonly Found[] }
  | { readonly status: 'notPredefined' }
  | { readonly status: 'impostor'; readonly claim: Claim }
  | { readonly status: 'unknown'; readonly reason: string };

/**
 * @param find what goes by the name of the object in an index
 * @param claim by what it passes for a predefined one
 */
export function selectBaselines<Found extends Indexed>(
  minor: ClusterMinor,
  find: (index: BaselineIndex) => readonly Found[] | undefined,
  claim: Claim | undefined,
): Selection<Found> {
  const ofKubernetes = find(kubernetesIndex()) ?? [];
  const ofCluster = ofKubernetes.flatMap((one): readonly Found[] =>
    minor !== undefined && one.minors.includes(minor) ? [{ ...one, origin: { by: 'Kubernetes', minor } }] : [],
  );
  // What the cluster's own release has is compared with that alone: others do not excuse what differs.
  if (ofCluster.length > 0) return { found: ofCluster };
  const ofKubeadm = find(kubeadmIndex()) ?? [];
  const found = [...ofKubeadm, ...ofKubernetes];
  if (found.length === 0 && claim === undefined) return { status: 'notPredefined' };
  if (minor !== undefined && !baselineMinors.includes(minor) && ofKubeadm.length === 0) {
    return { status: 'unknown', reason: `there is no baseline of Kubernetes 1.${minor} to compare it with` };
  }
  return found.length > 0 || claim === undefined ? { found } : { status: 'impostor', claim };
}

/** Whether it comes from another release than the one that runs: it was left over when the cluster was upgraded. */
export function isLeftOver(origin: Origin, minor: ClusterMinor): boolean {
  return minor !== undefined && origin.by === 'Kubernetes' && origin.minor !== minor;
}
