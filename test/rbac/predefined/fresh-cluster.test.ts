/** On a cluster that is as Kubernetes made it, nothing is found. */
import { expect } from 'chai';

import { Evaluator } from '../../../src/core/evaluate.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../../src/core/object-snapshot.ts';
import type { Scope } from '../../../src/core/subjects.ts';
import { baselineMinors } from '../../../src/rbac/predefined/baseline.ts';
import { predefinedMissing as namespacePredefinedMissing } from '../../../src/rules/namespace/predefined-missing.ts';
import { predefinedBinding } from '../../../src/rules/rbac/predefined-binding.ts';
import { predefinedMissing } from '../../../src/rules/rbac/predefined-missing.ts';
import { predefinedRole } from '../../../src/rules/rbac/predefined-role.ts';
import { freshBindings, freshRoles } from './fresh-objects.ts';

const rules = [predefinedRole, predefinedBinding, predefinedMissing, namespacePredefinedMissing];
const scopes: readonly Scope[] = ['cluster', { namespace: 'kube-system' }, { namespace: 'kube-public' }];

function outcomesOf(objects: ObjectsByKind, minor: number): Readonly<Record<string, number>> {
  const snapshot = buildObjectSnapshot({ objects, isWholeCluster: true, podSecurityVersion: minor });
  const evaluator = new Evaluator({
    ruleThrew: (_rule, error) => {
      throw error;
    },
  });
  const selected = rules.map((rule) => ({ rule, params: {} }));
  const findings = scopes.flatMap((scope) => evaluator.evaluate(scope, selected, snapshot));
  return Object.fromEntries(
    [...Map.groupBy(findings, ({ outcome }) => outcome)].map(([key, some]) => [key, some.length]),
  );
}

function objectsOf(minor: number): ObjectsByKind {
  return {
    Namespace: ['kube-system', 'kube-public'].map((name) => ({ metadata: { name } })),
    ClusterRole: freshRoles(minor, 'ClusterRole'),
    Role: freshRoles(minor, 'Role'),
    ClusterRoleBinding: freshBindings(minor, 'ClusterRoleBinding'),
    RoleBinding: freshBindings(minor, 'RoleBinding'),
  };
}

describe('the rules about what Kubernetes creates', () => {
  for (const minor of baselineMinors) {
    it(`find nothing in a fresh 1.${minor}`, () => {
      const outcomes = outcomesOf(objectsOf(minor), minor);
      expect(Object.keys(outcomes)).to.deep.equal(['pass']);
      expect(outcomes['pass']).to.be.above(130);
    });
  }

  it('find nothing but what is low where an older release was upgraded, its own roles still being there', () => {
    const [oldest = 0] = baselineMinors;
    const newest = baselineMinors.at(-1) ?? 0;
    const [before, now] = [objectsOf(oldest), objectsOf(newest)];
    const names = new Set(now.ClusterRole?.map(({ metadata }) => metadata.name));
    const left = (before.ClusterRole ?? []).filter(({ metadata }) => !names.has(metadata.name));
    const outcomes = outcomesOf({ ...now, ClusterRole: [...(now.ClusterRole ?? []), ...left] }, newest);
    expect(outcomes['fail'] ?? 0).to.equal(left.length);
  });
});
