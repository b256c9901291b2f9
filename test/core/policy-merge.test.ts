import { expect } from 'chai';

import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { EffectivePolicy } from '../../src/core/policy.ts';
import type { AcceptedPolicy } from '../../src/core/accepted-policy.ts';
import { buildDefaultPolicy, PolicyMerger, policyMergerOf } from '../../src/core/policy-merge.ts';
import type { RemediationMode } from '../../src/core/remediation-terms.ts';
import { defineRule } from '../../src/core/rule.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import { ruleNamed } from './finding-of.ts';

const catalogue = [
  ruleNamed('pod-host-namespaces', { controls: ['cis-1.12/5.2.3', 'nsa/pod-security'] }),
  ruleNamed('pod-privileged', { controls: ['cis-1.12/5.2.2'] }),
  ruleNamed('rbac-anonymous-grants'),
  ruleNamed('service-account-default-used'),
];

/** On only where a policy says so. */
const quiet = ruleNamed('pod-quiet', { inForce: 'whereEnabled', controls: ['cis-1.12/5.6.4', 'nsa/pod-security'] });
const sized = ruleNamed('pod-sized', {
  inForce: 'whereEnabled',
  controls: ['cis-1.12/5.2.7'],
  params: {
    type: 'object',
    properties: {
      floor: { type: 'integer', format: 'int32', minimum: 0, default: 0, description: '' },
      names: {
        type: 'array',
        items: { type: 'string', maxLength: 9 },
        maxItems: 9,
        default: [],
        description: '',
        'x-kubernetes-list-type': 'set',
      },
    },
  },
  example: { fails: '', passes: '', params: { floor: 1 } },
});
const whole = [...catalogue, quiet, sized];

const expectationRule = defineRule({ ...ruleNamed('rbac-expectations'), subject: 'Expectation', check: () => [] });

/** Each rule in force, with the severity that the policy gives it. */
function inForce({ rules }: EffectivePolicy): readonly string[] {
  return rules.map(({ rule, severity }) => (severity === undefined ? rule.id : `${rule.id} ${severity}`));
}

function mergeOf(rules: readonly AnyRule[], spec: ClusterHardeningPolicySpec): EffectivePolicy {
  return policyMergerOf(rules).merge([{ name: 'strict', generation: 3, spec }], []).policy;
}

function policyOf(spec: ClusterHardeningPolicySpec): EffectivePolicy {
  return mergeOf(catalogue, spec);
}

describe('the built-in policy', () => {
  it('has every rule of the catalogue, each as severe as it says itself, and the threshold high', () => {
    const policy = buildDefaultPolicy(catalogue);
    expect(inForce(policy)).to.deep.equal([
      'pod-host-namespaces',
      'pod-privileged',
      'rbac-anonymous-grants',
      'service-account-default-used',
    ]);
    expect(policy).to.include({ name: 'default', threshold: 'high' });
    expect(policy.sources).to.deep.equal([]);
  });
});

describe('a policy', () => {
  it('that says nothing is the built-in one under its own name', () => {
    const { rules, threshold } = buildDefaultPolicy(catalogue);
    expect(policyOf({})).to.deep.include({ name: 'strict', rules, threshold });
    expect(policyOf({}).sources).to.deep.equal([{ kind: 'ClusterHardeningPolicy', name: 'strict', generation: 3 }]);
  });

  it('puts a rule out of force', () => {
    expect(inForce(policyOf({ rules: [{ rule: 'pod-privileged', state: 'Disabled' }] }))).to.deep.equal([
      'pod-host-namespaces',
      'rbac-anonymous-grants',
      'service-account-default-used',
    ]);
  });

  it('overrides a severity, and leaves the rule in force', () => {
    expect(inForce(policyOf({ rules: [{ rule: 'pod-privileged', severity: 'low' }] }))).to.deep.equal([
      'pod-host-namespaces',
      'pod-privileged low',
      'rbac-anonymous-grants',
      'service-account-default-used',
    ]);
  });

  it('puts a rule out of force although it gives it a severity', () => {
    expect(
      inForce(policyOf({ rules: [{ rule: 'pod-privileged', severity: 'low', state: 'Disabled' }] })),
    ).not.to.include('pod-privileged low');
  });

  it('with the profile none has the rules that it lists, in the order of the catalogue', () => {
    expect(
      inForce(
        policyOf({
          profile: 'none',
          rules: [
            { rule: 'rbac-anonymous-grants', state: 'Enabled' },
            { rule: 'pod-privileged', severity: 'medium' },
            { rule: 'pod-host-namespaces', state: 'Disabled' },
          ],
        }),
      ),
    ).to.deep.equal(['pod-privileged medium', 'rbac-anonymous-grants']);
  });

  it('with the profile none and no rule has none', () => {
    expect(inForce(policyOf({ profile: 'none' }))).to.deep.equal([]);
  });

  it('with the profile none judges what it expects, unless it says otherwise', () => {
    const rules = [...catalogue, expectationRule];
    const expectations = [{ subject: { kind: 'User', name: 'jane' }, only: true }] as const;
    const build = (spec: ClusterHardeningPolicySpec) => inForce(mergeOf(rules, spec));
    expect(build({ profile: 'none', expectations })).to.deep.equal(['rbac-expectations']);
    expect(build({ profile: 'none' })).to.deep.equal([]);
    const disabled = [{ rule: 'rbac-expectations', state: 'Disabled' }] as const;
    expect(build({ profile: 'none', expectations, rules: disabled })).to.deep.equal([]);
  });

  it('sets the threshold', () => {
    expect(policyOf({ threshold: 'medium' }).threshold).to.equal('medium');
  });
});

