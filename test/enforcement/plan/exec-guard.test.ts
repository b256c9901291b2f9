/** What the exec guard must never be, whatever it is asked for: each of these has gone wrong on a real API server. */
import { expect } from 'chai';

import { planExecGuard } from '../../../src/enforcement/plan/exec-guard.ts';
import type { ExecGuardOptions } from '../../../src/enforcement/plan/exec-guard.ts';
import { planNodesProxyGuard } from '../../../src/enforcement/plan/nodes-proxy-guard.ts';
import { buildManifests } from '../../../src/enforcement/plan/planned-policy.ts';
import type { PlannedValidatingPolicy } from '../../../src/enforcement/plan/planned-policy.ts';
import { usual } from '../printed-guards.ts';

const everything: ExecGuardOptions = {
  ...usual,
  connections: ['portforward', 'proxy'],
  ephemeralContainers: true,
  hostNetwork: true,
};
const plans: Readonly<Record<string, readonly PlannedValidatingPolicy[]>> = {
  'as it is by default': planExecGuard(usual),
  'with all that it can': [...planExecGuard(everything), planNodesProxyGuard('deny', [])],
  'with a break-glass group': [
    ...planExecGuard({ ...everything, breakGlassGroups: ['oncall'] }),
    planNodesProxyGuard('audit', ['oncall']),
  ],
  'where it refuses everywhere': planExecGuard({ ...everything, withoutLabel: 'deny', keptOut: [] }),
};

for (const [name, policies] of Object.entries(plans)) {
  describe(`the exec guard ${name}`, () => {
    const rules = policies.flatMap(({ spec }) => spec.matchConstraints.resourceRules);

    it('is asked about connections and debug containers alone, so that no API server needs it to start', () => {
      const asked = rules.flatMap(({ apiGroups, operations, resources }) =>
        resources.map((resource) => `${operations.join()} ${apiGroups.join()}/${resource}`),
      );
      const allowed = ['exec', 'attach', 'portforward', 'proxy'].map((one) => `CONNECT /pods/${one}`);
      for (const one of asked) {
        expect([...allowed, 'UPDATE /pods/ephemeralcontainers', 'CONNECT /nodes/proxy']).to.include(one);
      }
    });

    it('takes parameters of a kind that every API server has, or none', () => {
      for (const { spec } of policies) expect([undefined, 'v1 Pod']).to.include(kindOf(spec.paramKind));
    });

    it('keeps namespaces out in the policy itself, not in its bindings alone', () => {
      for (const { spec } of policies) {
        const isOfNamespaces = spec.matchConstraints.resourceRules.every(({ scope }) => scope === 'Namespaced');
        const keys = spec.matchConstraints.namespaceSelector.matchExpressions?.map(({ key }) => key) ?? [];
        expect(keys.includes('merlon.dev/enforce')).to.equal(isOfNamespaces);
      }
    });

    it('keeps no optional in a variable', () => {
      for (const { spec } of policies) {
        for (const { expression } of spec.variables ?? []) {
          const optionals = expression.match(/\?[a-zA-Z]+(?![a-zA-Z.])/g) ?? [];
          expect(optionals).to.deep.equal([]);
          const chains = expression.match(/(?:params|object|c)\.[a-zA-Z.]*\?[a-zA-Z.?]+/g) ?? [];
          expect(chains).to.have.length.greaterThan(3);
          for (const chain of chains) expect(chain).to.match(/\.orValue$/);
        }
      }
    });

    it('has a binding for each mode for good, so that actions are never merged', () => {
      for (const { metadata, spec } of buildManifests(policies)) {
        if (!('validationActions' in spec)) continue;
        expect(spec.validationActions).to.deep.equal(metadata.name.endsWith('-deny') ? ['Deny', 'Audit'] : ['Audit']);
      }
    });

    it('never warns', () => {
      expect(JSON.stringify(policies)).not.to.contain('Warn');
    });

    it('looks at the pod that is asked for before all else, and asks for rights last', () => {
      for (const { spec } of policies) {
        if (spec.paramKind === undefined) continue;
        const isProxied = JSON.stringify(spec.matchConstraints).includes('pods/proxy');
        expect(spec.matchConditions?.map(({ expression }) => expression)).to.deep.equal([
          isProxied
            ? "params != null && params.metadata.name == (request.subResource != 'proxy' ? request.name : request.name.split(':')[request.name.split(':').size() == 3 ? 1 : 0])"
            : 'params != null && params.metadata.name == request.name',
        ]);
      }
    });

    it('comes as each policy before its bindings, all labelled as of Merlon', () => {
      const manifests = buildManifests(policies);
      const seen = new Set<string>();
      for (const { kind, metadata, spec } of manifests) {
        expect(metadata.name).to.match(/^merlon-exec-guard/);
        expect(metadata.labels).to.deep.equal({ 'app.kubernetes.io/managed-by': 'merlon' });
        if (kind === 'ValidatingAdmissionPolicy') seen.add(metadata.name);
        else expect(seen).to.include('policyName' in spec ? spec.policyName : '');
      }
    });
  });
}

function kindOf(paramKind: { readonly apiVersion: string; readonly kind: string } | undefined): string | undefined {
  return paramKind === undefined ? undefined : `${paramKind.apiVersion} ${paramKind.kind}`;
}

describe('nodes/proxy', () => {
  it('is guarded by nothing that is for namespaces', () => {
    for (const policies of [planExecGuard(usual), planExecGuard(everything)]) {
      expect(JSON.stringify(policies)).not.to.contain('nodes/proxy');
    }
  });
});
