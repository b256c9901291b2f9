import { expect } from 'chai';

import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { buildDefaultPolicy, buildPolicy, findPolicyProblem, selectPolicy } from '../../src/core/policy.ts';
import type { AcceptedPolicy, EffectivePolicy } from '../../src/core/policy.ts';
import { defineRule } from '../../src/core/rule.ts';
import { ruleNamed } from './finding-of.ts';

const catalogue = [
  ruleNamed('pod-host-namespaces'),
  ruleNamed('pod-privileged'),
  ruleNamed('rbac-anonymous-grants'),
  ruleNamed('service-account-default-used'),
];

const expectationRule = defineRule({ ...ruleNamed('rbac-expectations'), subject: 'Expectation', check: () => [] });

/** Each rule in force, with the severity that the policy gives it. */
function inForce({ rules }: EffectivePolicy): readonly string[] {
  return rules.map(({ rule, severity }) => (severity === undefined ? rule.id : `${rule.id} ${severity}`));
}

function policyOf(spec: ClusterHardeningPolicySpec): EffectivePolicy {
  return buildPolicy('strict', 3, spec, catalogue);
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
    expect(policy).not.to.have.property('generation');
  });
});

describe('a policy', () => {
  it('that says nothing is the built-in one under its own name', () => {
    expect(policyOf({})).to.deep.equal({ ...buildDefaultPolicy(catalogue), name: 'strict', generation: 3 });
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
    const build = (spec: ClusterHardeningPolicySpec) => inForce(buildPolicy('strict', 3, spec, rules));
    expect(build({ profile: 'none', expectations })).to.deep.equal(['rbac-expectations']);
    expect(build({ profile: 'none' })).to.deep.equal([]);
    const disabled = [{ rule: 'rbac-expectations', state: 'Disabled' }] as const;
    expect(build({ profile: 'none', expectations, rules: disabled })).to.deep.equal([]);
  });

  it('sets the threshold', () => {
    expect(policyOf({ threshold: 'medium' }).threshold).to.equal('medium');
  });
});

describe('a policy is in order', () => {
  it('not with an expectation that cannot be used', () => {
    const expectations = [{ subject: { kind: 'ServiceAccount', name: 'web' }, only: true }] as const;
    expect(findPolicyProblem({ expectations }, catalogue)).to.deep.equal({
      reason: 'InvalidExpectation',
      message: 'spec.expectations[0].subject.namespace is missing: a service account has one',
      path: 'spec.expectations[0].subject.namespace',
    });
  });

  function problemOf(spec: ClusterHardeningPolicySpec): string | undefined {
    const problem = findPolicyProblem(spec, catalogue);
    return problem === undefined ? undefined : `${problem.reason}: ${problem.message}`;
  }

  it('where it names rules and a selector that exist', () => {
    expect(
      problemOf({
        rules: [{ rule: 'pod-privileged' }],
        namespaceSelector: { matchLabels: { team: 'shop' }, matchExpressions: [{ key: 'env', operator: 'Exists' }] },
      }),
    ).to.equal(undefined);
  });

  it('where it says nothing', () => {
    expect(problemOf({})).to.equal(undefined);
  });

  it('not where it names a rule that does not exist', () => {
    expect(problemOf({ rules: [{ rule: 'pod-privileged' }, { rule: 'no-such-thing' }] })).to.equal(
      'UnknownRule: spec.rules names "no-such-thing", which is no rule of this Merlon; "merlon rules" lists them',
    );
  });

  it('not where it names a rule almost rightly: the message offers the right one', () => {
    expect(problemOf({ rules: [{ rule: 'pod-host-namespace' }] })).to.equal(
      'UnknownRule: spec.rules names "pod-host-namespace", which is no rule of this Merlon (did you mean "pod-host-namespaces"?); "merlon rules" lists them',
    );
  });

  it('not where it names a rule with a slip in one word', () => {
    expect(problemOf({ rules: [{ rule: 'pod-privilged' }] })).to.match(/\(did you mean "pod-privileged"\?\)/);
  });

  it('not where several rules are like the one that it names: the message offers the likest', () => {
    const alike = [ruleNamed('pod-privilege-escalation'), ruleNamed('pod-privileged'), ruleNamed('pod-privileges')];
    const { message } = findPolicyProblem({ rules: [{ rule: 'pod-privilege' }] }, alike) ?? { message: '' };
    expect(message).to.match(/\(did you mean "pod-privileged"\?\)/);
  });

  it('not where its selector cannot match anything', () => {
    expect(problemOf({ namespaceSelector: { matchExpressions: [{ key: 'env', operator: 'In' }] } })).to.equal(
      'InvalidSelector: spec.namespaceSelector has the operator In on "env" without values',
    );
  });

  it('not where a rule is given parameters that it does not have: the message says what it has', () => {
    const sized = ruleNamed('pod-sized', {
      params: {
        type: 'object',
        properties: { floor: { type: 'integer', format: 'int32', minimum: 1, default: 1, description: '' } },
      },
    });
    const spec = { rules: [{ rule: 'pod-privileged' }, { rule: 'pod-sized', params: { floor: 0 } }] };
    expect(findPolicyProblem(spec, [...catalogue, sized])).to.deep.equal({
      reason: 'InvalidParameters',
      message: 'spec.rules["pod-sized"].params.floor is 0, and must be 1 or more',
      path: 'spec.rules[1].params.floor',
    });
    expect(problemOf({ rules: [{ rule: 'pod-privileged', params: {} }] })).to.equal(
      'InvalidParameters: spec.rules["pod-privileged"].params is set, and rule "pod-privileged" has no parameters',
    );
  });

  it('not where something is wrong, and tells the field of it', () => {
    const pathOf = (spec: ClusterHardeningPolicySpec) => findPolicyProblem(spec, catalogue)?.path;
    expect(pathOf({ rules: [{ rule: 'pod-privileged' }, { rule: 'gone' }] })).to.equal('spec.rules[1].rule');
    expect(pathOf({ rules: [{ rule: 'pod-privileged', params: {} }] })).to.equal('spec.rules[0].params');
    expect(pathOf({ namespaceSelector: { matchLabels: { '': 'a' } } })).to.equal('spec.namespaceSelector');
  });

  it('not where a disabled rule does not exist', () => {
    expect(problemOf({ rules: [{ rule: 'gone', state: 'Disabled' }] })).to.match(/^UnknownRule: /);
  });
});

