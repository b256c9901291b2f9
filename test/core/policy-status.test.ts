import { expect } from 'chai';

import type { ClusterHardeningPolicy } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { buildPolicyStatus, judgePolicy } from '../../src/core/policy-status.ts';
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
      expect(buildPolicyStatus(judged, 0, catalogue, now).conditions?.[0]?.message).to.match(said);
    });
  }

  it('says that it is in force, how far it reaches, and keeps what is in force', () => {
    const judged = judgePolicy(
      policyOf({ spec: { rules: [{ rule: 'pod-privileged', state: 'Disabled' }] } }),
      catalogue,
    );
    expect(buildPolicyStatus(judged, 4, catalogue, now)).to.deep.equal({
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
    const status = buildPolicyStatus(judgePolicy(policyOf({ spec: broken }), catalogue, remembered), 4, catalogue, now);
    expect(status).to.deep.include({
      observedGeneration: 3,
      rules: 0,
      accepted: { generation: 2, spec: { profile: 'none' } },
    });
    expect(status.conditions?.[0]).to.include({ status: 'False', reason: 'UnknownRule', observedGeneration: 3 });
    expect(status.conditions?.[0]?.message).to.match(/^spec\.rules names "gone".*; generation 2 stays in force$/);
  });

  it('says that nothing is in force where no version was ever good', () => {
    const status = buildPolicyStatus(judgePolicy(policyOf({ spec: broken }), catalogue), 0, catalogue, now);
    expect(status).not.to.have.property('accepted');
    expect(status.rules).to.equal(0);
    expect(status.conditions?.[0]?.message).to.match(
      /; no version of this policy was ever good, so it selects nothing$/,
    );
  });

  it('keeps the time of its condition while the status of that is the same', () => {
    const status = buildPolicyStatus(judgePolicy(policyOf(), catalogue), 1, catalogue, before);
    const again = judgePolicy(policyOf({ status, spec: { threshold: 'low' } }), catalogue);
    expect(buildPolicyStatus(again, 2, catalogue, now).conditions?.[0]?.lastTransitionTime).to.equal(before);
  });

  it('has a new time where the status of its condition changed', () => {
    const status = buildPolicyStatus(judgePolicy(policyOf(), catalogue), 1, catalogue, before);
    const again = judgePolicy(policyOf({ status, spec: broken }), catalogue);
    expect(buildPolicyStatus(again, 2, catalogue, now).conditions?.[0]?.lastTransitionTime).to.equal(now);
  });
});
