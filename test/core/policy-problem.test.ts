import { expect } from 'chai';

import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { findOwnPolicyProblem, findPolicyProblem } from '../../src/core/policy-problem.ts';
import { ruleNamed } from './finding-of.ts';

const catalogue = [
  ruleNamed('pod-host-namespaces', { controls: ['cis-1.12/5.2.3'] }),
  ruleNamed('pod-privileged'),
  ruleNamed('rbac-anonymous-grants'),
  ruleNamed('service-account-default-used'),
];

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

  it('where it names rules by a pattern, by a control, or by a pattern of controls', () => {
    const rules = [{ rule: 'pod-*' }, { rule: 'cis-1.12/5.2.3' }, { rule: 'cis-*' }] as const;
    // Without a slash it is a pattern of ids.
    expect(problemOf({ rules: [...rules.slice(0, 2), { rule: 'cis-*/5.2.*' }] })).to.equal(undefined);
    expect(problemOf({ rules })).to.match(/^UnknownRule: spec\.rules names "cis-\*"/);
  });

  it('not where a pattern is given parameters: they are those of one rule', () => {
    expect(problemOf({ rules: [{ rule: 'pod-*', params: {} }] })).to.equal(
      'InvalidParameters: spec.rules["pod-*"].params is set, and only one rule, named by its id, has parameters',
    );
  });

  for (const [field, spec] of [
    ['spec.exemptions.never[1]', { exemptions: { never: ['pod-*', 'gone'] } }],
    ['spec.delegation.tighten[0]', { delegation: { tighten: ['gone'] } }],
    ['spec.delegation.loosen[0]', { delegation: { loosen: ['gone'] } }],
    ['spec.delegation.exempt[0]', { delegation: { exempt: ['gone'] } }],
    ['spec.remediation.rules[0]', { remediation: { rules: ['gone'] } }],
  ] as const) {
    it(`not where ${field} selects nothing`, () => {
      expect(findPolicyProblem(spec, catalogue)).to.include({ reason: 'UnknownRule', path: field });
    });
  }
});

describe('the policy of a namespace is in order', () => {
  it('not where it names a rule that does not exist, to be judged by or to be repaired', () => {
    const pathOf = (spec: Parameters<typeof findOwnPolicyProblem>[0]) =>
      findOwnPolicyProblem(spec, 'shop', catalogue)?.path;
    expect(pathOf({ rules: [{ rule: 'pod-privileged' }], remediation: { rules: ['pod-*'] } })).to.equal(undefined);
    expect(pathOf({ rules: [{ rule: 'gone' }] })).to.equal('spec.rules[0].rule');
    expect(pathOf({ remediation: { rules: ['gone'] } })).to.equal('spec.remediation.rules[0]');
  });

  it('not where it expects something of another namespace', () => {
    const expectations = [
      { subject: { kind: 'ServiceAccount', namespace: 'other', name: 'web' }, only: true },
    ] as const;
    expect(findOwnPolicyProblem({ expectations }, 'shop', catalogue)).to.include({ reason: 'InvalidExpectation' });
  });
});
