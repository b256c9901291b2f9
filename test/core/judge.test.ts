import { expect } from 'chai';

import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { HardeningPolicySpec } from '../../src/api/v1alpha1/hardening-policy.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import type { Scope } from '../../src/core/scope.ts';
import { FindingCollector } from '../../src/core/finding-collector.ts';
import { judgeScope, labelsOf, namespacesOf, observeFact, sourcesOf } from '../../src/core/judge.ts';
import type { Judge } from '../../src/core/judge.ts';
import { judgeOwnPolicy } from '../../src/core/own-policy.ts';
import type { JudgedOwnPolicy } from '../../src/core/own-policy.ts';
import { judgePolicy } from '../../src/core/policy-status.ts';
import type { JudgedPolicy } from '../../src/core/policy-status.ts';
import { defineRule } from '../../src/core/rule.ts';
import type { Observation, Snapshot } from '../../src/core/snapshot.ts';
import type { Judged } from '../../src/core/status.ts';
import { ruleNamed } from './finding-of.ts';
import { snapshotOf } from './yaml-objects.ts';
import { fullEvidence } from './evidence-samples.ts';

const podRule = ruleNamed('pod-rule', { severity: 'medium' });
const roleRule = defineRule({
  ...ruleNamed('role-rule'),
  subject: 'Role',
  reads: ['RoleBinding', 'ClusterRoleBinding'],
  check: () => [],
});
const serverRule = defineRule({
  ...ruleNamed('server-rule'),
  subject: 'APIServer',
  reads: ['Evidence'],
  check: (_none, { snapshot }) => (snapshot.fact('unknownUserAllowed').value ? [] : []),
});
const expectationRule = defineRule({ ...ruleNamed('expectation-rule'), subject: 'Expectation', check: () => [] });
const rules = [podRule, roleRule, serverRule, expectationRule];

const shop: Scope = { namespace: 'shop' };
const cluster = `
kind: Namespace
metadata: { name: shop, labels: { team: shop } }
---
kind: Namespace
metadata: { name: going, deletionTimestamp: '2026-11-24T16:50:00Z' }
---
kind: Namespace
metadata: { name: terminating }
status: { phase: Terminating }
---
kind: ServiceAccount
metadata: { name: default, namespace: shop }
---
kind: ServiceAccount
metadata: { name: build, namespace: shop }
---
kind: ServiceAccount
metadata: { name: default, namespace: other }
---
kind: Pod
metadata: { name: web, namespace: shop }
spec: { containers: [{ name: web }] }
`;
const noNamespaces = {
  missing: [{ source: 'Namespace', state: 'forbidden', message: 'grant it' }],
} as const;

function policy(name: string, spec: ClusterHardeningPolicySpec, status?: ClusterHardeningPolicySpec): JudgedPolicy {
  return judgePolicy(
    {
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'ClusterHardeningPolicy',
      metadata: { name, generation: 2 },
      spec,
      ...(status === undefined ? {} : { status: { accepted: { generation: 1, spec: status } } }),
    },
    rules,
  );
}

function judge(
  scope: Scope,
  policies: readonly JudgedPolicy[],
  snapshot: Snapshot = snapshotOf(cluster),
  policyInput: Pick<Observation, 'state' | 'message'> = { state: 'observed', message: '' },
  ownPolicies: readonly JudgedOwnPolicy[] = [],
  ownPolicyInput: Pick<Observation, 'state' | 'message'> = { state: 'observed', message: '' },
) {
  const options: Judge = {
    rules,
    evaluator: new Evaluator({
      ruleThrew: (_rule, error) => {
        throw error;
      },
    }),
    snapshot,
    policies,
    policyInput: { source: 'ClusterHardeningPolicy', ...policyInput },
    ownPolicies,
    ownPolicyInput: { source: 'HardeningPolicy', ...ownPolicyInput },
  };
  return judgeScope(scope, options, { collector: new FindingCollector('all') });
}

