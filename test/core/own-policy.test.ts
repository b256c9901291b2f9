import { expect } from 'chai';

import type { HardeningPolicySpec } from '../../src/api/v1alpha1/hardening-policy.ts';
import { buildOwnPolicyStatus, countingOwnPolicies, judgeOwnPolicy } from '../../src/core/own-policy.ts';
import type { JudgedOwnPolicy } from '../../src/core/own-policy.ts';
import { policyMergerOf } from '../../src/core/policy-merge.ts';
import { defineRule } from '../../src/core/rule.ts';
import { ruleNamed } from './finding-of.ts';

const expectationRule = defineRule({ ...ruleNamed('rbac-expectations'), subject: 'Expectation', check: () => [] });
const catalogue = [ruleNamed('pod-a'), ruleNamed('pod-b'), expectationRule];
const now = '2026-11-24T17:00:00Z';

function judged(spec: HardeningPolicySpec, name = 'own', creationTimestamp = now): JudgedOwnPolicy {
  const metadata = { name, namespace: 'shop', generation: 2, creationTimestamp };
  return judgeOwnPolicy({ apiVersion: 'merlon.dev/v1alpha1', kind: 'HardeningPolicy', metadata, spec }, catalogue);
}

function statusOf(spec: HardeningPolicySpec, counts = true, cluster = {}) {
  const policy = judged(spec);
  const own = policy.accepted === undefined ? [] : [policy.accepted];
  const merged = policyMergerOf(catalogue).merge([{ name: 'strict', generation: 1, spec: cluster }], own);
  return buildOwnPolicyStatus(policy, { merged, counts }, now);
}

const expectations = [{ subject: { kind: 'ServiceAccount', name: 'web' }, only: true }] as const;

describe('the status of the policy of a namespace', () => {
  it('says that all of it is in force', () => {
    const status = statusOf({ rules: [{ rule: 'pod-a', severity: 'critical' }], expectations });
    expect(status).to.include({ observedGeneration: 2, rules: 1, expectations: 1 });
    expect(status).not.to.have.property('ignored');
    expect(status.conditions?.[0]).to.include({ status: 'True', reason: 'Accepted' });
  });

  it('lists what has no effect, and stays ready', () => {
    const status = statusOf({
      rules: [
        { rule: 'pod-a', severity: 'critical' },
        { rule: 'pod-b', state: 'Disabled' },
      ],
      threshold: 'critical',
    });
    expect(status).to.include({ rules: 1 });
    expect(status.ignored?.map(({ path, reason }) => `${path} ${reason}`)).to.deep.equal([
      'spec.rules[1].state NotDelegated',
      'spec.threshold NotDelegated',
    ]);
    expect(status.conditions?.[0]).to.include({
      status: 'True',
      reason: 'PartlyIgnored',
      message: 'the policy is in force, but 2 of its settings have no effect: see status.ignored',
    });
  });

  it('says that what it expects is not judged where cluster policies disable that', () => {
    const cluster = { rules: [{ rule: 'rbac-expectations', state: 'Disabled' }] };
    expect(statusOf({ expectations }, true, cluster).conditions?.[0]).to.include({
      status: 'True',
      reason: 'NotJudged',
    });
    expect(statusOf({ threshold: 'low' }, true, cluster).conditions?.[0]).to.include({ reason: 'Accepted' });
  });

  it('says that it does not count where there are too many', () => {
    const status = statusOf({ expectations }, false);
    expect(status).to.include({ expectations: 0 });
    expect(status.conditions?.[0]).to.include({
      status: 'False',
      reason: 'TooMany',
      message: 'of the policies of a namespace the 200 oldest count, and this is none of them',
    });
  });

  it('says what is wrong with it', () => {
    expect(statusOf({ rules: [{ rule: 'gone' }] }).conditions?.[0]).to.include({
      status: 'False',
      reason: 'UnknownRule',
    });
  });

  it('says nothing of what counts while its namespace is not known', () => {
    expect(buildOwnPolicyStatus(judged({ expectations }), undefined, now)).to.include({ rules: 0, expectations: 1 });
  });
});

describe('the policies of a namespace that count', () => {
  it('are the 200 oldest, in order of their names', () => {
    const old = Array.from({ length: 200 }, (_, index) => judged({}, `z-${String(index).padStart(3, '0')}`));
    const young = judged({}, 'a-young-one', '2026-11-24T17:00:01Z');
    const ofSameAge = judged({}, 'z-200');
    const names = countingOwnPolicies([young, ofSameAge, ...old.toReversed()]).map(
      ({ object }) => object.metadata.name,
    );
    expect(names).to.have.lengthOf(200);
    expect(names[0]).to.equal('z-000');
    expect(names.at(-1)).to.equal('z-199');
  });
});
