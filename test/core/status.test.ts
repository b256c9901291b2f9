import { expect } from 'chai';

import type { PostureStatus } from '../../src/api/v1alpha1/posture-status.ts';
import { buildDefaultPolicy, policyMergerOf } from '../../src/core/policy-merge.ts';
import type { Observation } from '../../src/core/snapshot.ts';
import { buildStatus, stampTimes } from '../../src/core/status.ts';
import type { Judged } from '../../src/core/status.ts';
import { collectedOf, findingOf } from './finding-of.ts';

const builtIn = buildDefaultPolicy([]);
const pods: Observation = { source: 'Pod', state: 'observed', message: '' };

function statusOf(judged: Partial<Judged> = {}) {
  const { findings = [] } = judged;
  return buildStatus({ policy: builtIn, inputs: [pods], ...judged, ...collectedOf(findings) });
}

function conditionOf(judged: Partial<Judged>, type: string) {
  const found = statusOf(judged).conditions.find((condition) => condition.type === type);
  return found === undefined ? undefined : `${found.status} ${found.reason}: ${found.message}`;
}

describe('the status of a posture', () => {
  it('has the four conditions, whatever was found', () => {
    expect(statusOf().conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).to.deep.equal([
      'Ready True EvaluationSucceeded',
      'Compliant True NoFindingsAtThreshold',
      'InputsComplete True AllInputsRead',
      'Remediated False Disabled',
    ]);
  });

  it('says which policies decided, and which version of each', () => {
    const strict = { name: 'strict', generation: 7, spec: { threshold: 'low', priority: 1 } } as const;
    const weak = { name: 'a-weak-one', generation: 3, spec: {} };
    const own = { namespace: 'shop', name: 'own', generation: 2, spec: {} };
    const { policy } = policyMergerOf([]).merge([weak, strict], [own]);
    expect(statusOf({ policy })).to.deep.include({
      policy: 'strict',
      observedPolicies: [
        { kind: 'ClusterHardeningPolicy', name: 'strict', generation: 7 },
        { kind: 'ClusterHardeningPolicy', name: 'a-weak-one', generation: 3 },
        { kind: 'HardeningPolicy', name: 'own', generation: 2 },
      ],
      threshold: 'low',
    });
  });

  it('says that the built-in policy decided, which has no version', () => {
    expect(statusOf()).to.deep.include({ policy: 'default', observedPolicies: [], threshold: 'high' });
  });

  it('holds the verdict, the counts and the findings', () => {
    const { compliant, summary, findings, omittedFindings } = statusOf({ findings: [findingOf()] });
    expect(compliant).to.equal('False');
    expect(summary).to.include({ high: 1, subjects: 1 });
    expect(findings).to.have.length(1);
    expect(omittedFindings).to.equal(0);
  });

  describe('is Compliant', () => {
    it('where nothing fails at the threshold, and says what fails below it', () => {
      expect(
        conditionOf({ findings: [findingOf({ severity: 'low' }), findingOf({ severity: 'medium' })] }, 'Compliant'),
      ).to.equal('True NoFindingsAtThreshold: nothing fails at high or above; below it: 1 medium, 1 low');
    });

    it('where nothing fails at all', () => {
      expect(conditionOf({}, 'Compliant')).to.equal('True NoFindingsAtThreshold: nothing fails at high or above');
    });

    it('where all that fails is exempt, which is said', () => {
      const findings = [findingOf({ outcome: 'exempt', severity: 'critical', exemption: 'HardeningExemption/web' })];
      expect(conditionOf({ findings }, 'Compliant')).to.equal(
        'True NoFindingsAtThreshold: nothing fails at high or above; 1 exempt',
      );
      expect(statusOf({ findings }).summary).to.include({ exempt: 1, critical: 0 });
    });

    it('perhaps, where nothing fails and there is a doubt about that', () => {
      const doubt = { reason: 'PolicyUnknown', message: 'who knows' } as const;
      expect(conditionOf({ doubt }, 'Compliant')).to.equal('Unknown PolicyUnknown: who knows');
      expect(statusOf({ doubt }).compliant).to.equal('Unknown');
    });

    it('not where something fails, whatever else is in doubt', () => {
      const doubt = { reason: 'PolicyUnknown', message: 'who knows' } as const;
      expect(statusOf({ doubt, findings: [findingOf()] }).compliant).to.equal('False');
    });

    it('not where something fails at the threshold', () => {
      expect(
        conditionOf({ findings: [findingOf(), findingOf({ outcome: 'unknown' }), findingOf()] }, 'Compliant'),
      ).to.equal('False FindingsAtThreshold: 2 high, 1 unknown');
    });

    it('perhaps, where something is undecided at the threshold', () => {
      expect(conditionOf({ findings: [findingOf({ outcome: 'unknown' })] }, 'Compliant')).to.equal(
        'Unknown UnknownAtThreshold: rules of severity high or above could not be decided: 1 unknown',
      );
    });
  });

  describe('has complete inputs', () => {
    it('not where a permission is missing, whatever else is', () => {
      expect(
        conditionOf(
          {
            inputs: [
              pods,
              { source: 'Job', state: 'unreachable', message: 'the API server does not answer' },
              { source: 'Role', state: 'forbidden', message: 'grant list and watch on roles' },
            ],
          },
          'InputsComplete',
        ),
      ).to.equal('False PermissionMissing: Job: the API server does not answer; Role: grant list and watch on roles');
    });

    it('not where a kind is not served', () => {
      expect(
        conditionOf(
          { inputs: [{ source: 'CronJob', state: 'absent', message: 'it is not served' }] },
          'InputsComplete',
        ),
      ).to.equal('False InputUnavailable: CronJob: it is not served');
    });

    it('not where a stream broke long ago', () => {
      expect(
        conditionOf({ inputs: [{ source: 'Pod', state: 'stale', message: 'since 16:50' }] }, 'InputsComplete'),
      ).to.equal('False InputStale: Pod: since 16:50');
    });

    it('where something is unavailable rather than stale, if both are', () => {
      expect(
        conditionOf(
          {
            inputs: [
              { source: 'Pod', state: 'stale', message: 'since 16:50' },
              { source: 'Job', state: 'pending', message: 'not read yet' },
            ],
          },
          'InputsComplete',
        ),
      ).to.equal('False InputUnavailable: Pod: since 16:50; Job: not read yet');
    });
  });

  describe('is Ready', () => {
    it('also where inputs are missing, and says so', () => {
      expect(conditionOf({ inputs: [pods, { source: 'Job', state: 'forbidden', message: 'no' }] }, 'Ready')).to.match(
        /^True EvaluationPartial: /,
      );
    });

    it('also where the policy is invalid, and says what is wrong with it', () => {
      expect(conditionOf({ policyProblem: 'spec.rules names "x"' }, 'Ready')).to.equal(
        'True PolicyInvalid: spec.rules names "x"',
      );
    });

    it('also where something fails', () => {
      expect(conditionOf({ findings: [findingOf({ severity: 'critical' })] }, 'Ready')).to.match(
        /^True EvaluationSucceeded: /,
      );
    });
  });
});

