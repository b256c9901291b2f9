/** Who may have changed a pod that was tried by a dry run: what became of it is then not the work of a plugin for certain. */
import { PROBE_NAMESPACE } from '../../api/v1alpha1/group.ts';
import { NotObserved } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { mutatorsOf, nameOf } from './admission-reviewers.ts';

/** As people name them; what is missing is why it is not known. */
export function nameProbeMutators(
  snapshot: Snapshot,
): { readonly read: readonly string[] } | { readonly missing: string } {
  try {
    const labels = snapshot.get('Namespace', '', PROBE_NAMESPACE)?.metadata.labels;
    const asked = mutatorsOf(snapshot, { operation: 'CREATE', resource: 'pods' }).filter(({ isAskedIn }) =>
      isAskedIn(labels),
    );
    return { read: [...new Set(asked.map(nameOf))].toSorted() };
  } catch (error) {
    if (error instanceof NotObserved) return { missing: error.message };
    throw error;
  }
}
