import { expect } from 'chai';
import fc from 'fast-check';

import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import {
  enforcedFamilies,
  enforcementModes,
  guardedConnections,
  silentModes,
} from '../../src/api/v1alpha1/enforcement.ts';
import { findEnforcementProblem, findIgnoredEnforcement, rankOfMode } from '../../src/core/enforcement-terms.ts';
import { findInertSettings } from '../../src/core/inert-settings.ts';
import { explainGeneralSettings } from '../../src/core/policy-explanation.ts';
import { findPolicyProblem } from '../../src/core/policy-problem.ts';
import { PolicyMerger } from '../../src/core/policy-merge.ts';
import { buildPolicyStatus, judgePolicy } from '../../src/core/policy-status.ts';
import { rules } from '../../src/rules/index.ts';

type Stated = NonNullable<ClusterHardeningPolicySpec['enforcement']>;

const merge = (...specs: readonly ClusterHardeningPolicySpec[]) =>
  new PolicyMerger([]).merge(
    specs.map((spec, index) => ({ name: `p${index}`, generation: 1, spec })),
    [],
  );
const termsOf = (...stated: readonly Stated[]) =>
  merge(...stated.map((enforcement) => ({ enforcement }))).policy.enforcement;

describe('what policies say of enforcement', () => {
  it('is by default that nothing is enforced', () => {
    expect(merge().policy.enforcement).to.deep.equal({
      withoutLabel: 'off',
      families: ['exec'],
      namespacesOut: ['kube-system', 'merlon', 'merlon-probes'],
      breakGlassGroups: [],
      exec: { connections: [], ephemeralContainers: false, hostNetwork: false, byLabel: false },
      tokenSecrets: false,
      cluster: { nodesProxy: 'off', rbac: 'off' },
    });
  });

  it('is what one says, field by field, and of the others the strongest that says it', () => {
    const strong: Stated = {
      withoutLabel: 'audit',
      exec: { hostNetwork: true, byLabel: true },
      breakGlassGroups: ['oncall'],
      podDefaults: { rules: ['pod-seccomp-profile'] },
      rbac: { clusterAdmins: ['Group:ops'] },
      cluster: { rbac: 'deny' },
    };
    const weak: Stated = {
      mode: 'deny',
      withoutLabel: 'deny',
      families: [],
      exec: { connections: ['proxy'], ephemeralContainers: true, hostNetwork: false },
      serviceAccounts: { tokenSecrets: true },
      rbac: { clusterAdmins: ['User:jane', 'ServiceAccount:ci/deployer'] },
      cluster: { nodesProxy: 'audit', rbac: 'warn' },
      breakGlassGroups: [],
    };
    expect(termsOf(strong, weak)).to.deep.equal({
      ceiling: 'deny',
      withoutLabel: 'audit',
      families: [],
      namespacesOut: ['kube-system', 'merlon', 'merlon-probes'],
      breakGlassGroups: ['oncall'],
      exec: { connections: ['proxy'], ephemeralContainers: true, hostNetwork: true, byLabel: true },
      defaults: ['pod-seccomp-profile'],
      tokenSecrets: true,
      clusterAdmins: [{ kind: 'Group', name: 'ops' }],
      cluster: { nodesProxy: 'audit', rbac: 'warn' },
    });
    expect(termsOf(weak).clusterAdmins).to.deep.equal([
      { kind: 'User', name: 'jane' },
      { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' },
    ]);
  });

  it('keeps out every namespace that one of them names, and always those of the cluster and of Merlon', () => {
    const always = ['kube-system', 'merlon', 'merlon-probes'];
    expect(termsOf({ namespacesOut: ['ci'] }, { namespacesOut: ['kube-system', 'lab'] }).namespacesOut).to.have.members(
      [...always, 'ci', 'lab'],
    );
    expect(termsOf({ namespacesOut: [] }).namespacesOut).to.deep.equal(always);
  });

  it('counts for nothing in a policy of some namespaces, whose status says so', () => {
    const enforcement: Stated = { mode: 'off', cluster: { nodesProxy: 'deny' } };
    for (const some of [{ namespaces: ['*'] }, { namespaceSelector: { matchLabels: { a: 'b' } } }]) {
      const spec = { ...some, enforcement };
      expect(merge(spec, { enforcement: { mode: 'deny' } }).policy.enforcement).to.deep.include({
        ceiling: 'deny',
        cluster: { nodesProxy: 'off', rbac: 'off' },
      });
      const judged = judgePolicy(
        {
          apiVersion: 'merlon.dev/v1alpha1',
          kind: 'ClusterHardeningPolicy',
          metadata: { name: 'p', generation: 1 },
          spec,
        },
        [],
      );
      const status = buildPolicyStatus(judged, { matchedNamespaces: 1, merged: [merge(spec)] }, [], 'now');
      expect(status.ignored?.map(({ path, reason }) => `${path} ${reason}`)).to.deep.equal([
        'spec.enforcement NotOfCluster',
      ]);
      expect(status.enforcement?.state).to.equal('NotOfCluster');
      expect(status.conditions?.[0]).to.include({ status: 'True', reason: 'PartlyIgnored' });
      expect(status.conditions?.[0]?.message).to.contain('what it says of enforcement counts for nothing');
    }
  });

  it('is told in the status of a policy that says something, and in no other', () => {
    const enforcement = { state: 'deny', message: 'all of it is in force' };
    const statusOf = (spec: ClusterHardeningPolicySpec) =>
      buildPolicyStatus(
        judgePolicy(
          { apiVersion: 'merlon.dev/v1alpha1', kind: 'ClusterHardeningPolicy', metadata: { name: 'p' }, spec },
          [],
        ),
        { matchedNamespaces: 1, merged: [merge(spec)], enforcement },
        [],
        'now',
      );
    expect(statusOf({ enforcement: { mode: 'deny' } }).enforcement).to.deep.equal(enforcement);
    expect(statusOf({})).not.to.have.property('enforcement');
  });

  it('is inert where another enforces less, and that is told', () => {
    const policies = [
      { name: 'a', generation: 1, spec: { priority: 9, enforcement: { mode: 'deny' } } },
      { name: 'b', generation: 1, spec: { enforcement: { mode: 'off' } } },
    ] as const;
    const merger = new PolicyMerger([]);
    const merged = merger.merge(policies, []);
    expect(merged.policy.enforcement.ceiling).to.equal('off');
    const inert = findInertSettings(merger.layerOf(policies[0]), [merged]);
    expect(inert.map(({ path, by }) => `${path} ${by.source?.name ?? ''} ${by.path}`)).to.deep.equal([
      'spec.enforcement.mode b spec.enforcement.mode',
    ]);
    expect(findInertSettings(merger.layerOf(policies[1]), [merged])).to.deep.equal([]);
  });

  it('is explained with who says it, for a namespace only where somebody says something', () => {
    const merged = merge({ enforcement: { mode: 'audit' } });
    const explain = (scope: 'cluster' | { readonly namespace: string }) =>
      explainGeneralSettings(merged, scope)
        .filter(({ setting }) => setting.startsWith('enforcement.'))
        .map(({ setting, value, source }) => `${setting} ${JSON.stringify(value)} ${source?.name ?? '-'}`);
    expect(explain({ namespace: 'shop' })).to.deep.equal(['enforcement.mode "audit" p0']);
    expect(explain('cluster')).to.include.members([
      'enforcement.mode "audit" p0',
      'enforcement.namespacesOut ["kube-system","merlon","merlon-probes"] -',
      'enforcement.cluster.nodesProxy "off" -',
      'enforcement.cluster.rbac "off" -',
      'enforcement.rbac.clusterAdmins "anybody" -',
    ]);
    expect(explain('cluster')).to.have.length(15);
  });

  it('is refused where a crowd would be let through, or nobody is named', () => {
    for (const group of ['system:authenticated', 'system:serviceaccounts:ci', ' ', 'half \ud800']) {
      const breakGlassGroups = ['oncall', group];
      expect(findEnforcementProblem({ breakGlassGroups }), group).to.deep.include({
        reason: 'InvalidEnforcement',
        path: 'spec.enforcement.breakGlassGroups[1]',
      });
    }
    expect(findEnforcementProblem({ breakGlassGroups: ['oncall', 'system:masters'] })).to.equal(undefined);
    expect(findEnforcementProblem(undefined)).to.equal(undefined);
    for (const admin of ['jane', 'User:', 'ServiceAccount:deployer', 'Group:\ud800']) {
      expect(findEnforcementProblem({ rbac: { clusterAdmins: ['User:jane', admin] } }), admin).to.deep.include({
        reason: 'InvalidEnforcement',
        path: 'spec.enforcement.rbac.clusterAdmins[1]',
      });
    }
  });

  it('is refused where a default is asked for that no rule sets', () => {
    const problemOf = (...selectors: readonly string[]) =>
      findPolicyProblem({ enforcement: { podDefaults: { rules: selectors } } }, rules);
    expect(problemOf('pod-seccomp-profile', 'pod-*', 'cis-1.12/5.2.6')).to.equal(undefined);
    expect(problemOf('pod-seccomp-profile', 'pod-privileged')).to.deep.include({
      reason: 'InvalidEnforcement',
      path: 'spec.enforcement.podDefaults.rules[1]',
    });
    expect(problemOf('pod-nothing')).to.deep.include({
      reason: 'UnknownRule',
      path: 'spec.enforcement.podDefaults.rules[0]',
    });
  });
});

describe('enforcement, whatever policies say', () => {
  const mode = fc.constantFrom(...enforcementModes);
  const optional = { requiredKeys: [] };
  const stated: fc.Arbitrary<Stated> = fc.record(
    {
      mode,
      withoutLabel: mode,
      families: fc.uniqueArray(fc.constantFrom(...enforcedFamilies)),
      rules: fc.uniqueArray(fc.constantFrom('*', 'pod-*')),
      namespacesOut: fc.uniqueArray(fc.constantFrom('a', 'b', 'kube-system')),
      breakGlassGroups: fc.uniqueArray(fc.constantFrom('oncall', 'sre')),
      exec: fc.record(
        {
          connections: fc.uniqueArray(fc.constantFrom(...guardedConnections)),
          ephemeralContainers: fc.boolean(),
          hostNetwork: fc.boolean(),
        },
        optional,
      ),
      podDefaults: fc.record({ rules: fc.uniqueArray(fc.constantFrom('*', 'pod-*')) }, optional),
      serviceAccounts: fc.record({ tokenSecrets: fc.boolean() }, optional),
      rbac: fc.record({ clusterAdmins: fc.uniqueArray(fc.constantFrom('User:jane', 'Group:ops')) }, optional),
      cluster: fc.record({ nodesProxy: fc.constantFrom(...silentModes), rbac: mode }, optional),
    },
    optional,
  );
  const policies = fc
    .array(
      fc.record(
        {
          priority: fc.integer({ min: -2, max: 2 }),
          namespaces: fc.constant(['shop']),
          enforcement: stated,
        },
        optional,
      ),
      { maxLength: 5 },
    )
    .map((specs) => specs.map((spec, index) => ({ name: `p${index}`, generation: 1, spec })));
  const merger = new PolicyMerger([]);
  const ofCluster = (spec: ClusterHardeningPolicySpec) => spec.namespaces === undefined;

  it('comes to the same in whatever order they are read', () => {
    fc.assert(
      fc.property(policies, (some) => {
        const forth = new PolicyMerger([]).merge(some, []);
        const back = new PolicyMerger([]).merge(some.toReversed(), []);
        expect(back.policy.enforcement).to.deep.equal(forth.policy.enforcement);
        expect(back.settings).to.deep.equal(forth.settings);
      }),
    );
  });

  it('goes no further than the least that one of them says, and its off is everybody else’s', () => {
    fc.assert(
      fc.property(policies, (some) => {
        const { enforcement } = merger.merge(some, []).policy;
        const said = some.filter(({ spec }) => ofCluster(spec)).map(({ spec }) => spec.enforcement ?? {});
        const modes = said.flatMap((one) => one.mode ?? []);
        expect(enforcement.ceiling).to.equal(enforcementModes.find((one) => modes.includes(one)));
        const nodesProxy = said.flatMap((one) => one.cluster?.nodesProxy ?? []);
        expect(enforcement.cluster.nodesProxy).to.equal(silentModes.find((one) => nodesProxy.includes(one)) ?? 'off');
        const rbac = said.flatMap((one) => one.cluster?.rbac ?? []);
        expect(enforcement.cluster.rbac).to.equal(enforcementModes.find((one) => rbac.includes(one)) ?? 'off');
        for (const name of said.flatMap((one) => one.namespacesOut ?? [])) {
          expect(enforcement.namespacesOut).to.include(name);
        }
      }),
    );
  });

  it('is changed by no policy of some namespaces, nor by what a namespace says itself', () => {
    fc.assert(
      fc.property(policies, (some) => {
        const all = merger.merge(some, []).policy.enforcement;
        const some2 = some.filter(({ spec }) => ofCluster(spec));
        expect(all).to.deep.equal(merger.merge(some2, []).policy.enforcement);
        for (const one of some) {
          const isIgnored = one.spec.enforcement !== undefined && !ofCluster(one.spec);
          expect(findIgnoredEnforcement(one)).to.have.length(isIgnored ? 1 : 0);
        }
        const own = [{ namespace: 'shop', name: 'own', generation: 1, spec: { threshold: 'low' as const } }];
        expect(merger.merge(some, own).policy.enforcement).to.equal(all);
      }),
    );
  });

  it('ranks its modes from off to deny', () => {
    expect(enforcementModes.map(rankOfMode)).to.deep.equal([0, 1, 2, 3]);
  });
});