describe('the profile of a policy', () => {
  for (const [profile, expected] of [
    ['baseline', ['pod-host-namespaces', 'pod-privileged', 'rbac-anonymous-grants', 'service-account-default-used']],
    [
      'restricted',
      ['pod-host-namespaces', 'pod-privileged', 'rbac-anonymous-grants', 'service-account-default-used', 'pod-quiet'],
    ],
    ['cis', ['pod-host-namespaces', 'pod-privileged', 'pod-quiet']],
    ['nsa', ['pod-host-namespaces', 'pod-quiet']],
    ['none', []],
  ] as const) {
    it(`${profile} selects its rules, and none that means nothing without parameters`, () => {
      expect(inForce(mergeOf(whole, { profile }))).to.deep.equal(expected);
    });
  }

  it('all selects every rule', () => {
    expect(inForce(mergeOf(whole, { profile: 'all' }))).to.have.lengthOf(whole.length);
  });
});

describe('a setting of a policy', () => {
  const severityOf = (id: string, rules: ClusterHardeningPolicySpec['rules'] = []) =>
    mergeOf(whole, { rules }).rules.find(({ rule }) => rule.id === id)?.severity;

  it('by id goes before one by a pattern, and that before one by a control, wherever they stand', () => {
    const byControl = { rule: 'cis-1.12/5.2.*', severity: 'low' } as const;
    const byPattern = { rule: 'pod-*', severity: 'medium' } as const;
    const byId = { rule: 'pod-privileged', severity: 'critical' } as const;
    expect(severityOf('pod-privileged', [byId, byPattern, byControl])).to.equal('critical');
    expect(severityOf('pod-privileged', [byPattern, byControl])).to.equal('medium');
    expect(severityOf('pod-host-namespaces', [byId, byControl])).to.equal('low');
    expect(severityOf('rbac-anonymous-grants', [byId, byPattern, byControl])).to.equal(undefined);
  });

  it('goes before an earlier one of the same kind', () => {
    const rules = [
      { rule: 'pod-*', severity: 'low' },
      { rule: 'pod-p*', severity: 'critical' },
    ] as const;
    expect(severityOf('pod-privileged', rules)).to.equal('critical');
    expect(severityOf('pod-privileged', rules.toReversed())).to.equal('low');
  });

  it('enables what a pattern selects, but not where it only sets the severity', () => {
    const ids = (rules: NonNullable<ClusterHardeningPolicySpec['rules']>) =>
      inForce(mergeOf(whole, { profile: 'none', rules }));
    expect(ids([{ rule: 'pod-q*' }])).to.deep.equal(['pod-quiet']);
    expect(ids([{ rule: 'pod-q*', severity: 'low' }])).to.deep.equal([]);
    expect(ids([{ rule: 'pod-q*', severity: 'low', state: 'Enabled' }])).to.deep.equal(['pod-quiet low']);
    expect(ids([{ rule: 'nsa/*', state: 'Enabled' }])).to.deep.equal(['pod-host-namespaces', 'pod-quiet']);
  });
});

