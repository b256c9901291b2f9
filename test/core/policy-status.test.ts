import { expect } from 'chai';

import type {
  ClusterHardeningPolicy,
  ClusterHardeningPolicySpec,
  ClusterHardeningPolicyStatus,
} from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { policyMergerOf } from '../../src/core/policy-merge.ts';
import { buildPolicyStatus, judgePolicy } from '../../src/core/policy-status.ts';
import type { JudgedPolicy } from '../../src/core/policy-status.ts';
import type { AcceptedPolicy } from '../../src/core/accepted-policy.ts';
import { ruleNamed } from './finding-of.ts';

const catalogue = [ruleNamed('pod-host-namespaces'), ruleNamed('pod-privileged')];
const before = '2026-11-24T16:00:00Z';
const now = '2026-11-24T17:00:00Z';

function policyOf(parts: Partial<Pick<ClusterHardeningPolicy, 'spec' | 'status'>> = {}): ClusterHardeningPolicy {
  return {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'ClusterHardeningPolicy',
    metadata: { name: 'strict', uid: 'u1', generation: 3 },
    spec: {},
    ...parts,
  };
}
/** Where it selects that many namespaces, with others or alone. */
function statusOf(
  judged: JudgedPolicy,
  matchedNamespaces: number,
  at: string,
  others: readonly AcceptedPolicy[] = [],
): ClusterHardeningPolicyStatus {
  const { accepted } = judged;
  const together = policyMergerOf(catalogue).merge(accepted === undefined ? others : [...others, accepted], []);
  return buildPolicyStatus(judged, { matchedNamespaces, merged: [together] }, catalogue, at);
}
const broken = { rules: [{ rule: 'gone' }] };

describe('a policy is judged', () => {
  it('to be in force where it is in order', () => {
    const object = policyOf({ spec: { threshold: 'low' } });
    expect(judgePolicy(object, catalogue)).to.deep.equal({
      object,
      problem: undefined,
      accepted: { name: 'strict', generation: 3, spec: { threshold: 'low' } },
    });
  });

  it('to be in force in its present version, whatever was before', () => {
    const remembered = { name: 'strict', generation: 2, spec: { threshold: 'low' } } as const;
    expect(judgePolicy(policyOf(), catalogue, remembered).accepted?.generation).to.equal(3);
  });

  it('to be in force in the version that is remembered, while the present one is broken', () => {
    const remembered = { name: 'strict', generation: 2, spec: { threshold: 'low' } } as const;
    const recorded = { accepted: { generation: 1, spec: {} } };
    const { problem, accepted } = judgePolicy(policyOf({ spec: broken, status: recorded }), catalogue, remembered);
    expect(problem?.reason).to.equal('UnknownRule');
    expect(accepted).to.equal(remembered);
  });

  it('to be in force in the version that its status holds, where nothing is remembered', () => {
    const recorded = { accepted: { generation: 2, spec: { threshold: 'low' } } } as const;
    expect(judgePolicy(policyOf({ spec: broken, status: recorded }), catalogue).accepted).to.deep.equal({
      name: 'strict',
      generation: 2,
      spec: { threshold: 'low' },
    });
  });

  it('not to be in force in a version of its status that is broken itself', () => {
    const recorded = { accepted: { generation: 2, spec: { rules: [{ rule: 'also-gone' }] } } };
    expect(judgePolicy(policyOf({ spec: broken, status: recorded }), catalogue).accepted).to.equal(undefined);
  });

  it('not to be in force where no version was ever good', () => {
    expect(judgePolicy(policyOf({ spec: broken }), catalogue).accepted).to.equal(undefined);
  });
});

