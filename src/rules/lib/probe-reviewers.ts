/** Who else has a say about a pod that is tried by a dry run: what became of it is then not the work of a plugin for certain. */
import { PROBE_NAMESPACE } from '../../api/v1alpha1/group.ts';
import { MalformedField } from '../../core/shape.ts';
import { NotObserved } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { mutatorsOf, nameOf, validatorsOf } from './admission-reviewers.ts';
import type { Reviewer } from './admission-reviewers.ts';

const created = { operation: 'CREATE', resource: 'pods' } as const;

interface Named {
  readonly mutators: readonly string[];
  readonly webhooks: readonly string[];
}

/** `ProbeReviewers` of the evidence; what is missing is why it is not known. */
export function nameProbeReviewers(snapshot: Snapshot): { readonly read: Named } | { readonly missing: string } {
  try {
    const labels = snapshot.get('Namespace', '', PROBE_NAMESPACE)?.metadata.labels;
    const asked = (reviewers: readonly Reviewer[]): readonly Reviewer[] =>
      reviewers.filter(({ isAskedIn }) => isAskedIn(labels));
    const mutators = asked(mutatorsOf(snapshot, created));
    const webhooks = [...mutators, ...asked(validatorsOf(snapshot, created))].filter(({ kind }) =>
      kind.endsWith('WebhookConfiguration'),
    );
    return { read: { mutators: namesOf(mutators), webhooks: namesOf(webhooks) } };
  } catch (error) {
    if (error instanceof NotObserved || error instanceof MalformedField) return { missing: error.message };
    throw error;
  }
}

function namesOf(reviewers: readonly Reviewer[]): readonly string[] {
  return [...new Set(reviewers.map(nameOf))].toSorted();
}