describe('several policies', () => {
  let generation = 0;
  function policy(name: string, spec: ClusterHardeningPolicySpec): AcceptedPolicy {
    generation += 1;
    return { name, generation, spec };
  }
  const merge = (...policies: readonly AcceptedPolicy[]) => policyMergerOf(whole).merge(policies, []).policy;
  const settingsOf = (...policies: readonly AcceptedPolicy[]) => policyMergerOf(whole).merge(policies, []).settings;

  it('are laid over each other: of each setting the strongest decides that says something', () => {
    const strong = policy('strong', { priority: 9, rules: [{ rule: 'pod-privileged', severity: 'critical' }] });
    const weak = policy('weak', {
      threshold: 'low',
      rules: [
        { rule: 'pod-privileged', severity: 'low' },
        { rule: 'rbac-anonymous-grants', state: 'Disabled' },
      ],
    });
    const merged = merge(weak, strong);
    expect(merged).to.include({ name: 'strong', threshold: 'low' });
    expect(inForce(merged)).to.deep.equal([
      'pod-host-namespaces',
      'pod-privileged critical',
      'service-account-default-used',
    ]);
    expect(merged.sources.map(({ name }) => name)).to.deep.equal(['strong', 'weak']);
  });

  it('give the same, in whatever order they come', () => {
    const [a, b] = [policy('a', { threshold: 'low' }), policy('b', { threshold: 'info' })];
    expect(merge(b, a)).to.equal(merge(a, b));
    expect(merge(b, a).threshold).to.equal('low');
  });

  it('have each parameter from the strongest that sets it', () => {
    const strong = policy('strong', { priority: 1, rules: [{ rule: 'pod-sized', params: { floor: 5 } }] });
    const weak = policy('weak', { rules: [{ rule: 'pod-sized', params: { floor: 1, names: ['a'] } }] });
    const { rules } = merge(strong, weak);
    expect(rules.find(({ rule }) => rule === sized)?.params).to.deep.equal({ floor: 5, names: ['a'] });
  });

  it('decide by a profile about every rule, whatever weaker ones say of some', () => {
    const strong = policy('strong', { priority: 1, profile: 'baseline' });
    const weak = policy('weak', {
      rules: [{ rule: 'pod-privileged', state: 'Disabled' }, { rule: 'pod-quiet' }],
      profile: 'none',
    });
    expect(inForce(merge(strong, weak))).to.deep.equal(inForce(buildDefaultPolicy(whole)));
  });

  it('leave a profile to a weaker one where the stronger has none', () => {
    const strong = policy('strong', { priority: 1, rules: [{ rule: 'pod-quiet' }] });
    expect(inForce(merge(strong, policy('weak', { profile: 'none' })))).to.deep.equal(['pod-quiet']);
  });

  for (const [highest, lowest, expected] of [
    ['apply', 'off', 'off'],
    ['off', 'apply', 'off'],
    ['apply', 'plan', 'plan'],
    [undefined, 'plan', 'plan'],
    [undefined, undefined, undefined],
  ] as const) {
    it(`have of ${highest ?? 'nothing'} and ${lowest ?? 'nothing'} the most restrictive mode of remediation`, () => {
      const withMode = (name: string, priority: number, mode: RemediationMode | undefined) =>
        policy(name, { priority, ...(mode === undefined ? {} : { remediation: { mode } }) });
      expect(merge(withMode('a', 9, highest), withMode('b', 1, lowest)).remediation.ceiling).to.equal(expected);
    });
  }

  it('may have repaired what the strongest lists that lists something, and else the default account alone', () => {
    const account = ruleNamed('service-account-default-token-mount');
    const rules = [...whole, account];
    const may = (policies: readonly AcceptedPolicy[]) => {
      const { remediation } = policyMergerOf(rules).merge(policies, []).policy;
      return rules.filter((rule) => remediation.mayRepair(rule)).map(({ id }) => id);
    };
    expect(may([])).to.deep.equal(['service-account-default-token-mount']);
    const lists = policy('lists', { remediation: { rules: ['pod-p*', 'rbac-anonymous-grants'] } });
    expect(may([lists])).to.deep.equal(['pod-privileged', 'rbac-anonymous-grants']);
    expect(may([lists, policy('none', { priority: 1, remediation: { rules: [] } })])).to.deep.equal([]);
  });

  it('let exemptions live as long as the least says, and never exempt what any of them names', () => {
    const { exemptions } = merge(
      policy('a', { priority: 1, exemptions: { maxLifetimeDays: 90, never: ['pod-privileged'] } }),
      policy('b', { exemptions: { maxLifetimeDays: 30, never: ['rbac-*'] } }),
    );
    expect(exemptions.maxLifetimeDays).to.equal(30);
    expect(whole.filter((rule) => exemptions.isNever(rule)).map(({ id }) => id)).to.deep.equal([
      'pod-privileged',
      'rbac-anonymous-grants',
    ]);
  });

  it('delegate nothing but to tighten and to switch remediation on, where none of them says it', () => {
    const { exemptions, remediation } = merge();
    expect(whole.some((rule) => exemptions.mayNamespaceExempt(rule))).to.equal(false);
    expect(whole.some((rule) => exemptions.mayNamespaceExemptEnforced(rule))).to.equal(false);
    expect(exemptions.byAnnotation).to.equal(false);
    expect(remediation).to.include({ namespacesMaySwitchOn: true, allowInUse: false });
    const { tighten, loosen } = settingsOf().general;
    expect(tighten?.value).to.deep.equal(['*']);
    expect(loosen?.value).to.deep.equal([]);
  });

  it('delegate what the strongest says that says something', () => {
    const { exemptions, remediation } = merge(
      policy('a', { priority: 1, delegation: { exempt: ['pod-*'], remediation: false } }),
      policy('b', { delegation: { exempt: ['*'], exemptByAnnotation: true, remediation: true } }),
    );
    expect(whole.filter((rule) => exemptions.mayNamespaceExempt(rule)).map(({ id }) => id)).to.deep.equal([
      'pod-host-namespaces',
      'pod-privileged',
      'pod-quiet',
      'pod-sized',
    ]);
    expect(exemptions.byAnnotation).to.equal(true);
    expect(remediation.namespacesMaySwitchOn).to.equal(false);
  });

  it('delegate of what is enforced no more than of what is reported', () => {
    const { exemptions } = merge(
      policy('a', { delegation: { exempt: ['pod-privileged', 'rbac-*'], exemptEnforced: ['pod-*'] } }),
    );
    expect(whole.filter((rule) => exemptions.mayNamespaceExemptEnforced(rule)).map(({ id }) => id)).to.deep.equal([
      'pod-privileged',
    ]);
  });

  it('remember of each setting who says it, and in which field', () => {
    const a = policy('a', { priority: 1, rules: [{ rule: 'pod-*', severity: 'low' }] });
    const b = policy('b', { profile: 'none' });
    const { states, severities } = settingsOf(a, b);
    const [rule] = catalogue;
    if (rule === undefined) throw new Error('no rule');
    expect(severities.get(rule)).to.deep.include({ value: 'low', path: 'spec.rules[0].severity' });
    expect(severities.get(rule)?.source).to.include({ name: 'a', generation: a.generation });
    expect(states.get(rule)).to.deep.include({ value: false, path: 'spec.profile' });
    expect(states.get(rule)?.source?.name).to.equal('b');
  });
});

