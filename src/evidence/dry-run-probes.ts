/**
 * Tries pods that nothing comes of (dryRun=All), to see what admission makes of them: what it does is surer than what
 * flags say. Only where that is switched on, and only where the guard of the namespace was read and seen to act before.
 *
 * Two GETs a round, and four creates at each API server, one after the other; needs what config/probes grants, and
 * Kubernetes 1.30.
 */
import { PROBE_NAMESPACE } from '../api/v1alpha1/group.ts';
import { findMissingGuard } from './probe-guard.ts';
import { readGuardAnswer, readPodSecurity, readPullPolicy, readStranger } from './probe-answers.ts';
import type { PodSecuritySign, TrialAnswer } from './probe-answers.ts';
import { buildProbePods } from './probe-pods.ts';
import type { ProbePod } from './probe-pods.ts';
import { isRead, messageOf } from './reading.ts';
import type { Get, Reading } from './reading.ts';

/** Sends a create that is a dry run, whatever is asked of it. @throws where no answer came */
export type TryPod = (namespace: string, pod: object) => Promise<TrialAnswer>;

/** Who else has a say about a pod that is tried, as people name them. */
export interface ProbeReviewers {
  /** Webhooks and policies that may change it. */
  readonly mutators: readonly string[];
  /** Webhooks that may warn of it in whatever words. */
  readonly webhooks: readonly string[];
}

export interface DryRunReading {
  /** What became of the pull policy of a pod that said IfNotPresent. */
  readonly pullPolicy: Reading<'kept' | 'replaced'>;
  readonly reviewers: Reading<ProbeReviewers>;
  readonly podSecurity: Reading<PodSecuritySign>;
  /** What became of a pod with a service account that does not exist. */
  readonly stranger: Reading<'refused' | 'admitted'>;
}

/**
 * How many API servers are tried in a round, the first that are named: with the guard and what else is asked of all of them
 * together it is less than 20 requests. Most clusters have no more.
 */
export const MAX_TRIED = 3;

/** Reads the guard, which is the same at every API server, once for all of a round. */
export type SharedGuard = (get: Get) => ReturnType<typeof findMissingGuard>;

/** For one round. Whoever asks first reads it. */
export function shareGuard(): SharedGuard {
  let reading: ReturnType<SharedGuard> | undefined;
  return (get) => (reading ??= findMissingGuard(get));
}

export interface DryRunOptions {
  readonly get: Get;
  /** Undefined where that is not switched on. */
  readonly tryPod: TryPod | undefined;
  readonly nonce: string;
  readonly guard: SharedGuard;
  /** False where enough others are tried. */
  readonly mayTry: boolean;
  readonly reviewers: () => Reading<ProbeReviewers>;
}

export async function collectDryRun({
  get,
  tryPod,
  nonce,
  guard: readGuard,
  mayTry,
  reviewers,
}: DryRunOptions): Promise<Reading<DryRunReading>> {
  if (tryPod === undefined) return { missing: 'nothing is tried by dry runs (--dry-run-probes)' };
  if (!mayTry) {
    return {
      missing: `nothing is tried by dry runs: there are more than ${MAX_TRIED} API servers, and the first are tried`,
    };
  }
  const problem = await readGuard(get);
  if (problem !== undefined) return { ...problem, missing: `nothing is tried by dry runs: ${problem.missing}` };
  const pods = buildProbePods(nonce);
  const attempt = <T>(pod: ProbePod, tell: (pod: ProbePod, answer: TrialAnswer) => Reading<T>) =>
    attemptPod(tryPod, pod, tell);
  const guard = await attempt(pods.guard, readGuardAnswer);
  if (!isRead(guard)) return { ...guard, missing: `nothing else is tried by dry runs: ${guard.missing}` };
  return {
    read: {
      pullPolicy: await attempt(pods.plain, (_pod, answer) => readPullPolicy(answer)),
      podSecurity: await attempt(pods.hostPid, (pod, answer) => readPodSecurity(pod, answer, guard.read)),
      stranger: await attempt(pods.stranger, readStranger),
      reviewers: reviewers(),
    },
  };
}

async function attemptPod<T>(
  tryPod: TryPod,
  pod: ProbePod,
  tell: (pod: ProbePod, answer: TrialAnswer) => Reading<T>,
): Promise<Reading<T>> {
  try {
    return tell(pod, await tryPod(PROBE_NAMESPACE, pod));
  } catch (error) {
    return { missing: `a pod that was tried was not answered: ${messageOf(error)}` };
  }
}
