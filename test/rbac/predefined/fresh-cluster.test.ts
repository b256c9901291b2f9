/** On a cluster that is as Kubernetes made it, nothing is found. */
import type { RoleKind } from '../../../src/core/rbac-kinds.ts';
import { expect } from 'chai';

import { Evaluator } from '../../../src/core/evaluate.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import type { Finding } from '../../../src/core/finding.ts';
import type { ObjectOf } from '../../../src/core/kinds.ts';
import type { ObjectsByKind } from '../../../src/core/object-snapshot.ts';
import type { Scope } from '../../../src/core/scope.ts';
import { baselineMinors } from '../../../src/rbac/predefined/baseline.ts';
import { predefinedMissing as namespacePredefinedMissing } from '../../../src/rules/namespace/predefined-missing.ts';
import { predefinedBinding } from '../../../src/rules/rbac/predefined-binding.ts';
import { predefinedMissing } from '../../../src/rules/rbac/predefined-missing.ts';
import { predefinedRole } from '../../../src/rules/rbac/predefined-role.ts';
import { freshBindings, freshRoles } from './fresh-objects.ts';

const rules = [predefinedRole, predefinedBinding, predefinedMissing, namespacePredefinedMissing];
const scopes: readonly Scope[] = ['cluster', { namespace: 'kube-system' }, { namespace: 'kube-public' }];

function judge(objects: ObjectsByKind, minor: number): readonly Finding[] {
  const snapshot = buildObjectSnapshot({ objects, isWholeCluster: true, podSecurityVersion: minor });
  const evaluator = new Evaluator({
    ruleThrew: (_rule, error) => {
      throw error;
    },
  });
  const selected = rules.map((rule) => ({ rule, params: {} }));
  return scopes.flatMap((scope) => evaluator.evaluate(scope, selected, snapshot));
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
      const findings = judge(objectsOf(minor), minor);
      expect(findings.filter(({ outcome }) => outcome !== 'pass')).to.deep.equal([]);
      const objects = Object.values(objectsOf(minor)).flat();
      expect(objects).to.have.length.above(120);
      expect(findings).to.have.length.at.least(objects.length);
    });
  }

  it('find but what is low where an upgrade left the rules of older releases, as each does', () => {
    const [oldest = 0] = baselineMinors;
    const newest = baselineMinors.at(-1) ?? 0;
    const upgraded = objectsOf(newest);
    const withOldRules = (kind: RoleKind): readonly ObjectOf<'ClusterRole'>[] => {
      const keyOf = ({ metadata }: ObjectOf<'ClusterRole'>): string => `${metadata.namespace ?? ''}/${metadata.name}`;
      const before = new Map(freshRoles(oldest, kind).map((role) => [keyOf(role), role.rules ?? []]));
      return freshRoles(newest, kind).map((role) => ({
        ...role,
        rules: [...(role.rules ?? []), ...(before.get(keyOf(role)) ?? [])],
      }));
    };
    const findings = judge(
      { ...upgraded, ClusterRole: withOldRules('ClusterRole'), Role: withOldRules('Role') },
      newest,
    );
    const failures = findings.filter(({ outcome }) => outcome !== 'pass');
    expect(failures.map(({ severity, subject }) => `${severity} ${subject.name}`)).to.include(
      'low system:controller:expand-controller',
    );
    expect(new Set(failures.map(({ severity }) => severity))).to.deep.equal(new Set(['low']));
  });
});
