/** The controller's own decisions; that they hold on a real API server is shown in test/e2e. */
import { expect } from 'chai';

import { defineRule } from '../../src/core/rule.ts';
import { planImagePulls } from '../../src/enforcement/plan/image-pulls.ts';
import { planPullsKeeper } from '../../src/enforcement/plan/image-pulls-keeper.ts';
import { buildManifests } from '../../src/enforcement/plan/planned-policy.ts';
import { execReach } from '../../src/rules/pod/exec-reach.ts';
import { imagePullPolicy } from '../../src/rules/pod/image-pull-policy.ts';
import { ruleNamed } from '../core/finding-of.ts';
import { accountRule, FakeCluster, other, shop } from './fake-cluster.ts';

describe('the controller of postures', () => {
  describe('begins', () => {
    it('with nothing before it is started: nobody may read that nothing is wrong', async () => {
      const cluster = new FakeCluster();
      cluster.putNamespace('shop');
      cluster.putAccount('shop', true);
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
    });

    it('with a posture of each namespace, and then of the cluster, which sums them up', async () => {
      const cluster = new FakeCluster();
      cluster.putNamespace('shop');
      cluster.putNamespace('other');
      cluster.putAccount('shop', true);
      cluster.controller.start();
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([
        `create ${shop}`,
        `put ${shop}`,
        `create ${other}`,
        `put ${other}`,
        'create cluster',
        'put cluster',
      ]);
      expect(cluster.statusOf(shop)?.compliant).to.equal('False');
      expect(cluster.statusOf(other)?.compliant).to.equal('True');
      expect(cluster.statusOf('cluster')).to.include({ namespacesCompliant: '1/2' });
    });

    it('with each namespace judged once, whoever gets where', async () => {
      const cluster = new FakeCluster([accountRule], 4);
      cluster.observeVersion(36);
      cluster.putNamespace('shop');
      cluster.putNamespace('other');
      cluster.putExecRole();
      cluster.putBinding('RoleBinding', 'shop', '{ kind: User, name: eve }');
      cluster.putBinding('RoleBinding', 'other', '{ kind: User, name: eve }');
      const judged: string[] = [];
      const { evaluator } = cluster.controller.scopeJudge;
      const judge = evaluator.judge.bind(evaluator);
      evaluator.judge = (scope, ...rest) => {
        if (scope !== 'cluster') judged.push(scope.namespace);
        judge(scope, ...rest);
      };
      cluster.controller.start();
      await cluster.clock.advance(10_000);
      expect(judged).to.deep.equal(['shop', 'other']);
    });

    it('with the policies that stand already', async () => {
      const cluster = new FakeCluster();
      cluster.putNamespace('shop');
      cluster.putPolicy('strict', { threshold: 'low' });
      cluster.controller.start();
      await cluster.clock.advance(10_000);
      expect(cluster.server.policyStatuses.get('strict')).to.include({ matchedNamespaces: 1 });
      expect(cluster.statusOf(shop)?.threshold).to.equal('low');
    });

    it('with what stands already, and writes nothing where that is right', async () => {
      const before = await FakeCluster.atRest();
      const cluster = new FakeCluster();
      cluster.putNamespace('shop');
      cluster.putNamespace('other');
      for (const [scope, object] of before.server.postures) {
        cluster.server.postures.set(scope, object);
        cluster.show(scope);
      }
      cluster.controller.start();
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
    });
  });

  describe('advises a Pod Security level', () => {
    it('which is unknown until the version of the API server is known', async () => {
      const cluster = await FakeCluster.atRest();
      expect(cluster.podSecurityOf(shop)).to.equal('unknown, unknown ');
      cluster.observeVersion(36);
      await cluster.clock.advance(10_000);
      expect(cluster.podSecurityOf(shop)).to.equal('unknown, restricted v1.36');
    });

    it('that follows the workloads of the namespace, and what changes pods everywhere', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.observeVersion(37);
      await cluster.clock.advance(10_000);
      cluster.takeWrites();
      cluster.putWebhook();
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites(), 'a webhook where there are no workloads').to.deep.equal([]);
      cluster.putCronJob('shop');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
      expect(cluster.podSecurityOf(shop)).to.equal('unknown, unknown v1.37');
      cluster.controller.cluster.remove('MutatingWebhookConfiguration', { metadata: { name: 'any' } });
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
      expect(cluster.podSecurityOf(shop)).to.equal('unknown, restricted v1.37');
    });

    it('and judges and writes nothing where the same is only observed again', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.observeVersion(37);
      cluster.putCronJob('shop');
      await cluster.clock.advance(10_000);
      cluster.takeWrites();
      const { evaluations } = cluster.controller.scopeJudge.evaluator;
      cluster.observeVersion(37, '2026-11-26T00:10:00Z');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
      expect(cluster.controller.scopeJudge.evaluator.evaluations).to.equal(evaluations);
    });

    it('and writes nothing where a webhook only gets another certificate', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.observeVersion(37);
      cluster.putCronJob('shop');
      cluster.putWebhook('one');
      await cluster.clock.advance(10_000);
      cluster.takeWrites();
      cluster.putWebhook('two');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
    });
  });

  describe('follows', () => {
    it('a change of an object, in the posture of its namespace and in the sum', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putAccount('shop', true);
      await cluster.clock.advance(1);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`, 'put cluster']);
      expect(cluster.statusOf(shop)?.summary?.high).to.equal(1);
      expect(cluster.statusOf('cluster')?.namespacesCompliant).to.equal('1/2');
    });

    it('a change that changes no verdict without a word', async () => {
      const cluster = await FakeCluster.atRest([ruleNamed('pod-rule')]);
      cluster.putAccount('shop', true);
      cluster.putNamespace('shop', 'status: { phase: Active }');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
    });

    it('a change at once after one that changed no verdict', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putNamespace('shop', 'status: { phase: Active }');
      await cluster.clock.advance(20);
      cluster.putAccount('shop', true);
      await cluster.clock.advance(1);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`, 'put cluster']);
      expect(cluster.controller.writes).to.equal(5);
    });

    it('many changes with a write at once and then one for each interval', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putAccount('shop', true, 'a');
      await cluster.clock.advance(0);
      expect(cluster.takeWrites()).to.include(`put ${shop}`);
      cluster.putAccount('shop', true, 'b');
      await cluster.clock.advance(100);
      cluster.putAccount('shop', true, 'c');
      await cluster.clock.advance(149);
      expect(cluster.takeWrites()).to.deep.equal([]);
      await cluster.clock.advance(1);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
      expect(cluster.statusOf(shop)?.summary?.high).to.equal(3);
    });

    it('who may get into pods: of one namespace in its posture, and of all in each that has such pods', async () => {
      const cluster = await FakeCluster.atRest([execReach]);
      cluster.observeVersion(37);
      for (const namespace of ['shop', 'other']) cluster.putPrivilegedPod(namespace);
      cluster.putExecRole();
      await cluster.clock.advance(10_000);
      cluster.takeWrites();
      const found = (): readonly (string | undefined)[] =>
        ([shop, other] as const).map((scope) => cluster.statusOf(scope)?.findings?.[0]?.message);

      cluster.putBinding('RoleBinding', 'shop', '{ kind: User, name: joe }');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.have.members([`put ${shop}`, 'put cluster']);
      expect(found()[0]).to.match(/User "joe" by RoleBindings of this namespace\)/);

      cluster.putBinding('ClusterRoleBinding', '', '{ kind: User, name: jane }');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.have.members([`put ${shop}`, `put ${other}`, 'put cluster']);
      expect(found()[0]).to.match(/User "joe" by RoleBindings of this namespace, 1 by cluster-wide grants\)/);
      expect(found()[1]).to.match(/somebody who is not cluster-admin \(1 by cluster-wide grants\)/);

      // Whoever becomes cluster-admin by another grant counts no more.
      cluster.putBinding('ClusterRoleBinding', '', '{ kind: User, name: jane }', 'root');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.include.members([`put ${shop}`, `put ${other}`]);
      expect(found()[1]).to.equal(undefined);
    });

    it('what sets something in new pods, beside what was found: and writes nothing where the same is there again', async () => {
      const cluster = await FakeCluster.atRest([imagePullPolicy]);
      cluster.observeVersion(37, undefined, ['validatingAdmissionPolicy', 'mutatingAdmissionPolicy']);
      cluster.putPod('shop', '{ containers: [{ name: web, image: "x:1", imagePullPolicy: Never }] }');
      const modes = { withoutLabel: 'deny', keptOut: [] } as const;
      const [setter, binding] = buildManifests([planImagePulls(modes)]);
      const keeper = planPullsKeeper({ rules: [imagePullPolicy.id], breakGlassGroups: [], exemptions: [] }, modes);
      for (const one of [...buildManifests([keeper]), setter]) cluster.putManifest(one);
      await cluster.clock.advance(10_000);
      const said = (): unknown => cluster.statusOf(shop)?.findings?.map(({ enforcement }) => enforcement);
      const kept = [{ mode: 'deny', by: 'ValidatingAdmissionPolicy/merlon-image-pulls-keeper' }];
      expect(said()).to.deep.equal(kept);
      cluster.takeWrites();

      cluster.putManifest(binding);
      await cluster.clock.advance(10_000);
      expect(said()).to.deep.equal([undefined]);
      expect(cluster.takeWrites()).to.include(`put ${shop}`);

      cluster.putManifest(binding);
      cluster.putManifest(setter);
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);

      cluster.controller.cluster.remove('MutatingAdmissionPolicyBinding', {
        metadata: { name: 'merlon-image-pulls-on' },
      });
      await cluster.clock.advance(10_000);
      expect(said()).to.deep.equal(kept);
      expect(cluster.takeWrites()).to.include(`put ${shop}`);
    });

    it('nothing of a binding that lets nobody into pods', async () => {
      const cluster = await FakeCluster.atRest([execReach]);
      cluster.observeVersion(37);
      cluster.putPrivilegedPod('shop');
      await cluster.clock.advance(10_000);
      cluster.takeWrites();
      const { evaluations } = cluster.controller.scopeJudge.evaluator;
      cluster.putBinding('ClusterRoleBinding', '', '{ kind: User, name: jane }', 'view');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
      expect(cluster.controller.scopeJudge.evaluator.evaluations).to.equal(evaluations);
    });

    it('a new namespace', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putNamespace('new');
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites()).to.deep.equal(['create namespace/new', 'put namespace/new', 'put cluster']);
      expect(cluster.statusOf('cluster')?.namespaces?.total).to.equal(3);
    });

    it('a namespace that goes, which is left alone and counts no more', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putNamespace('shop', 'status: { phase: Terminating }');
      cluster.putAccount('shop', true);
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites()).to.deep.equal(['put cluster']);
      expect(cluster.statusOf('cluster')?.namespaces?.total).to.equal(1);
    });

    it('a namespace that went while namespaces could not be read, once they can', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putAccount('shop', false);
      cluster.controller.cluster.remove('Namespace', { metadata: { name: 'shop' } });
      await cluster.clock.advance(10_000);
      expect(cluster.statusOf('cluster')?.namespaces?.total).to.equal(1);
      // A server that has just started may forbid everything for a moment.
      const source = 'Namespace';
      cluster.controller.cluster.observe({ source, state: 'forbidden', message: 'listing namespaces is forbidden' });
      await cluster.clock.advance(10_000);
      cluster.controller.cluster.remove('ServiceAccount', { metadata: { name: 'default', namespace: 'shop' } });
      await cluster.clock.advance(10_000);
      cluster.controller.cluster.observe({ source, state: 'observed', message: '' });
      await cluster.clock.advance(10_000);
      expect(cluster.statusOf('cluster')?.namespaces?.total).to.equal(1);
    });

    it('a namespace that comes back, with new times', async () => {
      const cluster = await FakeCluster.atRest();
      const before = cluster.statusOf(shop)?.changedTime;
      cluster.controller.cluster.remove('Namespace', { metadata: { name: 'shop' } });
      cluster.server.postures.delete(shop);
      cluster.controller.postures.remove({ metadata: { name: 'current', namespace: 'shop' } });
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal(['put cluster']);
      cluster.putNamespace('shop');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([`create ${shop}`, `put ${shop}`, 'put cluster']);
      expect(cluster.statusOf(shop)?.changedTime).not.to.equal(before);
    });

    it('a permission that is lost and found', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.controller.cluster.observe({ source: 'ServiceAccount', state: 'forbidden', message: 'grant it' });
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)?.compliant).to.equal('Unknown');
      expect(cluster.conditionOf(shop, 'InputsComplete')).to.equal('False PermissionMissing');
      expect(cluster.statusOf('cluster')?.namespaces?.unknown).to.equal(2);
      cluster.controller.cluster.observe({ source: 'ServiceAccount', state: 'observed', message: '' });
      await cluster.clock.advance(1000);
      expect(cluster.conditionOf(shop, 'InputsComplete')).to.equal('True AllInputsRead');
      expect(cluster.statusOf('cluster')?.namespaces?.compliant).to.equal(2);
    });

    it('in the sum how well a kind is known that no rule reads', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.controller.cluster.observe({ source: 'Pod', state: 'forbidden', message: 'grant it' });
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites()).to.deep.equal(['put cluster']);
      expect(cluster.statusOf('cluster')?.inputs).to.deep.include({
        source: 'Pod',
        state: 'forbidden',
        message: 'grant it',
      });
    });
  });

  describe('puts right', () => {
    it('a status that somebody edited, with one write and its own times', async () => {
      const cluster = await FakeCluster.atRest();
      const right = cluster.statusOf(shop);
      cluster.server.edit(shop, { ...right, compliant: 'False', changedTime: '1999-01-01T00:00:00Z' });
      cluster.show(shop);
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
      expect(cluster.statusOf(shop)).to.deep.equal(right);
      cluster.show(shop);
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
    });

    it('a condition that somebody added', async () => {
      const cluster = await FakeCluster.atRest();
      const right = cluster.statusOf(shop);
      const forged = { type: 'Forged', status: 'True', reason: 'So', message: '', lastTransitionTime: '' } as const;
      cluster.server.edit(shop, { ...right, conditions: [...(right?.conditions ?? []), forged] });
      cluster.show(shop);
      await cluster.clock.advance(10_000);
      expect(cluster.statusOf(shop)).to.deep.equal(right);
    });

    it('a posture that somebody deleted, with the times that it had', async () => {
      const cluster = await FakeCluster.atRest();
      const right = cluster.statusOf(shop);
      cluster.server.postures.delete(shop);
      cluster.controller.postures.remove({ metadata: { name: 'current', namespace: 'shop' } });
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([`create ${shop}`, `put ${shop}`]);
      expect(cluster.statusOf(shop)).to.deep.equal(right);
    });

    it('a posture that is gone although the watch has not said so', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.server.postures.delete(shop);
      cluster.putAccount('shop', true);
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites().filter((write) => write.endsWith(shop))).to.deep.equal([
        `create ${shop}`,
        `put ${shop}`,
      ]);
      expect(cluster.statusOf(shop)?.compliant).to.equal('False');
    });

    it('a posture that somebody changed first, once the watch has shown it', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.server.edit(shop, undefined);
      cluster.putAccount('shop', true);
      await cluster.clock.advance(50);
      expect(cluster.statusOf(shop)).to.equal(undefined);
      cluster.show(shop);
      await cluster.clock.advance(10_000);
      expect(cluster.statusOf(shop)?.compliant).to.equal('False');
    });
  });

  describe('may not write', () => {
    it('a posture that a quota refuses: the sum names it, and it is tried again much later', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.server.failures.set(shop, { outcome: 'refused', message: 'quota "few" is exceeded' });
      cluster.putAccount('shop', true);
      await cluster.clock.advance(59_000);
      expect(cluster.statusOf('cluster')?.inputs).to.deep.include({
        source: `SecurityPosture ${shop}`,
        state: 'refused',
        message: 'quota "few" is exceeded',
      });
      cluster.server.failures.clear();
      cluster.takeWrites();
      await cluster.clock.advance(2000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`, 'put cluster']);
      expect(cluster.statusOf('cluster')?.inputs?.map(({ state }) => state)).not.to.include('refused');
    });

    it('a posture that a quota refuses, and names it no more once its namespace is gone', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.server.failures.set(shop, { outcome: 'refused', message: 'quota "few" is exceeded' });
      cluster.putAccount('shop', true);
      await cluster.clock.advance(1000);
      cluster.controller.cluster.remove('Namespace', { metadata: { name: 'shop' } });
      await cluster.clock.advance(1000);
      expect(cluster.statusOf('cluster')?.inputs?.map(({ state }) => state)).not.to.include('refused');
    });

    it('postures of a kind that is gone, and writes them when it is back', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.server.failures.set(shop, { outcome: 'gone' });
      cluster.server.postures.delete(shop);
      cluster.controller.postures.remove({ metadata: { name: 'current', namespace: 'shop' } });
      await cluster.clock.advance(100_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
      cluster.server.failures.clear();
      cluster.controller.observePostures('namespaces', true);
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites()).to.deep.equal([`create ${shop}`, `put ${shop}`]);
    });

    it('postures of a kind that is gone for a moment, and tries again though nobody says that it is back', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.server.failures.set(shop, { outcome: 'gone' });
      cluster.server.postures.delete(shop);
      cluster.controller.postures.remove({ metadata: { name: 'current', namespace: 'shop' } });
      await cluster.clock.advance(1000);
      cluster.server.failures.clear();
      await cluster.clock.advance(60_000);
      expect(cluster.takeWrites()).to.deep.equal([`create ${shop}`, `put ${shop}`]);
    });

    it('postures of a kind that it cannot know, and does not even try until it can', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.controller.observePostures('namespaces', false);
      cluster.putAccount('shop', true);
      await cluster.clock.advance(100_000);
      expect(cluster.takeWrites()).to.deep.equal(['put cluster']);
      cluster.controller.observePostures('namespaces', true);
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
    });

    it('the posture of the cluster, where it cannot know that, and writes the others all the same', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.controller.observePostures('cluster', false);
      cluster.putAccount('shop', true);
      await cluster.clock.advance(100_000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
    });

    it('the status of a policy that somebody else changes, and tries again soon', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.server.failures.set('strict', { outcome: 'conflict' });
      cluster.putPolicy('strict', {});
      await cluster.clock.advance(50);
      cluster.server.failures.clear();
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('strict')).to.include({ matchedNamespaces: 2 });
    });

    it('the status of a policy twice, while the watch has not shown the first time', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.putPolicy('strict', {}, 1, '7');
      await cluster.clock.advance(1000);
      cluster.server.policyStatuses.delete('strict');
      cluster.putNamespace('third');
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('strict')).to.equal(undefined);
      cluster.putPolicy('strict', {}, 1, '8');
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('strict')).to.include({ matchedNamespaces: 3 });
    });

    it('the status of a policy that is refused, and tries again much later', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.server.failures.set('strict', { outcome: 'refused', message: 'no' });
      cluster.putPolicy('strict', {});
      await cluster.clock.advance(50);
      cluster.server.failures.clear();
      await cluster.clock.advance(50_000);
      expect(cluster.server.policyStatuses.get('strict')).to.equal(undefined);
      await cluster.clock.advance(11_000);
      expect(cluster.server.policyStatuses.get('strict')).to.include({ matchedNamespaces: 2 });
    });

    it('what the CRDs of another version do not know, and says so', async () => {
      const cluster = await FakeCluster.atRest();
      expect(cluster.errors).to.deep.equal([]);
      cluster.server.prune = ({ findings, ...status }) => status;
      cluster.putAccount('shop', true);
      await cluster.clock.advance(10);
      expect(cluster.errors[0]).to.match(/are the CRDs of this version/);
    });

    it('a posture whose namespace is going, and lets it go', async () => {
      const cluster = await FakeCluster.atRest();
      cluster.server.failures.set(shop, { outcome: 'gone' });
      cluster.putAccount('shop', true);
      await cluster.clock.advance(100_000);
      expect(cluster.takeWrites()).to.deep.equal(['put cluster']);
      expect(cluster.statusOf('cluster')?.inputs?.map(({ state }) => state)).not.to.include('refused');
    });
  });

  it('writes nothing while another process does, and everything that is due once it may', async () => {
    const cluster = await FakeCluster.atRest();
    cluster.isWriter = false;
    cluster.putAccount('shop', true);
    cluster.putPolicy('strict', {});
    await cluster.clock.advance(10_000);
    expect(cluster.takeWrites()).to.deep.equal([]);
    expect(cluster.server.policyStatuses.get('strict')).to.equal(undefined);
    cluster.isWriter = true;
    await cluster.clock.advance(10_000);
    expect(cluster.takeWrites()).to.include.members([`put ${shop}`, 'put cluster']);
    expect(cluster.server.policyStatuses.get('strict')).to.include({ matchedNamespaces: 2 });
  });

  it('counts the rules that fail, and goes on', async () => {
    const broken = defineRule({
      ...ruleNamed('broken-rule'),
      subject: 'ServiceAccount',
      check: () => {
        throw new Error('a defect');
      },
    });
    const cluster = await FakeCluster.atRest([accountRule, broken]);
    cluster.putAccount('shop', false);
    await cluster.clock.advance(1000);
    expect(cluster.controller.scopeJudge.ruleErrors).to.equal(1);
    expect(cluster.statusOf(shop)?.summary).to.include({ pass: 1, unknown: 1 });
  });

  it('writes nothing once it is stopped', async () => {
    const cluster = await FakeCluster.atRest();
    await cluster.controller.stop();
    cluster.putAccount('shop', true);
    cluster.controller.observePostures('namespaces', true);
    await cluster.clock.advance(10_000);
    expect(cluster.takeWrites()).to.deep.equal([]);
  });

  it('is at rest when everything is written', async () => {
    const cluster = await FakeCluster.atRest();
    let isIdle = false;
    cluster.putAccount('shop', true);
    void cluster.controller.whenIdle().then(() => {
      isIdle = true;
    });
    await cluster.clock.advance(1000);
    expect(isIdle).to.equal(true);
    expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`, 'put cluster']);
  });
});
