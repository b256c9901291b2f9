/** What is seen, and what is not, of the policies that enforce: whether they can be read, and whether they are asked. */
import { findUnaskedPolicies } from '../core/asked-policies.ts';
import type { UnaskedPolicies } from '../core/asked-policies.ts';
import { isReadable, NotObserved } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { KnownPolicy } from '../enforcement/plan/known-policy.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import type { Change } from './store.ts';

/** Why it is not known what stands of a kind; undefined where it is. */
export function findUnread(snapshot: Snapshot, { kind }: Pick<KnownPolicy, 'kind'>): string | undefined {
  const observations = [kind, `${kind}Binding` as const].map((one) => snapshot.observation(one));
  // Of what no API server serves, nothing stands.
  return observations.find((one) => !isReadable(one) && one.state !== 'absent')?.message;
}

/** @returns undefined where every API server asks what is planned */
export function findUnasked(snapshot: Snapshot, planned: readonly PlannedPolicy[]): UnaskedPolicies | undefined {
  const isSetting = planned.some(({ kind }) => kind === 'MutatingAdmissionPolicy');
  try {
    return (
      findUnaskedPolicies(snapshot) ??
      (isSetting ? findUnaskedPolicies(snapshot, 'mutatingAdmissionPolicy') : undefined)
    );
  } catch (error) {
    if (error instanceof NotObserved) return { reason: 'NotObserved', message: error.message };
    throw error;
  }
}

/** Whether what policies have become may be something else now. */
export function isOfEnforcement(source: Change['source']): boolean {
  return source.includes('AdmissionPolicy') || source === 'Evidence' || source === 'ServerVersion';
}