describe('the policy that decides for a namespace', () => {
  function accepted(name: string, spec: ClusterHardeningPolicySpec): AcceptedPolicy {
    return { name, generation: 1, spec };
  }
  const everywhere = accepted('everywhere', {});
  const shop = accepted('shop', { namespaceSelector: { matchLabels: { team: 'shop' } } });

  it('is none where there is none', () => {
    expect(selectPolicy([], { team: 'shop' })).to.equal(undefined);
  });

  it('is none where none selects it', () => {
    expect(selectPolicy([shop], { team: 'other' })).to.equal(undefined);
  });

  it('is one without a selector', () => {
    expect(selectPolicy([everywhere], {})).to.equal(everywhere);
  });

  it('is one whose selector is empty, which matches everything', () => {
    const empty = accepted('empty', { namespaceSelector: {} });
    expect(selectPolicy([empty], {})).to.equal(empty);
  });

  it('is the one of the highest priority among those that select it', () => {
    const urgent = accepted('urgent', { priority: 10 });
    expect(selectPolicy([shop, urgent, everywhere], { team: 'shop' })).to.equal(urgent);
  });

  it('is not one of a higher priority that does not select it', () => {
    const others = accepted('others', { priority: 10, namespaceSelector: { matchLabels: { team: 'other' } } });
    expect(selectPolicy([others, shop], { team: 'shop' })).to.equal(shop);
  });

  it('is one without a priority rather than one below zero', () => {
    const last = accepted('last', { priority: -1 });
    expect(selectPolicy([last, everywhere], {})).to.equal(everywhere);
  });

  it('is of equals the first by name, in whatever order they come', () => {
    const a = accepted('a', {});
    const b = accepted('b', {});
    expect(selectPolicy([b, a], {})).to.equal(a);
    expect(selectPolicy([a, b], {})).to.equal(a);
  });

  it('is for the cluster itself one without a selector, whatever its selector would match', () => {
    const empty = accepted('empty', { namespaceSelector: {}, priority: 10 });
    expect(selectPolicy([empty, shop, everywhere], 'cluster')).to.equal(everywhere);
    expect(selectPolicy([empty, shop], 'cluster')).to.equal(undefined);
  });
});
