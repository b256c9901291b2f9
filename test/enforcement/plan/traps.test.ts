/**
 * What bit on a real API server, and that no policy which Merlon would ever print or apply is written so. By their numbers in
 * docs/conformance.md; what only a real API server can show is in test/enforcement/traps.integration.test.ts.
 */
import { expect } from 'chai';

import { actionsOf, buildManifests } from '../../../src/enforcement/plan/planned-policy.ts';
import type { PlannedPolicy } from '../../../src/enforcement/plan/planned-policy.ts';
import { planEverything } from '../every-policy.ts';

const plans: readonly (readonly PlannedPolicy[])[] = [
  planEverything(37),
  planEverything(35),
  planEverything(37, { withoutLabel: 'deny', namespacesOut: [], breakGlassGroups: ['oncall'] }),
  planEverything(37, { ceiling: 'warn', cluster: { nodesProxy: 'audit', rbac: 'warn' } }),
];
const policies = plans.flat();
const asked = policies.flatMap((policy) =>
  policy.spec.matchConstraints.resourceRules.flatMap(({ apiGroups, operations, resources, scope }) =>
    resources.flatMap((resource) =>
      operations.map((operation) => ({ policy, scope, operation, resource: `${apiGroups.join()}/${resource}` })),
    ),
  ),
);

