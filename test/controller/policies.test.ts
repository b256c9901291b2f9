/** What the operator makes of policies; that it holds on a real API server is shown in test/e2e. */
import { expect } from 'chai';

import { policyMergerOf } from '../../src/core/policy-merge.ts';
import { defineRule, violation } from '../../src/core/rule.ts';
import { ruleNamed } from '../core/finding-of.ts';
import { FakeCluster, other, shop } from './fake-cluster.ts';

describe('policies in the operator', () => {
  describe('say what namespaces expect, which is judged', () => {
    const expecting = (namespace: string) => ({
      expectations: [{ subject: { kind: 'ServiceAccount', namespace, name: 'web' }, only: true }] as const,
    });
    const expectationRule = defineRule({
      ...ruleNamed('expectation-rule'),
      subject: 'Expectation',
      check: ({ scope }) => (scope === 'cluster' ? [] : [violation('spec', 'x', 'it is too much')]),
    });

    it('in the posture of the namespace, and counts it in the status of the policy', async () => {
      const cluster = await FakeCluster.atRest([expectationRule]);
      cluster.putOwnPolicy('shop', expecting('shop'));
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.deep.include({
        compliant: 'False',
        observedPolicies: [{ kind: 'HardeningPolicy', name: 'own', generation: 1 }],
      });
      expect(cluster.server.policyStatuses.get('own')).to.include({ expectations: 1 });
      expect(cluster.takeWrites()).not.to.include(`put ${other}`);
    });

    it('and forgets it with the policy', async () => {
      const cluster = await FakeCluster.atRest([expectationRule]);
      cluster.putOwnPolicy('shop', expecting('shop'));
      await cluster.clock.advance(1000);
      cluster.controller.policies.own.remove({ metadata: { name: 'own', namespace: 'shop' } });
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.deep.include({ compliant: 'True', observedPolicies: [] });
    });

    it('by the last good version of a policy that reaches for another namespace', async () => {
      const cluster = await FakeCluster.atRest([expectationRule]);
      cluster.putOwnPolicy('shop', expecting('shop'));
      await cluster.clock.advance(1000);
      cluster.putOwnPolicy('shop', expecting('other'), 2);
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.include({ compliant: 'False' });
      expect(cluster.conditionOf(shop, 'Ready')).to.equal('True PolicyInvalid');
      expect(cluster.server.policyStatuses.get('own')?.conditions?.[0]?.reason).to.equal('InvalidExpectation');
      expect(cluster.statusOf(other)).to.include({ compliant: 'True' });
    });

    it('and says in its status where the deciding policy has that disabled', async () => {
      const cluster = await FakeCluster.atRest([expectationRule]);
      cluster.putOwnPolicy('shop', expecting('shop'));
      await cluster.clock.advance(1000);
      cluster.putPolicy('silent', { rules: [{ rule: 'expectation-rule', state: 'Disabled' }] });
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('own')?.conditions?.[0]?.reason).to.equal('NotJudged');
    });
  });

  describe('are obeyed', () => {
    it('as soon as they stand', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putAccount('shop', true);
      cluster.putPolicy('lenient', {
        namespaceSelector: { matchLabels: { name: 'shop' } },
        rules: [{ rule: 'account-rule', severity: 'low' }],
      });
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.include({ policy: 'lenient', compliant: 'True' });
      expect(cluster.statusOf(other)).to.include({ policy: 'default' });
      expect(cluster.server.policyStatuses.get('lenient')).to.include({ matchedNamespaces: 1, rules: 1 });
    });

    it('in their last good version, and says so in both', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putPolicy('strict', { threshold: 'low' });
      await cluster.clock.advance(1000);
      cluster.putPolicy('strict', { rules: [{ rule: 'gone' }] }, 2);
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.deep.include({
        threshold: 'low',
        observedPolicies: [{ kind: 'ClusterHardeningPolicy', name: 'strict', generation: 1 }],
      });
      expect(cluster.conditionOf(shop, 'Ready')).to.equal('True PolicyInvalid');
      expect(cluster.server.policyStatuses.get('strict')?.conditions?.[0]?.reason).to.equal('UnknownRule');
    });

    it('no more, once they are gone', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putPolicy('strict', { threshold: 'low' });
      await cluster.clock.advance(1000);
      cluster.controller.policies.ofCluster.remove({ metadata: { name: 'strict' } });
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.include({ policy: 'default', threshold: 'high' });
    });

    it('and tells each how many namespaces it selects, also where another one goes before it', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putPolicy('everywhere', {});
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('everywhere')?.matchedNamespaces).to.equal(2);
      cluster.putPolicy('shops', { priority: 5, namespaceSelector: { matchLabels: { name: 'shop' } } });
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('everywhere')?.matchedNamespaces).to.equal(2);
      expect(cluster.server.policyStatuses.get('shops')?.matchedNamespaces).to.equal(1);
      cluster.putNamespace('third');
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('everywhere')?.matchedNamespaces).to.equal(3);
    });

    it('and names in each posture every policy that it was made with', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putPolicy('everywhere', { threshold: 'low' });
      cluster.putPolicy('shops', { priority: 5, namespaces: ['shop'] }, 4);
      cluster.putOwnPolicy('shop', { threshold: 'info' }, 7);
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.deep.include({
        policy: 'shops',
        threshold: 'info',
        observedPolicies: [
          { kind: 'ClusterHardeningPolicy', name: 'shops', generation: 4 },
          { kind: 'ClusterHardeningPolicy', name: 'everywhere', generation: 1 },
          { kind: 'HardeningPolicy', name: 'own', generation: 7 },
        ],
      });
      expect(cluster.statusOf(other)).to.include({ policy: 'everywhere', threshold: 'low' });
    });

    it('and says in the status of a policy what another one overrules', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putPolicy('weak', { threshold: 'low' });
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('weak')?.conditions?.[0]?.reason).to.equal('Accepted');
      cluster.putPolicy('strong', { priority: 1, threshold: 'info' });
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('weak')?.conditions?.[0]?.reason).to.equal('Overruled');
      cluster.putPolicy('strong', { priority: 1, threshold: 'info', namespaces: ['shop'] }, 2);
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('weak')?.conditions?.[0]?.reason).to.equal('Accepted');
      cluster.putPolicy('weak', { threshold: 'low', namespaces: ['gone'] }, 2);
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('weak')?.conditions?.[0]?.reason).to.equal('SelectsNothing');
    });

    it('and tells a policy of the namespace what of it has no effect, until it is delegated', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putOwnPolicy('shop', { rules: [{ rule: 'account-rule', state: 'Disabled' }] });
      await cluster.clock.advance(2000);
      const own = () => cluster.server.policyStatuses.get('own');
      expect(own()?.conditions?.[0]?.reason).to.equal('PartlyIgnored');
      expect(own()?.ignored?.map(({ path, reason }) => `${path} ${reason}`)).to.deep.equal([
        'spec.rules[0].state NotDelegated',
      ]);
      cluster.putPolicy('delegates', { delegation: { loosen: ['account-rule'] } });
      await cluster.clock.advance(2000);
      expect(own()?.conditions?.[0]?.reason).to.equal('Accepted');
      expect(own()).to.include({ rules: 1 }).and.not.to.have.property('ignored');
      expect(cluster.conditionOf(shop, 'Compliant')).to.equal('Unknown NothingSelected');
    });

    it('in doubt, where it is not known whether one of them selects a namespace', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putAccount('shop', false);
      cluster.putPolicy('shops', { namespaceSelector: { matchLabels: { name: 'shop' } } });
      cluster.controller.cluster.observe({ source: 'Namespace', state: 'forbidden', message: 'grant it' });
      await cluster.clock.advance(2000);
      expect(cluster.conditionOf(shop, 'Compliant')).to.equal('Unknown PolicyUnknown');
    });

    it('and judges only the namespaces again that a changed one selects', async () => {
      const judgedAgain = { count: 0 };
      const counting = defineRule({
        ...ruleNamed('counting-rule'),
        subject: 'ServiceAccount',
        params: {
          type: 'object',
          properties: { floor: { type: 'integer', format: 'int32', minimum: 0, default: 0, description: '' } },
        },
        check: () => {
          judgedAgain.count += 1;
          return [];
        },
      });
      const cluster = await FakeCluster.atRest([counting]);
      for (let n = 0; n < 1000; n += 1) {
        const name = `ns-${String(n).padStart(4, '0')}`;
        cluster.putNamespace(name);
        cluster.putAccount(name, false);
      }
      cluster.putPolicy('everywhere', { threshold: 'low' });
      await cluster.clock.advance(60_000);
      cluster.takeWrites();
      const merger = policyMergerOf(cluster.rules);
      const mergesBefore = merger.merges;

      cluster.putPolicy('some', { priority: 1, namespaces: ['ns-000*'], threshold: 'info' });
      await cluster.clock.advance(60_000);
      const some = Array.from({ length: 10 }, (_, n) => `put namespace/ns-000${n}`);
      expect([...cluster.takeWrites()].sort()).to.deep.equal(some);
      expect(merger.merges - mergesBefore, 'merges for ten namespaces').to.be.at.most(2);

      judgedAgain.count = 0;
      const rules = [{ rule: 'counting-rule', params: { floor: 1 } }];
      cluster.putPolicy('some', { priority: 1, namespaces: ['ns-000*'], threshold: 'info', rules }, 2);
      await cluster.clock.advance(60_000);
      expect(judgedAgain.count, 'subjects that were judged again').to.equal(10);
      expect([...cluster.takeWrites()].sort()).to.deep.equal(some);

      cluster.putPolicy('everywhere', { threshold: 'medium' }, 2);
      await cluster.clock.advance(60_000);
      expect(cluster.takeWrites().filter((write) => write.startsWith('put namespace/'))).to.have.lengthOf(1002);
      expect(merger.merges - mergesBefore, 'merges for a thousand namespaces').to.be.at.most(8);
    });

    it('and each is written at most once a second, however they flap', async () => {
      const cluster = await FakeCluster.atRest();
      const writtenAtMs: number[] = [];
      const noteWrites = (): void => {
        for (const name of cluster.server.statusWrites.splice(0)) {
          if (name === 'flapping') writtenAtMs.push(cluster.clock.now());
        }
      };
      for (let turn = 1; turn <= 100; turn += 1) {
        // Good and broken by turns, which its status must say.
        const rule = turn % 2 === 0 ? 'account-rule' : 'acount-rule';
        cluster.putPolicy('flapping', { rules: [{ rule, severity: 'low' }] }, turn, String(turn));
        for (let tenth = 0; tenth < 10; tenth += 1) {
          await cluster.clock.advance(10);
          noteWrites();
        }
      }
      expect(writtenAtMs.length).to.be.within(5, 11);
      const gaps = writtenAtMs.slice(1).map((atMs, index) => atMs - (writtenAtMs[index] ?? 0));
      for (const gapMs of gaps) expect(gapMs).to.be.at.least(990);
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('flapping')?.observedGeneration).to.equal(100);
    });

    it('and it is said how well they can be read', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.controller.observePolicies({ source: 'ClusterHardeningPolicy', state: 'absent', message: 'no CRD' });
      await cluster.clock.advance(1000);
      expect(cluster.conditionOf(shop, 'InputsComplete')).to.equal('False InputUnavailable');
      expect(cluster.statusOf('cluster')?.inputs).to.deep.include({
        source: 'ClusterHardeningPolicy',
        state: 'absent',
        message: 'no CRD',
      });
    });
  });
});
