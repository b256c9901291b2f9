import { expect } from 'chai';

import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { HardeningPolicySpec } from '../../src/api/v1alpha1/hardening-policy.ts';
import type { AcceptedOwnPolicy } from '../../src/core/accepted-policy.ts';
import { PolicyMerger } from '../../src/core/policy-merge.ts';
import type { MergedPolicy } from '../../src/core/policy-merge.ts';
import { ruleNamed } from './finding-of.ts';

const sized = ruleNamed('pod-sized', {
  severity: 'medium',
  params: {
    type: 'object',
    properties: {
      floor: { type: 'integer', format: 'int32', minimum: 0, default: 0, description: '' },
      top: { type: 'integer', format: 'int32', minimum: 0, default: 9, description: '' },
    },
  },
});
const account = ruleNamed('service-account-default-token-mount');
const catalogue = [
  ruleNamed('pod-a'),
  ruleNamed('pod-b'),
  sized,
  ruleNamed('quiet', { inForce: 'whereEnabled' }),
  account,
];

function own(name: string, spec: HardeningPolicySpec): AcceptedOwnPolicy {
  return { namespace: 'shop', name, generation: 1, spec };
}

function merge(cluster: ClusterHardeningPolicySpec, ...policies: readonly AcceptedOwnPolicy[]): MergedPolicy {
  return new PolicyMerger(catalogue).merge([{ name: 'strict', generation: 1, spec: cluster }], policies);
}

/** The rules in force, with what is not as it is by default. */
function inForce({ policy }: MergedPolicy): readonly string[] {
  return policy.rules.map(({ rule, severity, params }) =>
    [rule.id, ...(severity === undefined ? [] : [severity]), ...(rule === sized ? [JSON.stringify(params)] : [])].join(
      ' ',
    ),
  );
}

const byDefault = ['pod-a', 'pod-b', 'pod-sized {"floor":0,"top":9}', 'service-account-default-token-mount'];

/** What has no effect: `path reason: message`. */
function ignored({ ignored: all }: MergedPolicy): readonly string[] {
  return [...all.values()].flat().map(({ path, reason, message }) => `${path} ${reason}: ${message}`);
}

describe('the policy of a namespace', () => {
  interface Row {
    readonly sentence: string;
    readonly cluster?: ClusterHardeningPolicySpec;
    readonly spec: HardeningPolicySpec;
    /** What is in force besides or instead; by default what is in force anyway. */
    readonly gives?: readonly string[];
    readonly threshold?: string;
    /** The fields that have no effect. */
    readonly ignores?: readonly string[];
  }
  const disabled = { rules: [{ rule: 'pod-a', state: 'Disabled' }] } as const satisfies HardeningPolicySpec;
  const rows: readonly Row[] = [
    {
      sentence: 'enables a rule',
      spec: { rules: [{ rule: 'quiet' }] },
      gives: [...byDefault.slice(0, 3), 'quiet', ...byDefault.slice(3)],
    },
    {
      sentence: 'does not enable a rule where to tighten it is not delegated',
      cluster: { delegation: { tighten: ['pod-*'] } },
      spec: { rules: [{ rule: 'quiet' }] },
      ignores: ['spec.rules[0]'],
    },
    { sentence: 'does not disable a rule', spec: disabled, ignores: ['spec.rules[0].state'] },
    {
      sentence: 'disables a rule where to loosen it is delegated',
      cluster: { delegation: { loosen: ['pod-a'] } },
      spec: disabled,
      gives: byDefault.slice(1),
    },
    {
      sentence: 'disables of what a pattern selects only what is delegated',
      cluster: { delegation: { loosen: ['pod-a'] } },
      spec: { rules: [{ rule: 'pod-*', state: 'Disabled' }] },
      gives: byDefault.slice(1),
      ignores: ['spec.rules[0].state'],
    },
    {
      sentence: 'does not disable by a policy what a cluster policy enabled',
      cluster: { profile: 'none', rules: [{ rule: 'quiet' }] },
      spec: { rules: [{ rule: 'quiet', state: 'Disabled' }] },
      gives: ['quiet'],
      ignores: ['spec.rules[0].state'],
    },
    {
      sentence: 'raises a severity',
      spec: { rules: [{ rule: 'pod-a', severity: 'critical' }] },
      gives: ['pod-a critical', ...byDefault.slice(1)],
    },
    {
      sentence: 'does not lower a severity',
      spec: { rules: [{ rule: 'pod-a', severity: 'low' }] },
      ignores: ['spec.rules[0].severity'],
    },
    {
      sentence: 'does not raise a severity above what a cluster policy says where to tighten is not delegated',
      cluster: { rules: [{ rule: 'pod-a', severity: 'low' }], delegation: { tighten: [] } },
      spec: { rules: [{ rule: 'pod-a', severity: 'medium' }] },
      gives: ['pod-a low', ...byDefault.slice(1)],
      ignores: ['spec.rules[0].severity'],
    },
    {
      sentence: 'does not change a parameter, which may loosen the rule',
      spec: { rules: [{ rule: 'pod-sized', params: { floor: 3 } }] },
      ignores: ['spec.rules[0].params.floor'],
    },
    {
      sentence: 'changes a parameter where to loosen its rule is delegated',
      cluster: { rules: [{ rule: 'pod-sized', params: { top: 5 } }], delegation: { loosen: ['pod-sized'] } },
      spec: { rules: [{ rule: 'pod-sized', params: { floor: 3 } }] },
      gives: [...byDefault.slice(0, 2), 'pod-sized {"floor":3,"top":5}', ...byDefault.slice(3)],
    },
    {
      sentence: 'sets whatever it likes of a rule that it enables itself',
      cluster: { rules: [{ rule: 'pod-sized', state: 'Disabled' }] },
      spec: { rules: [{ rule: 'pod-sized', severity: 'info', params: { floor: 3 } }] },
      gives: [...byDefault.slice(0, 2), 'pod-sized info {"floor":3,"top":9}', ...byDefault.slice(3)],
    },
    { sentence: 'lowers the threshold', spec: { threshold: 'low' }, threshold: 'low' },
    {
      sentence: 'does not lower the threshold where to tighten everything is not delegated',
      cluster: { delegation: { tighten: ['pod-*'] } },
      spec: { threshold: 'low' },
      ignores: ['spec.threshold'],
    },
    { sentence: 'does not raise the threshold', spec: { threshold: 'critical' }, ignores: ['spec.threshold'] },
    {
      sentence: 'raises the threshold where to loosen everything is delegated',
      cluster: { delegation: { loosen: ['*'] } },
      spec: { threshold: 'critical' },
      threshold: 'critical',
    },
    {
      sentence: 'may say what holds anyway',
      spec: { threshold: 'high', rules: [{ rule: 'pod-a' }, { rule: 'pod-sized', params: { floor: 0 } }] },
    },
  ];
  for (const { sentence, cluster = {}, spec, gives = byDefault, threshold = 'high', ignores = [] } of rows) {
    it(sentence, () => {
      const merged = merge(cluster, own('own', spec));
      expect(inForce(merged)).to.deep.equal(gives);
      expect(merged.policy.threshold).to.equal(threshold);
      expect(ignored(merged).map((line) => line.split(' ')[0])).to.deep.equal(ignores);
      expect(merged.policy.sources.map(({ kind, name }) => `${kind} ${name}`)).to.deep.equal([
        'ClusterHardeningPolicy strict',
        'HardeningPolicy own',
      ]);
    });
  }

  it('is told why something has no effect, once a field', () => {
    const merged = merge({}, own('own', { rules: [{ rule: 'pod-*', state: 'Disabled' }], threshold: 'critical' }));
    expect(ignored(merged)).to.deep.equal([
      'spec.rules[0].state NotDelegated: to loosen rule "pod-a" is not delegated to namespaces: no cluster policy lists it in spec.delegation.loosen (and so for 2 more rules)',
      'spec.threshold NotDelegated: to raise the threshold ("*") is not delegated to namespaces: no cluster policy lists it in spec.delegation.loosen',
    ]);
  });
});

