/** Why a policy was not tried, or did not do what it should. */
import { PROBE_NAMESPACE } from '../api/v1alpha1/group.ts';
import type { Clock } from '../core/clock.ts';
import type { TryOutcome } from '../enforcement/plan/enforcement-writer.ts';
import { CANARY_NAME } from '../enforcement/plan/trial.ts';
import type { ObjectResult } from './enforced-object.ts';

/** A trial whose canary may be put now, or why it may not. */
export type PreparedTrial =
  { readonly judge: () => Promise<ObjectResult | undefined> } | { readonly failed: ObjectResult };

/** From when it is stored until it acts; ten times what was ever measured. */
const ACTS_WITHIN_MS = 10_000;
const POLL_MS = 500;

/** The API server learns of a policy some time after it is stored. @returns the last outcome, done or not */
export async function tryUntil<Outcome>(
  attempt: () => Promise<Outcome>,
  isDone: (outcome: Outcome) => boolean,
  clock: Pick<Clock, 'now' | 'setTimeout'>,
): Promise<Outcome> {
  const untilMs = clock.now() + ACTS_WITHIN_MS;
  for (;;) {
    const outcome = await attempt();
    if (isDone(outcome) || clock.now() >= untilMs) return outcome;
    await new Promise<void>((resolve) => {
      clock.setTimeout(resolve, POLL_MS);
    });
  }
}

/** In the API server's words: `ValidatingAdmissionPolicy 'merlon-canary' with binding …`. */
export function isByCanary(outcome: TryOutcome): boolean {
  return outcome.outcome === 'refused' && outcome.message.includes(`'${CANARY_NAME}'`);
}

/** @param unseen what cannot be seen for that */
export function describeOther(message: string, unseen: string): ObjectResult {
  return untried(
    `something else refuses the pod that is tried in the namespace "${PROBE_NAMESPACE}", so that it cannot be seen whether ${unseen}; exempt that namespace there, or, where it is Pod Security's default, label it pod-security.kubernetes.io/enforce=privileged; the API server says: ${message}`,
  );
}

export function forbiddenToTry(message: string): ObjectResult {
  return barred(`a pod may not be tried, apply config/probes: ${message}`);
}

export function barred(message: string): ObjectResult {
  return { ...untried(message), isBarred: true };
}

export function untried(message: string): ObjectResult {
  return { state: 'Untried', message };
}
