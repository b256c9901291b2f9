import { expect } from 'chai';

import type { ExpectationSpec } from '../../src/api/v1alpha1/expectation.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import { buildExpectations, expectedIn, mergeAuthorization, NOT_STATED } from '../../src/core/expectation.ts';
import type { PolicyName } from '../../src/core/expectation.ts';
import { defineRule, unknown, violation } from '../../src/core/rule.ts';
import type { Severity } from '../../src/core/severity.ts';
import type { Scope } from '../../src/core/scope.ts';
import { ruleNamed } from './finding-of.ts';
import { snapshotOf } from './yaml-objects.ts';

const own: PolicyName = { kind: 'HardeningPolicy', namespace: 'shop', name: 'own' };
const ofCluster: PolicyName = { kind: 'ClusterHardeningPolicy', name: 'strict' };
const web = { kind: 'ServiceAccount', namespace: 'shop', name: 'web' } as const;
const jane = { kind: 'User', name: 'jane' } as const;
const pods = { verbs: ['list'], resources: ['pods'] } as const;

describe('what a policy leaves out of an expectation', () => {
  const build = (policy: PolicyName, spec: ExpectationSpec) => buildExpectations(policy, [spec])[0];

  it('is its own namespace, in a policy of a namespace', () => {
    const built = build(own, { subject: { kind: 'ServiceAccount', name: 'web' }, allow: [pods] });
    expect(built?.subject).to.deep.equal(web);
    expect(built?.allow[0]).to.deep.equal({
      path: 'spec.expectations[0].allow[0]',
      rule: { verbs: ['list'], apiGroups: [''], resources: ['pods'] },
      namespace: 'shop',
    });
  });

  it('is no namespace at all, in a policy of the cluster', () => {
    expect(build(ofCluster, { subject: web, allow: [pods] })?.allow[0]?.namespace).to.equal('');
  });

  it('is every API group, in what is denied', () => {
    expect(build(ofCluster, { subject: web, deny: [pods] })?.deny[0]?.rule.apiGroups).to.deep.equal(['*']);
    const stated = { ...pods, apiGroups: ['apps'] };
    expect(build(ofCluster, { subject: web, deny: [stated] })?.deny[0]?.rule.apiGroups).to.deep.equal(['apps']);
  });

  it('is nothing of a URL, which is in no namespace', () => {
    const { rule, namespace } =
      build(ofCluster, { subject: web, deny: [{ verbs: ['get'], urls: ['/a'] }] })?.deny[0] ?? {};
    expect([rule, namespace]).to.deep.equal([{ verbs: ['get'], nonResourceURLs: ['/a'] }, '']);
  });
});

describe('expectations are judged', () => {
  const authorization = NOT_STATED;
  const scopes = (policy: PolicyName, spec: ExpectationSpec) => {
    const expected = { expectations: buildExpectations(policy, [spec]), authorization };
    return (['cluster', { namespace: 'shop' }, { namespace: 'other' }] as const).map(
      (scope) => [...expectedIn(scope, expected)].length,
    );
  };

  it('of a service account, in its namespace and in the cluster', () => {
    expect(scopes(ofCluster, { subject: web, only: true })).to.deep.equal([1, 1, 0]);
    expect(scopes(own, { subject: web, only: true })).to.deep.equal([1, 1, 0]);
  });

  it('of anybody else, in the cluster', () => {
    expect(scopes(ofCluster, { subject: jane, only: true })).to.deep.equal([1, 0, 0]);
  });

  interface Row {
    readonly name: string;
    readonly policy: PolicyName;
    readonly stated?: Severity;
    /** What the policy that decides says of the rule. */
    readonly ofRule?: Severity;
    readonly scope: Scope;
    readonly severity: Severity;
  }
  const rows: readonly Row[] = [
    { name: 'as severe as the rule', policy: own, scope: { namespace: 'shop' }, severity: 'high' },
    {
      name: 'as the policy says of the rule',
      policy: own,
      ofRule: 'low',
      scope: { namespace: 'shop' },
      severity: 'low',
    },
    {
      name: 'as they say themselves, whatever is said of the rule',
      policy: ofCluster,
      stated: 'critical',
      ofRule: 'low',
      scope: 'cluster',
      severity: 'critical',
    },
    {
      name: "as a note in the cluster's posture, where a namespace states them",
      policy: own,
      stated: 'critical',
      ofRule: 'high',
      scope: 'cluster',
      severity: 'info',
    },
  ];
  for (const { name, policy, stated, ofRule, scope, severity } of rows) {
    it(name, () => {
      const spec = stated === undefined ? { subject: web, only: true } : { subject: web, only: true, severity: stated };
      const expected = { expectations: buildExpectations(policy, [spec]), authorization };
      for (const result of [[violation('spec', 'x', 'too much')], unknown('nobody knows')]) {
        const rule = defineRule({ ...ruleNamed('expectation-rule'), subject: 'Expectation', check: () => result });
        const selected = ofRule === undefined ? { rule, params: {} } : { rule, params: {}, severity: ofRule };
        const evaluator = new Evaluator({ ruleThrew: () => undefined });
        const [finding] = evaluator.evaluate(scope, [selected], snapshotOf(''), expected);
        expect(finding?.severity).to.equal(severity);
        expect(finding?.posture).to.equal(scope === 'cluster' ? 'cluster' : undefined);
      }
    });
  }
});

describe('what policies know of the authorizers', () => {
  const rbac = { name: 'b', spec: { authorization: { modes: ['Node', 'RBAC'] } } } as const;
  const webhook = { name: 'c', spec: { authorization: { modes: ['RBAC', 'Webhook'] } } } as const;

  it('is nothing, where none says', () => {
    expect(mergeAuthorization([{ name: 'a', spec: {} }])).to.equal(NOT_STATED);
  });

  it('makes a refusal final, where one says that nothing else runs', () => {
    expect(mergeAuthorization([{ name: 'a', spec: {} }, rbac])).to.deep.equal({ isFinal: true, statedBy: 'b' });
  });

  it('leaves it open, where any knows of another', () => {
    for (const policies of [
      [rbac, webhook],
      [webhook, rbac],
    ]) {
      expect(mergeAuthorization(policies)).to.deep.equal({
        isFinal: false,
        reason: 'Webhook may allow it: ClusterHardeningPolicy "c" says so in spec.authorization.modes',
      });
    }
  });

  it('leaves it open, where RBAC does not run', () => {
    const { isFinal } = mergeAuthorization([{ name: 'a', spec: { authorization: { modes: ['Node'] } } }]);
    expect(isFinal).to.equal(false);
  });
});