describe('several policies of a namespace', () => {
  it('go before each other by name, and are told what has no effect', () => {
    const merged = merge(
      { delegation: { loosen: ['*'] } },
      own('a', {
        rules: [
          { rule: 'pod-a', severity: 'low' },
          { rule: 'pod-sized', params: { floor: 1 } },
        ],
        threshold: 'info',
      }),
      own('b', {
        rules: [
          { rule: 'pod-a', severity: 'critical' },
          { rule: 'pod-sized', params: { floor: 2, top: 3 } },
        ],
        threshold: 'medium',
      }),
    );
    expect(inForce(merged)).to.deep.equal(['pod-a low', 'pod-b', 'pod-sized {"floor":1,"top":3}', byDefault[3]]);
    expect(merged.policy.threshold).to.equal('info');
    expect(ignored(merged)).to.deep.equal([
      'spec.rules[0].severity Overruled: HardeningPolicy "a" says otherwise in spec.rules[0].severity, and goes before this one',
      'spec.rules[1].params.floor Overruled: HardeningPolicy "a" says otherwise in spec.rules[1].params.floor, and goes before this one',
      'spec.threshold Overruled: HardeningPolicy "a" says otherwise in spec.threshold, and goes before this one',
    ]);
  });

  it('are followed where the first says only what it may not', () => {
    const merged = merge({}, own('a', { threshold: 'critical' }), own('b', { threshold: 'medium' }));
    expect(merged.policy.threshold).to.equal('medium');
  });
});

describe('the policy of a namespace asks for repair', () => {
  it('in the most restrictive mode that its policies say', () => {
    const { remediation } = merge(
      {},
      own('a', { remediation: { mode: 'apply' } }),
      own('b', { remediation: { mode: 'plan' } }),
    ).policy;
    expect(remediation).to.include({ asked: 'plan', namespacesMaySwitchOn: true });
    expect(remediation.askedBy).to.include({ kind: 'HardeningPolicy', name: 'b', namespace: 'shop' });
    expect(merge({}).policy.remediation).not.to.have.property('asked');
  });

  it('of some of the rules that may be repaired, and of no other', () => {
    const cluster = { remediation: { rules: ['pod-a', 'pod-b'] } };
    const merged = merge(cluster, own('own', { remediation: { rules: ['pod-b', 'quiet'] } }));
    expect(catalogue.filter((rule) => merged.policy.remediation.mayRepair(rule)).map(({ id }) => id)).to.deep.equal([
      'pod-b',
    ]);
    expect(ignored(merged)).to.deep.equal([
      'spec.remediation.rules[1] NotDelegated: no cluster policy lets "quiet" be repaired: spec.remediation.rules',
    ]);
  });

  it('without effect where to switch it on is not delegated', () => {
    const cluster = { delegation: { remediation: false } };
    const line =
      'spec.remediation.mode NotDelegated: to switch remediation on is not delegated: spec.delegation.remediation';
    expect(ignored(merge(cluster, own('own', { remediation: { mode: 'apply' } })))).to.deep.equal([line]);
    expect(ignored(merge(cluster, own('own', { remediation: { mode: 'off' } })))).to.deep.equal([]);
  });
});