function decided(judged: Judged | undefined): readonly string[] {
  return (judged?.findings ?? []).map(({ rule, severity, outcome }) => `${rule.id} ${severity} ${outcome}`);
}

describe('a scope is judged', () => {
  it('by the built-in policy, where there is none', () => {
    const judged = judge(shop, []);
    expect(judged?.policy).to.include({ name: 'default', threshold: 'high' });
    expect(decided(judged)).to.deep.equal(['pod-rule medium pass']);
  });

  it('by the policy that selects the namespace', () => {
    const judged = judge(shop, [
      policy('others', { namespaceSelector: { matchLabels: { team: 'other' } }, priority: 5 }),
      policy('shops', {
        namespaceSelector: { matchLabels: { team: 'shop' } },
        rules: [{ rule: 'pod-rule', severity: 'critical' }],
        threshold: 'low',
      }),
    ]);
    expect(judged?.policy).to.include({ name: 'shops', threshold: 'low' });
    expect(judged?.policy.sources).to.deep.equal([{ kind: 'ClusterHardeningPolicy', name: 'shops', generation: 2 }]);
    expect(decided(judged)).to.deep.equal(['pod-rule critical pass']);
    expect(judged).not.to.have.property('policyProblem');
  });

  it('by the last good version of a policy that is broken now, and says so', () => {
    const judged = judge(shop, [policy('strict', { rules: [{ rule: 'gone' }] }, { threshold: 'info' })]);
    expect(judged?.policy).to.include({ name: 'strict', threshold: 'info' });
    expect(judged?.policy.sources.map(({ generation }) => generation)).to.deep.equal([1]);
    expect(judged?.policyProblem).to.match(
      /^ClusterHardeningPolicy "strict" is invalid, its generation 1 is in force: spec\.rules names "gone"/,
    );
  });

  it('by the built-in policy, where the only policy was never good', () => {
    const judged = judge(shop, [policy('strict', { rules: [{ rule: 'gone' }] })]);
    expect(judged?.policy.name).to.equal('default');
    expect(judged).not.to.have.property('policyProblem');
  });

  it('not at all, where the namespace does not exist', () => {
    expect(judge({ namespace: 'gone' }, [])).to.equal(undefined);
  });

  it('not at all, where the namespace is going', () => {
    expect(judge({ namespace: 'going' }, [])).to.equal(undefined);
    expect(judge({ namespace: 'terminating' }, [])).to.equal(undefined);
  });

  it('by a policy that selects everything, where labels cannot be read', () => {
    const judged = judge(
      shop,
      [
        policy('shops', { namespaceSelector: { matchLabels: { team: 'shop' } }, priority: 5 }),
        policy('everywhere', {}),
      ],
      snapshotOf(cluster, noNamespaces),
    );
    expect(judged?.policy.name).to.equal('everywhere');
  });

  it('in doubt, where the policies could not be read', () => {
    const judged = judge(shop, [], snapshotOf(cluster), {
      state: 'forbidden',
      message: 'listing policies is forbidden',
    });
    expect(judged?.doubt).to.deep.equal({
      reason: 'PolicyUnknown',
      message: 'which policy decides here is not known: listing policies is forbidden',
    });
  });

  it('without doubt, where the API server serves no policies', () => {
    const judged = judge(shop, [], snapshotOf(cluster), { state: 'absent', message: 'not served' });
    expect(judged).not.to.have.property('doubt');
  });

  it('in doubt, where labels cannot be read and a policy selects by them', () => {
    const selective = policy('shops', { namespaceSelector: { matchLabels: { team: 'shop' } } });
    const judged = judge(shop, [selective], snapshotOf(cluster, noNamespaces));
    expect(judged?.doubt).to.have.property('reason', 'PolicyUnknown');
  });

  it('in doubt, where its policy selects no rule', () => {
    const judged = judge(shop, [policy('nothing', { profile: 'none' })]);
    expect(judged?.doubt).to.deep.equal({
      reason: 'NothingSelected',
      message: 'policy "nothing" selects no rule, so nothing was judged',
    });
  });

  describe('with what the namespace itself expects', () => {
    const own = (name: string, spec: HardeningPolicySpec, namespace = 'shop', good?: HardeningPolicySpec) =>
      judgeOwnPolicy(
        {
          apiVersion: 'merlon.dev/v1alpha1',
          kind: 'HardeningPolicy',
          metadata: { name, namespace, generation: 2 },
          spec,
          ...(good === undefined ? {} : { status: { accepted: { generation: 1, spec: good } } }),
        },
        rules,
      );
    const subject = { kind: 'ServiceAccount', name: 'build' } as const;
    const good = { expectations: [{ subject, only: true }] } as const;
    const broken = { expectations: [{ subject: { ...subject, namespace: 'other' }, only: true }] } as const;
    const inShop = (some: readonly JudgedOwnPolicy[]) => judge(shop, [], snapshotOf(cluster), undefined, some);

    it('in order of the names of its policies', () => {
      const judged = inShop([own('b', good), own('a', good), own('c', good, 'other')]);
      expect(decided(judged)).to.deep.equal([
        'expectation-rule high pass',
        'expectation-rule high pass',
        'pod-rule medium pass',
      ]);
      expect(judged?.policy.sources.map(({ name }) => name)).to.deep.equal(['a', 'b']);
    });

    it('in its last good version, and says which is broken', () => {
      const judged = inShop([own('a', broken, 'shop', good)]);
      expect(decided(judged)).to.include('expectation-rule high pass');
      expect(judged?.policyProblem).to.match(
        /^HardeningPolicy "a" is invalid, its generation 1 is in force: spec\.expectations\[0\]\.subject\.namespace/,
      );
    });

    it('of which nothing is in force, where it was never good', () => {
      const judged = inShop([own('a', broken)]);
      expect(decided(judged)).to.deep.equal(['pod-rule medium pass']);
      expect(judged?.policyProblem).to.match(/^HardeningPolicy "a" is invalid, nothing of it is in force/);
    });

    it('in doubt, where that could not be read', () => {
      const unread = { state: 'forbidden', message: 'listing hardeningpolicies is forbidden' } as const;
      expect(judge(shop, [], snapshotOf(cluster), undefined, [], unread)?.doubt).to.deep.equal({
        reason: 'PolicyUnknown',
        message: 'what the namespace itself expects is not known: listing hardeningpolicies is forbidden',
      });
      expect(judge('cluster', [], snapshotOf(cluster), undefined, [], unread)).not.to.have.property('doubt');
    });
  });

  it('with the inputs that its verdict is made from, and the policies themselves', () => {
    expect(judge(shop, [])?.inputs.map(({ source }) => source)).to.deep.equal([
      'Namespace',
      'Pod',
      'Deployment',
      'ReplicaSet',
      'StatefulSet',
      'DaemonSet',
      'Job',
      'CronJob',
      'ReplicationController',
      'Role',
      'RoleBinding',
      'ClusterRoleBinding',
      'ClusterHardeningPolicy',
      'HardeningPolicy',
    ]);
  });

  it('with each fact about the API server that is missing', () => {
    const snapshot = snapshotOf(cluster, {
      evidence: fullEvidence({
        unknownUserAllowed: { unobserved: 'grant create on subjectaccessreviews' },
        alwaysAllowAuthorizer: { unobserved: 'grant create on subjectaccessreviews' },
        profiling: { unobserved: 'grant get on /flagz' },
      }),
    });
    expect(judge('cluster', [], snapshot)?.inputs.filter(({ source }) => source === 'Evidence')).to.deep.equal([
      {
        source: 'Evidence',
        state: 'unobserved',
        message:
          'unknownUserAllowed, alwaysAllowAuthorizer: grant create on subjectaccessreviews; profiling: grant get on /flagz',
      },
    ]);
  });

  it('with evidence as one input, where every fact is known', () => {
    const snapshot = snapshotOf(cluster, { evidence: fullEvidence() });
    expect(judge('cluster', [], snapshot)?.inputs.filter(({ source }) => source === 'Evidence')).to.deep.equal([
      { source: 'Evidence', state: 'observed', message: '' },
    ]);
  });

  it('with evidence as one input, where none was gathered', () => {
    expect(judge('cluster', [])?.inputs.filter(({ source }) => source === 'Evidence')).to.deep.equal([
      { source: 'Evidence', state: 'absent', message: 'manifests say nothing about the API server' },
    ]);
  });
});

