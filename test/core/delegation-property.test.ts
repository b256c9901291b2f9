/** Whatever anybody writes: merging comes to an end, says the same twice, and a namespace weakens nothing by itself. */
import { expect } from 'chai';
import fc from 'fast-check';

import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { profileNames } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { HardeningPolicySpec } from '../../src/api/v1alpha1/hardening-policy.ts';
import { severities } from '../../src/api/v1alpha1/posture-status.ts';
import { PolicyMerger } from '../../src/core/policy-merge.ts';
import { remediationModes } from '../../src/core/remediation-terms.ts';
import { rankOf } from '../../src/core/severity.ts';
import { ruleNamed } from './finding-of.ts';

const params = {
  type: 'object',
  properties: { floor: { type: 'integer', format: 'int32', minimum: 0, default: 0, description: '' } },
} as const;
const catalogue = [
  ruleNamed('pod-a', { controls: ['cis-1.12/1'] }),
  ruleNamed('pod-b', { severity: 'low', controls: ['nsa/x'], params }),
  ruleNamed('quiet', { inForce: 'whereEnabled', controls: ['cis-1.12/2'] }),
];
const selector = fc.constantFrom('pod-a', 'pod-b', 'quiet', 'pod-*', '*', 'cis-1.12/*', 'nsa/x');
const settings = fc.uniqueArray(
  fc.record(
    {
      rule: selector,
      state: fc.constantFrom('Enabled' as const, 'Disabled' as const),
      severity: fc.constantFrom(...severities),
    },
    { requiredKeys: ['rule'] },
  ),
  { selector: ({ rule }) => rule, maxLength: 4 },
);
const withParams = fc.tuple(settings, fc.option(fc.nat(3), { nil: undefined })).map(([rules, floor]) => {
  const [own] = floor === undefined ? [] : [{ rule: 'pod-b', params: { floor } }];
  return own === undefined ? rules : [...rules.filter(({ rule }) => rule !== 'pod-b'), own];
});
const common = { rules: withParams, threshold: fc.constantFrom(...severities) };
const mode = fc.constantFrom(...remediationModes);
const clusterSpec: fc.Arbitrary<ClusterHardeningPolicySpec> = fc.record(
  {
    ...common,
    priority: fc.integer({ min: -2, max: 2 }),
    profile: fc.constantFrom(...profileNames),
    remediation: fc.record({ mode }, { requiredKeys: [] }),
    // What may be loosened is nothing, so that whatever is looser is a mistake.
    delegation: fc.record({ tighten: fc.array(selector, { maxLength: 2 }) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const ownSpec: fc.Arbitrary<HardeningPolicySpec> = fc.record(
  { ...common, remediation: fc.record({ mode }, { requiredKeys: [] }) },
  { requiredKeys: [] },
);
const named = <Spec>(specs: fc.Arbitrary<Spec>) =>
  fc
    .array(specs, { maxLength: 4 })
    .map((all) => all.map((spec, index) => ({ name: `p${index}`, generation: 1, spec })));

describe('policies, whatever they say', () => {
  it('come to the same in whatever order they are read', () => {
    fc.assert(
      fc.property(named(clusterSpec), (policies) => {
        const forth = new PolicyMerger(catalogue).merge(policies, []).settings;
        const back = new PolicyMerger(catalogue).merge(policies.toReversed(), []).settings;
        expect(back).to.deep.equal(forth);
      }),
    );
  });

  it('let remediation go no further than the most restrictive of them', () => {
    fc.assert(
      fc.property(named(clusterSpec), (policies) => {
        const { ceiling } = new PolicyMerger(catalogue).merge(policies, []).policy.remediation;
        const said = policies.flatMap(({ spec }) => spec.remediation?.mode ?? []);
        expect(ceiling).to.equal(remediationModes.find((one) => said.includes(one)));
      }),
    );
  });

  it('are weakened by no policy of a namespace that nothing is delegated to', () => {
    fc.assert(
      fc.property(named(clusterSpec), named(ownSpec), (policies, ownSpecs) => {
        const merger = new PolicyMerger(catalogue);
        const own = ownSpecs.map((one) => ({ ...one, namespace: 'shop' }));
        const { policy: base } = merger.merge(policies, []);
        const { policy } = merger.merge(policies, own);
        expect(rankOf(policy.threshold)).to.be.at.least(rankOf(base.threshold));
        for (const { rule, severity = rule.severity, params: values } of base.rules) {
          const now = policy.rules.find((one) => one.rule === rule);
          expect(now, rule.id).not.to.equal(undefined);
          expect(rankOf(now?.severity ?? rule.severity), rule.id).to.be.at.most(rankOf(severity));
          expect(now?.params, rule.id).to.deep.equal(values);
        }
        expect(policy.remediation.ceiling).to.equal(base.remediation.ceiling);
        expect(policy.exemptions).to.equal(base.exemptions);
      }),
    );
  });
});