describe('the status of a policy', () => {
  for (const [modes, said] of [
    [['Node', 'RBAC'], /^the policy is in force; expectations take it that only Node and RBAC allow requests/],
    [['RBAC', 'Webhook'], /^the policy is in force; what RBAC does not grant stays undecided/],
  ] as const) {
    it(`says what expectations make of ${modes.join(' and ')}`, () => {
      const judged = judgePolicy(policyOf({ spec: { authorization: { modes } } }), catalogue);
      expect(statusOf(judged, 0, now).conditions?.[0]?.message).to.match(said);
    });
  }

  it('says that it is in force, how far it reaches, and keeps what is in force', () => {
    const judged = judgePolicy(
      policyOf({ spec: { rules: [{ rule: 'pod-privileged', state: 'Disabled' }] } }),
      catalogue,
    );
    expect(statusOf(judged, 4, now)).to.deep.equal({
      observedGeneration: 3,
      matchedNamespaces: 4,
      rules: 1,
      accepted: { generation: 3, spec: { rules: [{ rule: 'pod-privileged', state: 'Disabled' }] } },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Accepted',
          message: 'the policy is in force',
          observedGeneration: 3,
          lastTransitionTime: now,
        },
      ],
    });
  });

  it('says what is wrong, and which version stays in force', () => {
    const remembered = { name: 'strict', generation: 2, spec: { profile: 'none' } } as const;
    const status = statusOf(judgePolicy(policyOf({ spec: broken }), catalogue, remembered), 4, now);
    expect(status).to.deep.include({
      observedGeneration: 3,
      rules: 0,
      accepted: { generation: 2, spec: { profile: 'none' } },
    });
    expect(status.conditions?.[0]).to.include({ status: 'False', reason: 'UnknownRule', observedGeneration: 3 });
    expect(status.conditions?.[0]?.message).to.match(/^spec\.rules names "gone".*; generation 2 stays in force$/);
  });

  it('says that nothing is in force where no version was ever good', () => {
    const status = statusOf(judgePolicy(policyOf({ spec: broken }), catalogue), 0, now);
    expect(status).not.to.have.property('accepted');
    expect(status.rules).to.equal(0);
    expect(status.conditions?.[0]?.message).to.match(
      /; no version of this policy was ever good, so it selects nothing$/,
    );
  });

  it('keeps the time of its condition while the status of that is the same', () => {
    const status = statusOf(judgePolicy(policyOf(), catalogue), 1, before);
    const again = judgePolicy(policyOf({ status, spec: { threshold: 'low' } }), catalogue);
    expect(statusOf(again, 2, now).conditions?.[0]?.lastTransitionTime).to.equal(before);
  });

  it('has a new time where the status of its condition changed', () => {
    const status = statusOf(judgePolicy(policyOf(), catalogue), 1, before);
    const again = judgePolicy(policyOf({ status, spec: broken }), catalogue);
    expect(statusOf(again, 2, now).conditions?.[0]?.lastTransitionTime).to.equal(now);
  });

  it('says that it selects nothing at present', () => {
    const judged = judgePolicy(policyOf({ spec: { namespaces: ['gone'] } }), catalogue);
    const { conditions } = buildPolicyStatus(judged, { matchedNamespaces: 0, merged: [] }, catalogue, now);
    expect(conditions?.[0]).to.include({
      status: 'True',
      reason: 'SelectsNothing',
      message: 'the policy is valid, but it selects no namespace at present',
    });
  });

  describe('where another policy goes before it', () => {
    const weak = judgePolicy(
      policyOf({
        spec: {
          threshold: 'low',
          rules: [
            { rule: 'pod-*', severity: 'low' },
            { rule: 'pod-privileged', state: 'Disabled' },
          ],
        },
      }),
      catalogue,
    );
    const stronger = (spec: ClusterHardeningPolicySpec): AcceptedPolicy => ({
      name: 'stronger',
      generation: 1,
      spec: { ...spec, priority: 1 },
    });
    const readyOf = (spec: ClusterHardeningPolicySpec) => statusOf(weak, 1, now, [stronger(spec)]).conditions?.[0];

    it('says what of it has no effect, and which field of which policy decides', () => {
      expect(readyOf({ threshold: 'info', rules: [{ rule: 'pod-privileged', state: 'Enabled' }] })).to.include({
        status: 'True',
        reason: 'Overruled',
        message:
          'the policy is in force, but other policies go before it where it says spec.rules[1].state (spec.rules[0].state of "stronger"), spec.threshold (spec.threshold of "stronger")',
      });
    });

    it('says that its profile has no effect where the stronger one has another', () => {
      const ofProfile = judgePolicy(policyOf({ spec: { profile: 'all' } }), catalogue);
      const reasonUnder = (profile: 'none' | 'all') =>
        statusOf(ofProfile, 1, now, [stronger({ profile })]).conditions?.[0]?.message;
      expect(reasonUnder('none')).to.match(/where it says spec\.profile \(spec\.profile of "stronger"\)$/);
      expect(reasonUnder('all')).to.equal('the policy is in force');
    });

    it('says nothing where both say the same', () => {
      expect(readyOf({ threshold: 'low' })).to.include({ reason: 'Accepted' });
    });

    it('says nothing where what it says holds for some of its rules', () => {
      expect(readyOf({ rules: [{ rule: 'pod-privileged', severity: 'high', state: 'Disabled' }] })).to.include({
        reason: 'Accepted',
      });
    });
  });
});
