/** What the guard of RBAC must never be: each of these has gone wrong on a real API server. */
import { expect } from 'chai';

import { planClusterRbacGuard, planRbacGuard } from '../../../src/enforcement/plan/rbac-guard.ts';
import type { RbacGuardChoice } from '../../../src/enforcement/plan/rbac-guard.ts';

const modes = { withoutLabel: 'deny', keptOut: [] } as const;
const anybody: RbacGuardChoice = { clusterAdmins: undefined, breakGlassGroups: [] };
const named: RbacGuardChoice = {
  clusterAdmins: [
    { kind: 'User', name: "o'neil" },
    { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' },
  ],
  breakGlassGroups: ['oncall'],
};
const guards = [anybody, named].flatMap((choice) => [
  planRbacGuard(choice, modes),
  planClusterRbacGuard(choice, 'deny'),
]);

describe('the guard of RBAC', () => {
  it('keeps what is in namespaces and what is in none apart, as no label says anything of the latter', () => {
    const scopes = guards.map(({ name, spec }) => [
      name,
      ...spec.matchConstraints.resourceRules.map(({ scope, resources }) => `${scope} ${resources.join()}`),
    ]);
    expect(scopes.slice(0, 2)).to.deep.equal([
      ['merlon-rbac', 'Namespaced roles,rolebindings'],
      ['merlon-rbac-cluster', 'Cluster clusterroles,clusterrolebindings'],
    ]);
    expect(scopes.slice(2)).to.deep.equal(scopes.slice(0, 2));
  });

  it('lets through whom the control plane works with, before anything is looked at', () => {
    for (const { spec } of guards) {
      expect(spec.matchConditions?.[0]).to.deep.equal({
        name: 'not-the-control-plane',
        expression:
          "!(request.userInfo.username in ['system:apiserver', 'system:serviceaccount:kube-system:clusterrole-aggregation-controller', 'system:kube-controller-manager'])",
      });
    }
  });

  it('looks only at what is added, so that nothing that is there is frozen', () => {
    for (const { spec } of guards) {
      const variables = spec.variables ?? [];
      const added = variables.filter(({ name }) => name.startsWith('added'));
      expect(added).to.have.length.above(1);
      for (const { expression } of added) expect(expression).to.match(/!\(one in variables\.before[A-Z]/);
      const grants = variables.at(-1)?.expression;
      expect(grants)
        .to.match(/variables\.added/)
        .and.not.to.match(/object\.\??(rules|subjects)\b(?!\.indexOf)/);
    }
  });

  it('looks nothing up, and keeps no optional in a variable', () => {
    for (const { spec } of guards) {
      expect(spec.paramKind).to.equal(undefined);
      for (const { expression } of spec.variables ?? []) {
        for (const [chain] of expression.matchAll(/\.\?[a-zA-Z]+(\.[a-zA-Z?]+)?/g))
          expect(chain).to.match(/\.orValue$/);
      }
    }
  });

  it('minds cluster-admin only where somebody says who may have it', () => {
    const mentions = guards.map(({ spec }) => JSON.stringify(spec.variables).includes('cluster-admin'));
    expect(mentions).to.deep.equal([false, false, true, true]);
    const [, , guard] = guards;
    expect(guard?.spec.variables?.find(({ name }) => name === 'nowAdmins')?.expression).to.contain(
      "['Group system:masters', 'Group kubeadm:cluster-admins', 'User o\\'neil', 'ServiceAccount ci/deployer']",
    );
  });

  it('lets a break-glass group through where there is one', () => {
    expect(guards.map(({ spec }) => spec.matchConditions?.map(({ name }) => name))).to.deep.equal([
      ['not-the-control-plane', 'another-list'],
      ['not-the-control-plane', 'another-list'],
      ['not-the-control-plane', 'not-break-glass', 'another-list'],
      ['not-the-control-plane', 'not-break-glass', 'another-list'],
    ]);
  });

  it('is in force in one mode in the cluster, and in each by label in namespaces', () => {
    expect(guards.slice(0, 2).map(({ bindings }) => bindings.map(({ mode }) => mode))).to.deep.equal([
      ['audit', 'warn', 'deny'],
      ['deny'],
    ]);
  });
});