describe('the namespaces that have a posture', () => {
  it('are those that exist and are not going', () => {
    expect(namespacesOf(snapshotOf(cluster))).to.deep.equal(['shop']);
  });

  it('are those that service accounts live in, where namespaces cannot be listed', () => {
    expect(namespacesOf(snapshotOf(cluster, noNamespaces))).to.deep.equal(['shop', 'other']);
  });

  it('are not known where neither can be listed', () => {
    const missing = [
      ...noNamespaces.missing,
      { source: 'ServiceAccount', state: 'forbidden', message: 'grant it' } as const,
    ];
    expect(namespacesOf(snapshotOf(cluster, { missing }))).to.deep.equal([]);
  });
});

describe('the labels of a namespace', () => {
  it('are those that policies select by', () => {
    expect(labelsOf(snapshotOf(cluster), 'shop')).to.deep.equal({ team: 'shop' });
  });

  it('are none where it has none', () => {
    expect(labelsOf(snapshotOf('{ kind: Namespace, metadata: { name: bare } }'), 'bare')).to.deep.equal({});
  });

  it('are not known where namespaces cannot be listed', () => {
    expect(labelsOf(snapshotOf(cluster, noNamespaces), 'shop')).to.equal('unknown');
  });
});

describe('the sources of postures', () => {
  it('are, for a namespace, what lives in it and what its rules read', () => {
    expect(sourcesOf([roleRule], 'namespace')).to.deep.equal([
      'Namespace',
      'Role',
      'RoleBinding',
      'ClusterRoleBinding',
    ]);
  });

  it('are, for the cluster, what lives in no namespace and what its rules read', () => {
    expect(sourcesOf(rules, 'cluster')).to.deep.equal([
      'Namespace',
      'ClusterRole',
      'RoleBinding',
      'ClusterRoleBinding',
      'Evidence',
    ]);
  });

  it('are not what its rules do without where it is not known', () => {
    const modest = ruleNamed('modest', { considers: ['Evidence'] });
    expect(sourcesOf([modest], 'namespace')).not.to.include('Evidence');
  });

  it('are namespaces alone where there are no rules', () => {
    expect(sourcesOf([], 'namespace')).to.deep.equal(['Namespace']);
    expect(sourcesOf([], 'cluster')).to.deep.equal(['Namespace']);
  });
});

describe('a fact about the API server', () => {
  it('is observed by somebody', () => {
    const snapshot = snapshotOf('', {
      evidence: {
        anonymousRequests: { unobserved: 'not yet' },
        unknownUserAllowed: { value: false, source: 'SubjectAccessReview', confidence: 'high', detail: '' },
        minorVersion: { value: 37, source: '/version', confidence: 'high', detail: '' },
      },
    });
    expect(observeFact(snapshot, 'unknownUserAllowed')).to.deep.equal({
      source: 'Evidence',
      state: 'observed',
      message: 'by SubjectAccessReview, confidence high',
    });
    expect(observeFact(snapshot, 'anonymousRequests')).to.deep.equal({
      source: 'Evidence',
      state: 'unobserved',
      message: 'not yet',
    });
  });
});