describe('the times of a status', () => {
  const before = '2026-11-24T16:00:00Z';
  const now = '2026-11-24T17:00:00Z';

  function timesOf({ changedTime, conditions }: PostureStatus): unknown {
    return [changedTime, ...(conditions ?? []).map(({ type, lastTransitionTime }) => `${type} ${lastTransitionTime}`)];
  }

  it('are all new in a first status', () => {
    expect(timesOf(stampTimes(statusOf(), undefined, now))).to.deep.equal([
      now,
      `Ready ${now}`,
      `Compliant ${now}`,
      `InputsComplete ${now}`,
      `Remediated ${now}`,
    ]);
  });

  it('are carried on where nothing changed, so that the status is the same', () => {
    const stamped = stampTimes(statusOf(), undefined, before);
    expect(stampTimes(statusOf(), stamped, now)).to.deep.equal(stamped);
  });

  it('are new for the verdict and for the conditions whose status changed, and for no others', () => {
    const stamped = stampTimes(statusOf(), undefined, before);
    expect(timesOf(stampTimes(statusOf({ findings: [findingOf()] }), stamped, now))).to.deep.equal([
      now,
      `Ready ${before}`,
      `Compliant ${now}`,
      `InputsComplete ${before}`,
      `Remediated ${before}`,
    ]);
  });

  it('are new for the posture where only a count changed', () => {
    const stamped = stampTimes(statusOf({ findings: [findingOf()] }), undefined, before);
    expect(timesOf(stampTimes(statusOf({ findings: [findingOf(), findingOf()] }), stamped, now))).to.deep.equal([
      now,
      `Ready ${before}`,
      `Compliant ${before}`,
      `InputsComplete ${before}`,
      `Remediated ${before}`,
    ]);
  });

  it('are carried on where only words changed', () => {
    const stamped = stampTimes(statusOf({ findings: [findingOf({ message: 'so' })] }), undefined, before);
    const again = stampTimes(statusOf({ findings: [findingOf({ message: 'otherwise' })] }), stamped, now);
    expect(timesOf(again)).to.deep.equal(timesOf(stamped));
    expect(again.findings[0]?.message).to.equal('otherwise');
  });

  it('are carried on from a status without a time as new ones', () => {
    const { changedTime, ...untimed } = stampTimes(statusOf(), undefined, before);
    expect(stampTimes(statusOf(), untimed, now).changedTime).to.equal(now);
    expect(changedTime).to.equal(before);
  });

  it('are not those that the API server puts into an object at its birth', () => {
    const pending = {
      type: 'Compliant',
      status: 'Unknown',
      reason: 'Pending',
      message: 'waiting for Merlon',
      lastTransitionTime: '1970-01-01T00:00:00Z',
    } as const;
    const undecided = statusOf({ findings: [findingOf({ outcome: 'unknown' })] });
    expect(timesOf(stampTimes(undecided, { conditions: [pending] }, now))).to.include(`Compliant ${now}`);
  });

  it('forget conditions that are none of ours', () => {
    const stamped = stampTimes(statusOf(), undefined, before);
    const forged = {
      ...stamped,
      conditions: [
        ...stamped.conditions,
        { type: 'Forged', status: 'True' as const, reason: 'Forged', message: '', lastTransitionTime: before },
      ],
    };
    expect(stampTimes(statusOf(), forged, now)).to.deep.equal(stamped);
  });
});
