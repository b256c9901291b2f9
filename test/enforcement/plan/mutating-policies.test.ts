/** What a policy that changes pods must never be: each of these has gone wrong on a real API server. */
import { expect } from 'chai';

import { planImagePulls } from '../../../src/enforcement/plan/image-pulls.ts';
import { buildManifests } from '../../../src/enforcement/plan/planned-policy.ts';
import type { PlannedMutatingPolicy } from '../../../src/enforcement/plan/planned-policy.ts';
import { defaultingRulesOf, planPodDefaults } from '../../../src/enforcement/plan/pod-defaults.ts';
import { planServiceAccounts } from '../../../src/enforcement/plan/service-accounts.ts';
import { rules } from '../../../src/rules/index.ts';

const modes = { withoutLabel: 'off', keptOut: ['kube-system'] } as const;
const accounts = { canMutate: true, tokenSecrets: true, breakGlassGroups: [] };
const policies: readonly PlannedMutatingPolicy[] = [
  planImagePulls(modes),
  ...planPodDefaults(defaultingRulesOf(rules), modes),
  ...planServiceAccounts(accounts, modes).filter((one) => one.kind === 'MutatingAdmissionPolicy'),
];

describe('a policy that changes what is about to be stored', () => {
  it('is one of three', () => {
    expect(policies.map(({ name }) => name)).to.deep.equal([
      'merlon-image-pulls',
      'merlon-pod-defaults',
      'merlon-service-accounts',
    ]);
  });

  it('is never asked about pods that exist, which would freeze them, nor about connections, which it would break', () => {
    const asked = policies.flatMap(({ spec }) =>
      spec.matchConstraints.resourceRules.flatMap(({ operations, resources }) =>
        resources.map((resource) => `${operations.join()} ${resource}`),
      ),
    );
    expect(asked).to.deep.equal([
      'CREATE pods',
      'UPDATE pods/ephemeralcontainers',
      'CREATE pods',
      'CREATE serviceaccounts',
    ]);
  });

  it('is asked about nothing that an API server makes as it starts, nor about anything outside of namespaces', () => {
    for (const { spec } of policies) {
      for (const { apiGroups, scope } of spec.matchConstraints.resourceRules) {
        expect([apiGroups, scope]).to.deep.equal([[''], 'Namespaced']);
      }
    }
  });

  it('is in force where things are refused, and there alone, by the policy and by its binding', () => {
    for (const { spec, bindings } of policies) {
      expect(spec.matchConstraints.namespaceSelector).to.deep.equal({
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] },
          { key: 'merlon.dev/enforce', operator: 'In', values: ['deny'] },
        ],
      });
      expect(bindings).to.have.length(1);
      expect(bindings[0]?.spec.matchResources?.namespaceSelector).to.deep.equal({
        matchExpressions: [{ key: 'merlon.dev/enforce', operator: 'In', values: ['deny'] }],
      });
    }
  });

  it('looks nothing up, so that nothing can be gone', () => {
    expect(JSON.stringify(policies)).not.to.match(/param(Kind|Ref|s\.)/);
  });

  it('keeps no optional in a variable', () => {
    const kept = policies.flatMap(({ spec }) => spec.variables ?? []).map(({ expression }) => expression);
    // Names are always there.
    expect(kept).to.deep.equal([
      'object.spec.containers.map(c, c.name)',
      'object.spec.?initContainers.orValue([]).map(c, c.name)',
    ]);
  });

  it('does not go by the order of policies: pods are looked at again where another changed them', () => {
    const [pulls, defaults, ofAccounts] = policies.map(({ spec }) => [spec.reinvocationPolicy, spec.failurePolicy]);
    expect([pulls, defaults]).to.deep.equal([
      ['IfNeeded', 'Fail'],
      ['IfNeeded', 'Fail'],
    ]);
    // Without its default account no pod of a namespace is made at all.
    expect(ofAccounts).to.deep.equal(['Never', 'Ignore']);
  });

  it('never touches lists that can only be had whole', () => {
    for (const { spec } of policies) {
      for (const mutation of spec.mutations) {
        if (mutation.patchType !== 'ApplyConfiguration') continue;
        expect(mutation.applyConfiguration.expression).not.to.match(/drop:|add:|command:|args:/);
      }
    }
  });

  it('comes before its binding, of the kinds that only change', () => {
    expect(buildManifests(policies).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).to.deep.equal([
      'MutatingAdmissionPolicy merlon-image-pulls',
      'MutatingAdmissionPolicyBinding merlon-image-pulls-on',
      'MutatingAdmissionPolicy merlon-pod-defaults',
      'MutatingAdmissionPolicyBinding merlon-pod-defaults-on',
      'MutatingAdmissionPolicy merlon-service-accounts',
      'MutatingAdmissionPolicyBinding merlon-service-accounts-on',
    ]);
  });

  it('is none where no rule sets anything', () => {
    expect(planPodDefaults([], modes)).to.deep.equal([]);
  });
});
