/** The minor version of the cluster that is judged; undefined for files, which may be for any. */
import type { Snapshot } from '../../core/snapshot.ts';
import { baselineMinors } from '../../rbac/predefined/baseline.ts';

/** A rule that asks declares that it reads `ServerVersion`. @throws {NotObserved} if it is not known */
export function clusterMinor(snapshot: Snapshot): number | undefined {
  if (!snapshot.isWholeCluster) return undefined;
  const minor = snapshot.podSecurityVersion();
  // Infinity is the latest that there is.
  return Number.isFinite(minor) ? minor : baselineMinors.at(-1);
}
