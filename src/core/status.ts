/**
 * The status of a posture, conditions included: pure in everything but the time, which is an argument. What did not
 * change keeps its time, so that a status that says the same is the same, and nothing is written.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Condition } from '../api/v1alpha1/conditions.ts';
import { MAX_OBSERVED_POLICIES } from '../api/v1alpha1/posture-status.ts';
import type { PostureStatus } from '../api/v1alpha1/posture-status.ts';
import type { Exemption } from './exemption.ts';
import type { ExemptionUse } from './exemption-matcher.ts';
import type { CollectedFindings } from './finding-collector.ts';
import type { EffectivePolicy } from './policy.ts';
import { buildVerdict, listFindings } from './posture.ts';
import type { EnforcementOf, Verdict } from './posture.ts';
import type { Severity } from './severity.ts';
import { isMissing, isReadable } from './snapshot.ts';
import type { Observation } from './snapshot.ts';

/** A condition before it is known since when it holds. */
export type UntimedCondition = Omit<Condition, 'lastTransitionTime'>;
/** What of a written status the next one carries on. */
export type CarriedStatus = Pick<PostureStatus, 'compliant' | 'summary' | 'changedTime' | 'conditions'>;
/** A status without its times: two of them can be compared. */
export type UntimedStatus = Required<Omit<PostureStatus, 'changedTime' | 'conditions'>> & {
  readonly conditions: readonly UntimedCondition[];
};

export interface Judged extends CollectedFindings {
  readonly policy: EffectivePolicy;
  /** What the verdict was made from, missing inputs included. */
  readonly inputs: readonly Observation[];
  /** Why nothing failing is no proof that nothing fails. */
  readonly doubt?: Doubt;
  /** Set where a policy's present version is invalid and its last good one was used. */
  readonly policyProblem?: string;
  /** What became of those exemptions that describe something that fails here; absent where there are none at all. */
  readonly exemptions?: ReadonlyMap<Exemption, ExemptionUse>;
}

export interface Doubt {
  readonly reason: 'PolicyUnknown' | 'NothingSelected';
  readonly message: string;
}

const NO_REPAIRS: UntimedCondition = {
  type: 'Remediated',
  status: 'False',
  reason: 'Disabled',
  message: 'remediation is off: nothing is repaired in this scope',
};

/**
 * @param remediated the condition of that type, where somebody repairs
 * @param enforcementOf what is enforced in the scope; by default nothing is known of it
 */
export function buildStatus(judged: Judged, remediated = NO_REPAIRS, enforcementOf?: EnforcementOf): UntimedStatus {
  const { findings, summary, policy, inputs, doubt, policyProblem } = judged;
  const found = buildVerdict(findings, policy.threshold);
  const verdict = found === 'True' && doubt !== undefined ? 'Unknown' : found;
  return {
    compliant: verdict,
    policy: policy.name,
    observedPolicies: policy.sources
      .slice(0, MAX_OBSERVED_POLICIES)
      .map(({ kind, name, generation }) => ({ kind, name, generation })),
    threshold: policy.threshold,
    summary,
    ...listFindings(findings, enforcementOf),
    conditions: [
      buildReady(inputs, policyProblem),
      found === 'True' && doubt !== undefined
        ? { type: 'Compliant', status: 'Unknown', ...doubt }
        : buildCompliant(verdict, summary, policy.threshold),
      buildInputsComplete(inputs),
      remediated,
    ],
  };
}

function buildReady(inputs: readonly Observation[], policyProblem: string | undefined): UntimedCondition {
  if (policyProblem !== undefined) {
    return { type: 'Ready', status: 'True', reason: 'PolicyInvalid', message: policyProblem };
  }
  return !inputs.some(isMissing)
    ? { type: 'Ready', status: 'True', reason: 'EvaluationSucceeded', message: 'every selected rule was evaluated' }
    : {
        type: 'Ready',
        status: 'True',
        reason: 'EvaluationPartial',
        message: 'every selected rule was evaluated on what could be read; see InputsComplete',
      };
}

function buildCompliant(verdict: Verdict, summary: Judged['summary'], threshold: Severity): UntimedCondition {
  const { critical, high, medium, low, info, unknown } = summary;
  const exempt = summary.exempt === 0 ? '' : `; ${summary.exempt} exempt`;
  const counts = Object.entries({ critical, high, medium, low, info, unknown })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
  switch (verdict) {
    case 'True':
      return {
        type: 'Compliant',
        status: 'True',
        reason: 'NoFindingsAtThreshold',
        message: `nothing fails at ${threshold} or above${counts === '' ? '' : `; below it: ${counts}`}${exempt}`,
      };
    case 'False':
      return { type: 'Compliant', status: 'False', reason: 'FindingsAtThreshold', message: counts + exempt };
    case 'Unknown':
      return {
        type: 'Compliant',
        status: 'Unknown',
        reason: 'UnknownAtThreshold',
        message: `rules of severity ${threshold} or above could not be decided: ${counts}${exempt}`,
      };
  }
}

function buildInputsComplete(inputs: readonly Observation[]): UntimedCondition {
  const missing = inputs.filter(isMissing);
  const [worst] = [...missing].sort((a, b) => Number(isReadable(a)) - Number(isReadable(b)));
  if (worst === undefined) {
    return {
      type: 'InputsComplete',
      status: 'True',
      reason: 'AllInputsRead',
      message: `everything that the rules need was read${describeAttested(inputs)}`.slice(0, 2048),
    };
  }
  const reason = missing.some(({ state }) => state === 'forbidden')
    ? 'PermissionMissing'
    : isReadable(worst)
      ? 'InputStale'
      : 'InputUnavailable';
  const message = missing.map(({ source, message: why }) => `${source}: ${why}`).join('; ');
  return { type: 'InputsComplete', status: 'False', reason, message: message.slice(0, 2048) };
}

/** What counts without having been read. */
function describeAttested(inputs: readonly Observation[]): string {
  const attested = inputs.filter(({ state }) => state === 'attested').map(({ message }) => message);
  return attested.length === 0 ? '' : `, or is attested: ${attested.join('; ')}`;
}

/**
 * Puts the times in: a condition keeps its time while its status is the same, and the posture while verdict and counts
 * are the same.
 *
 * @param previous what stands, or stood before somebody edited it
 * @param now RFC 3339, second precision
 */
export function stampTimes<S extends UntimedStatus>(
  status: S,
  previous: CarriedStatus | undefined,
  now: string,
): Timed<S> {
  const isSameVerdict = previous?.compliant === status.compliant && isDeepStrictEqual(previous.summary, status.summary);
  return {
    ...status,
    changedTime: (isSameVerdict ? previous.changedTime : undefined) ?? now,
    conditions: status.conditions.map((condition) => {
      const before = previous?.conditions?.find(({ type }) => type === condition.type);
      return {
        ...condition,
        // What stands from birth has no time of its own: nobody had looked yet.
        lastTransitionTime:
          before?.status === condition.status && before.reason !== 'Pending' ? before.lastTransitionTime : now,
      };
    }),
  };
}
export type Timed<S extends UntimedStatus> = Omit<S, 'conditions'> & {
  readonly changedTime: string;
  readonly conditions: readonly Condition[];
};
