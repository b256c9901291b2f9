import { expect } from 'chai';

import type { KindName } from '../../src/core/kinds.ts';
import { resolveParams } from '../../src/core/params.ts';
import type { SelectedRule } from '../../src/core/policy.ts';
import { violation } from '../../src/core/rule.ts';
import { NotObserved } from '../../src/core/snapshot.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { objectOf, snapshotOf } from './yaml-objects.ts';
import { Probe, badPod, brief, imageRule, params, ruleOf, shop, versionedRule } from './evaluator-probe.ts';

describe('the evaluator', () => {
  describe('judges each template once', () => {
    const pod = objectOf('Pod', badPod);
    const replicas: Snapshot = {
      ...snapshotOf(''),
      list: ((kind: KindName) =>
        kind === 'Pod'
          ? [
              pod,
              { ...pod, metadata: { ...pod.metadata, name: 'second' } },
              { ...pod, metadata: { ...pod.metadata, name: 'third' } },
            ]
          : []) as unknown as Snapshot['list'],
    };

    it('however many pods have it', () => {
      const probe = new Probe();
      expect(probe.evaluate(shop, [imageRule], replicas)).to.have.length(3);
      expect(probe.evaluator.evaluations).to.equal(1);
    });

    it('however often it is asked', () => {
      const probe = new Probe();
      probe.evaluate(shop, [imageRule], replicas);
      const again = probe.evaluate(shop, [imageRule], replicas);
      expect(again.map(({ outcome }) => outcome)).to.deep.equal(['fail', 'fail', 'fail']);
      expect(probe.evaluator.evaluations).to.equal(1);
    });

    it('for each rule', () => {
      const probe = new Probe();
      const second = ruleOf({ id: 'second', subject: 'Workload', check: () => [] });
      const findings = probe.evaluate(shop, [imageRule, second], replicas);
      expect(findings.filter(({ rule, outcome }) => rule === second && outcome === 'pass')).to.have.length(3);
      expect(probe.evaluator.evaluations).to.equal(2);
    });

    it('for each set of parameters', () => {
      const probe = new Probe();
      const rule = ruleOf({
        id: 'limited',
        subject: 'Workload',
        params,
        check: (_pod, { params: { limit } }) => [violation('spec', limit, 'too much')],
      });
      const strict: SelectedRule = { rule, params: resolveParams(rule, { limit: 1 }) };
      const lax: SelectedRule = { rule, params: resolveParams(rule) };
      const observed = (selected: SelectedRule) =>
        probe.evaluate(shop, [selected], replicas).map(({ violations }) => violations[0]?.observed);
      expect([...observed(strict), ...observed(lax), ...observed(strict)]).to.deep.equal([
        ...['1', '1', '1'],
        ...['5', '5', '5'],
        ...['1', '1', '1'],
      ]);
      expect(probe.evaluator.evaluations).to.equal(2);
    });

    it('for each version of the API server, where a rule is about that', () => {
      const probe = new Probe();
      const observed = (version: number) =>
        probe
          .evaluate(shop, [versionedRule], { ...replicas, podSecurityVersion: () => version })
          .map(({ violations }) => violations[0]?.observed);
      expect([...observed(34), ...observed(34), ...observed(35)]).to.deep.equal([
        ...['34', '34', '34'],
        ...['34', '34', '34'],
        ...['35', '35', '35'],
      ]);
      expect(probe.evaluator.evaluations).to.equal(2);
    });

    it('for each reason for which that is not known', () => {
      const probe = new Probe();
      const said = (reason: string) => {
        const podSecurityVersion = (): never => {
          throw new NotObserved('ServerVersion', reason);
        };
        return probe.evaluate(shop, [versionedRule], { ...replicas, podSecurityVersion }).map(({ message }) => message);
      };
      expect([...new Set(said('not asked yet'))]).to.deep.equal(['not asked yet']);
      expect([...new Set(said('forbidden'))]).to.deep.equal(['forbidden']);
    });

    it('for a rule that says that it reads nothing else', () => {
      const probe = new Probe();
      const modest = ruleOf({ id: 'modest', subject: 'Workload', reads: [], check: () => [] });
      expect(probe.evaluate(shop, [modest], replicas)).to.have.length(3);
      expect(probe.evaluator.evaluations).to.equal(1);
    });

    it('but not for a rule that looks beyond it', () => {
      const probe = new Probe();
      const seen: string[] = [];
      const curious = ruleOf({
        id: 'curious',
        subject: 'Workload',
        reads: ['ServiceAccount'],
        check: (_pod, { subject }) => {
          seen.push(subject.name);
          return [];
        },
      });
      probe.evaluate(shop, [curious], replicas);
      expect(seen).to.deep.equal(['bad', 'second', 'third']);
      expect(probe.evaluator.evaluations).to.equal(3);
    });

    it('nor for one that looks beyond it where that is known', () => {
      const probe = new Probe();
      const considerate = ruleOf({
        id: 'considerate',
        subject: 'Workload',
        considers: ['Evidence'],
        check: (_pod, { subject }) => [violation('spec', subject.name, 'of this one alone')],
      });
      const observed = probe.evaluate(shop, [considerate], replicas).map(({ violations }) => violations[0]?.observed);
      expect(observed).to.deep.equal(['bad', 'second', 'third']);
    });

    it('and refuses a rule that looks beyond it without saying so', () => {
      const probe = new Probe();
      const sly = ruleOf({
        id: 'sly',
        subject: 'Workload',
        check: (_pod, { snapshot }) => [...snapshot.list('Pod')] as never,
      });
      expect(probe.evaluate(shop, [sly], replicas).map(({ outcome }) => outcome)).to.deep.equal([
        'unknown',
        'unknown',
        'unknown',
      ]);
      expect(probe.thrown.map(([rule]) => rule)).to.deep.equal(['sly']);
    });
  });

  describe('says of how many pods a finding is true', () => {
    const deployment = `
kind: Deployment
metadata: { name: web, namespace: shop, uid: d1 }
spec: { template: { spec: { containers: [{ name: web, image: good }] } } }
`;
    const replicaSet = (name: string) => `
kind: ReplicaSet
metadata:
  name: ${name}
  namespace: shop
  uid: ${name}
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }]
spec: { template: { spec: { containers: [{ name: web, image: good }] } } }
`;
    const podOf = (owner: string, name: string, image: string) => `
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: ${owner}, uid: ${owner}, controller: true }]
spec: { containers: [{ name: web, image: ${image} }] }
`;
    const judged = (...documents: readonly string[]) =>
      new Probe().evaluate(shop, [imageRule], snapshotOf(documents.join('---')));

    it('of all of them, where all are alike', () => {
      const [finding] = judged(deployment, replicaSet('web-1'), podOf('web-1', 'a', 'bad'), podOf('web-1', 'b', 'bad'));
      expect(finding?.pods).to.deep.equal({ concerned: 2, total: 2 });
    });

    it('and of which revision they are, in the midst of a rollout', () => {
      const [finding] = judged(
        deployment,
        replicaSet('web-1'),
        replicaSet('web-2'),
        podOf('web-1', 'a', 'bad'),
        podOf('web-1', 'b', 'bad'),
        podOf('web-2', 'c', 'good'),
      );
      expect(finding?.pods).to.deep.equal({ concerned: 2, total: 3, revisions: ['web-1'] });
      expect(finding?.outcome).to.equal('fail');
    });

    it('by the hash of a revision, where its owner makes pods itself', () => {
      const podOfSet = (name: string, hash: string, image: string) => `
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  labels: { controller-revision-hash: ${hash} }
  ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s1, controller: true }]
spec: { containers: [{ name: web, image: ${image} }] }
`;
      const [finding] = judged(
        `
kind: StatefulSet
metadata: { name: db, namespace: shop, uid: s1 }
spec: { template: { spec: { containers: [{ name: web, image: good }] } } }
`,
        podOfSet('db-0', 'db-old', 'bad'),
        podOfSet('db-1', 'db-new', 'good'),
      );
      expect(finding?.pods).to.deep.equal({ concerned: 1, total: 2, revisions: ['db-old'] });
    });

    it('and of none, where nothing runs', () => {
      const [finding] = judged(deployment.replace('good', 'bad'));
      expect(finding?.outcome).to.equal('fail');
      expect(finding).not.to.have.property('pods');
    });
  });

  describe('judges what runs', () => {
    const owned = (name: string, image: string) => `
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  ownerReferences: [{ apiVersion: ray.io/v1, kind: RayJob, name: train, uid: x1, controller: true }]
spec: { containers: [{ name: web, image: ${image} }] }
`;

    it('not the template that would run next', () => {
      expect(
        new Probe()
          .evaluate(
            shop,
            [imageRule],
            snapshotOf(`
kind: StatefulSet
metadata: { name: db, namespace: shop, uid: s1 }
spec: { template: { spec: { containers: [{ name: db, image: bad }] } } }
---
kind: Pod
metadata:
  name: db-0
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s1, controller: true }]
spec: { containers: [{ name: db, image: good }] }
`),
          )
          .map(brief),
      ).to.deep.equal(['image pass StatefulSet/db']);
    });

    it('and one failing pod fails the workload', () => {
      expect(
        new Probe()
          .evaluate(
            shop,
            [imageRule],
            snapshotOf([owned('a', 'good'), owned('b', 'bad'), owned('c', 'odd')].join('---')),
          )
          .map(brief),
      ).to.deep.equal(['image fail RayJob/train spec.containers[0].image']);
    });

    it('and undecided pods leave it undecided', () => {
      expect(
        new Probe()
          .evaluate(
            shop,
            [imageRule],
            snapshotOf([owned('a', 'good'), owned('b', 'odd'), owned('c', 'odd')].join('---')),
          )
          .map(brief),
      ).to.deep.equal(['image unknown RayJob/train']);
    });

    it('and a pod that the rule does not apply to leaves the others to decide', () => {
      expect(
        new Probe()
          .evaluate(shop, [imageRule], snapshotOf([owned('a', 'other'), owned('b', 'good')].join('---')))
          .map(brief),
      ).to.deep.equal(['image pass RayJob/train']);
    });

    it('and says the same in whatever order the pods are known', () => {
      const debugged = owned('b', 'good').replace(
        'containers: [{',
        'ephemeralContainers: [{ name: debug, image: bad }], containers: [{',
      );
      const judge = (...pods: readonly string[]): unknown =>
        new Probe()
          .evaluate(shop, [imageRule], snapshotOf(pods.join('---')))
          .map(({ message, violations }) => ({ message, violations }));
      expect(judge(owned('a', 'bad'), debugged)).to.deep.equal(judge(debugged, owned('a', 'bad')));
    });

    it('and names a place once that several pods have', () => {
      const second = owned('b', 'bad').replace(
        'containers: [{',
        'ephemeralContainers: [{ name: debug, image: bad }], containers: [{',
      );
      const [finding] = new Probe().evaluate(shop, [imageRule], snapshotOf([owned('a', 'bad'), second].join('---')));
      expect(finding?.violations.map(({ path }) => path)).to.deep.equal([
        'spec.containers[0].image',
        'spec.ephemeralContainers[0].image',
      ]);
      expect(finding?.message).to.equal('web is bad (and 1 more)');
    });
  });
});