describe('what was merged', () => {
  const policies = [
    { name: 'a', generation: 1, spec: { priority: 1, rules: [{ rule: 'pod-sized', params: { floor: 3 } }] } },
    { name: 'b', generation: 1, spec: { threshold: 'low' } },
  ] as const satisfies readonly AcceptedPolicy[];

  it('is merged once for a thousand namespaces, and once more for each that has policies of its own', () => {
    const merger = new PolicyMerger(whole);
    const merged = Array.from({ length: 1000 }, () => merger.merge(policies, []));
    expect(new Set(merged).size).to.equal(1);
    expect(merger.merges).to.equal(1);
    const [strong] = policies;
    const changed = { ...strong, generation: 2 };
    for (let namespace = 0; namespace < 1000; namespace += 1) merger.merge([...policies.slice(1), changed], []);
    expect(merger.merges).to.equal(2);
    const own = { namespace: 'shop', name: 'own', generation: 1, spec: { threshold: 'info' } } as const;
    expect(merger.merge(policies, [own]).policy.threshold).to.equal('info');
    expect(merger.merge(policies, [own])).to.equal(merger.merge(policies, [own]));
    expect(merger.merges).to.equal(3);
  });

  it('has the same rules where the policies of a namespace leave these alone', () => {
    const merger = new PolicyMerger(whole);
    const own = { namespace: 'shop', name: 'own', generation: 1, spec: { threshold: 'info' } } as const;
    expect(merger.merge(policies, [own]).policy.rules).to.equal(merger.merge(policies, []).policy.rules);
  });

  it('has the same object for equal parameters, whoever sets them', () => {
    const merger = new PolicyMerger(whole);
    const params = (floor: number) => {
      const spec = { rules: [{ rule: 'pod-sized', params: { floor } }] };
      return merger.merge([{ name: 'a', generation: 1, spec }], []).policy.rules.at(-1)?.params;
    };
    expect(params(3)).to.equal(params(3));
    expect(params(3)).not.to.equal(params(4));
  });
});