describe('a trap for policies', () => {
  it('trap 1: what an API server makes as it starts is not asked about, or not of the API server', () => {
    // All that kube-apiserver creates by itself. Source: its PostStartHooks of v1.37.2.
    const needed =
      /^(|\*|rbac\.authorization\.k8s\.io|scheduling\.k8s\.io|flowcontrol\.apiserver\.k8s\.io|apiregistration\.k8s\.io|coordination\.k8s\.io|networking\.k8s\.io|discovery\.k8s\.io|apiextensions\.k8s\.io)\/(\*|namespaces|services|endpoints|configmaps|roles|clusterroles|rolebindings|clusterrolebindings|priorityclasses|flowschemas|prioritylevelconfigurations|apiservices|leases|ipaddresses|servicecidrs|endpointslices|customresourcedefinitions)(\/.*)?$/;
    const ofStart = new Set(asked.filter(({ resource }) => needed.test(resource)).map(({ policy }) => policy));
    expect([...new Set([...ofStart].map(({ name }) => name))]).to.deep.equal(['merlon-rbac', 'merlon-rbac-cluster']);
    for (const { spec } of ofStart) {
      expect(spec.matchConditions?.[0]?.expression).to.match(
        /^!\(request\.userInfo\.username in \['system:apiserver', /,
      );
    }
  });

  it('trap 2: no parameters but of a kind that every API server has, and none in namespaces that are off', () => {
    for (const { kind, name, spec, bindings } of policies) {
      if (kind === 'MutatingAdmissionPolicy') continue;
      const { paramKind } = spec;
      if (paramKind !== undefined) expect(paramKind).to.deep.equal({ apiVersion: 'v1', kind: 'Pod' });
      for (const binding of bindings) {
        expect(binding.spec.paramRef?.parameterNotFoundAction, name).to.equal(
          paramKind === undefined ? undefined : 'Allow',
        );
      }
      const isOfNamespaces = spec.matchConstraints.resourceRules.every(({ scope }) => scope === 'Namespaced');
      const keys = spec.matchConstraints.namespaceSelector.matchExpressions?.map(({ key }) => key) ?? [];
      if (paramKind !== undefined) expect(isOfNamespaces && keys.includes('merlon.dev/enforce'), name).to.equal(true);
    }
  });

  it('trap 3: an optional is never kept in a variable, nor anywhere else: each is asked for with its whole path', () => {
    let optionals = 0;
    for (const policy of policies) {
      for (const expression of expressionsOf(policy)) {
        for (const chain of optionalChainsIn(expression)) {
          optionals += 1;
          // `a[?b]` alone is compared with another such.
          if (policy.name !== 'merlon-exec-label-keeper')
            expect(chain, policy.name).to.match(/\.(orValue|hasValue)\($/);
        }
      }
    }
    expect(optionals).to.be.greaterThan(100);
  });

  it('trap 4: what exists is asked about only where it changes to the worse', () => {
    const updates = asked.filter(({ operation }) => operation === 'UPDATE');
    for (const { policy, resource } of updates) {
      const conditions = policy.spec.matchConditions?.map(({ name }) => name) ?? [];
      const debugContainersAlone = policy.spec.matchConstraints.resourceRules.every(({ operations, resources }) =>
        operations.includes('UPDATE') ? resources.join() === 'pods/ephemeralcontainers' : true,
      );
      // Of roles and bindings what stands there already is left out; the label of a pod is its own.
      const ownWay = ['merlon-rbac', 'merlon-rbac-cluster', 'merlon-exec-label-keeper'].includes(policy.name);
      expect(
        conditions.includes('pod-spec-is-new') || debugContainersAlone || ownWay,
        `${policy.name} ${resource}`,
      ).to.equal(true);
      if (policy.kind === 'MutatingAdmissionPolicy')
        expect(resource, policy.name).to.equal('/pods/ephemeralcontainers');
    }
    expect(updates.length).to.be.greaterThan(10);
  });

  it('trap 5: no policy refuses or sets a token by the field of the pod, which comes too late', () => {
    for (const { kind, name, spec } of policies) {
      const text = JSON.stringify(spec);
      if (!text.includes('automountServiceAccountToken') || kind === 'MutatingAdmissionPolicy') continue;
      // Of a pod its volumes, of what makes pods what it asks for.
      expect(text, name).to.contain("object.kind != 'Pod' && variables.podSpec.?automountServiceAccountToken");
      expect(text, name).to.contain('serviceAccountToken');
    }
    const setters = policies.filter(
      ({ kind, spec }) => kind === 'MutatingAdmissionPolicy' && JSON.stringify(spec).includes('automount'),
    );
    expect(setters.length).to.be.greaterThan(0);
    for (const { spec } of setters) {
      expect(spec.matchConstraints.resourceRules.flatMap(({ resources }) => resources)).to.deep.equal([
        'serviceaccounts',
      ]);
    }
  });

  it('trap 7: what is asked about connections warns nobody, as nobody would hear it', () => {
    const silent = new Set(asked.filter(({ operation }) => operation === 'CONNECT').map(({ policy }) => policy));
    expect(silent.size).to.be.greaterThan(4);
    expect(JSON.stringify([...silent].map(({ bindings }) => bindings))).not.to.contain('Warn');
  });

  it('trap 8: none is about admission policies, which no admission policy is asked about', () => {
    expect(asked.filter(({ resource }) => /admissionregistration|^\*\/|\/\*$/.test(resource))).to.deep.equal([]);
  });

  it('trap 9: what changes pods is asked again after whatever else changed them', () => {
    const ofPods = policies.filter(
      ({ kind, spec }) =>
        kind === 'MutatingAdmissionPolicy' &&
        spec.matchConstraints.resourceRules.some(({ resources }) => resources.some((one) => one.startsWith('pods'))),
    );
    expect(ofPods.length).to.be.greaterThan(4);
    for (const { name, spec } of ofPods) expect(spec, name).to.include({ reinvocationPolicy: 'IfNeeded' });
  });

  it('trap 10: a binding has the actions of its mode, whatever is asked for', () => {
    const bindings = plans.flatMap((one) => buildManifests(one)).filter(({ kind }) => kind.endsWith('PolicyBinding'));
    for (const { metadata, spec } of bindings) {
      if (!('validationActions' in spec)) continue;
      const [, mode = ''] = /-(audit|warn|deny)$/.exec(metadata.name) ?? [];
      expect(spec.validationActions, metadata.name).to.deep.equal(actionsOf[mode as keyof typeof actionsOf]);
    }
    expect(bindings.length).to.be.greaterThan(30);
  });
});

function expressionsOf({ spec }: PlannedPolicy): readonly string[] {
  return [...JSON.stringify(spec).matchAll(/"(?:expression|messageExpression)":"((?:[^"\\]|\\.)*)"/g)].map(
    ([, text = '']) => JSON.parse(`"${text}"`) as string,
  );
}

/** `.?securityContext.?runAsUser.orValue(`: each from the first optional step on to what is asked of it. */
function optionalChainsIn(expression: string): readonly string[] {
  return expression.match(/(?:\.\?[a-zA-Z0-9]+|\[\?[^\]]+\])(?:\.\??[a-zA-Z0-9]+|\[\??[^\]]+\])*\(?/g) ?? [];
}
