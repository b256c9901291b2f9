import { expect } from 'chai';

import { resolveParams } from '../../src/core/params.ts';
import type { SelectedRule } from '../../src/core/policy.ts';
import { violation } from '../../src/core/rule.ts';
import { snapshotOf } from './yaml-objects.ts';
import { Probe, brief, forbidden, goodPod, imageRule, ruleOf, shop } from './evaluator-probe.ts';

describe('the evaluator', () => {
  describe('names the place of a violation where people can change it', () => {
    const owner = (image: string) => `
kind: ReplicaSet
metadata: { name: web, namespace: shop, uid: r1 }
spec: { template: { spec: { containers: [{ name: web, image: ${image} }] } } }
`;
    const controlled = (spec: string) => `
kind: Pod
metadata:
  name: web-a
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: r1, controller: true }]
spec: ${spec}
`;

    it('in the template of the owner, where nothing runs', () => {
      expect(new Probe().evaluate(shop, [imageRule], snapshotOf(owner('bad'))).map(brief)).to.deep.equal([
        'image fail ReplicaSet/web spec.template.spec.containers[0].image',
      ]);
    });

    it('in the template of the owner, where pods have it from there', () => {
      const pod = controlled('{ containers: [{ name: web, image: bad }] }');
      expect(new Probe().evaluate(shop, [imageRule], snapshotOf(`${owner('bad')}---${pod}`)).map(brief)).to.deep.equal([
        'image fail ReplicaSet/web spec.template.spec.containers[0].image',
      ]);
    });

    it('in the template of a CronJob', () => {
      expect(
        new Probe()
          .evaluate(
            shop,
            [imageRule],
            snapshotOf(`
kind: CronJob
metadata: { name: report, namespace: shop }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: job, image: bad }] } } } } }
`),
          )
          .map(brief),
      ).to.deep.equal(['image fail CronJob/report spec.jobTemplate.spec.template.spec.containers[0].image']);
    });

    it('in the pod, where only the pod has it', () => {
      const pod = controlled(
        '{ containers: [{ name: web, image: bad }], ephemeralContainers: [{ name: debug, image: bad }] }',
      );
      expect(new Probe().evaluate(shop, [imageRule], snapshotOf(`${owner('bad')}---${pod}`)).map(brief)).to.deep.equal([
        'image fail ReplicaSet/web spec.template.spec.containers[0].image spec.ephemeralContainers[0].image',
      ]);
    });

    it('in the pod, where the template has been put right and what runs has not', () => {
      const pod = controlled('{ containers: [{ name: web, image: bad }] }');
      expect(new Probe().evaluate(shop, [imageRule], snapshotOf(`${owner('good')}---${pod}`)).map(brief)).to.deep.equal(
        ['image fail ReplicaSet/web spec.containers[0].image'],
      );
    });
  });

  describe('gives a finding the severity', () => {
    const graded = ruleOf({
      id: 'graded',
      subject: 'Workload',
      severity: 'medium',
      check: () => [
        violation('a', undefined, 'a', 'low'),
        violation('b', undefined, 'b', 'critical'),
        violation('c', undefined, 'c'),
      ],
    });

    it('of its worst violation', () => {
      expect(new Probe().evaluate(shop, [graded], snapshotOf(goodPod))[0]?.severity).to.equal('critical');
    });

    it('of its violations, where all are more harmless than the rule', () => {
      const harmless = ruleOf({
        id: 'harmless',
        subject: 'Workload',
        severity: 'high',
        check: () => [violation('a', undefined, 'a', 'info'), violation('b', undefined, 'b', 'low')],
      });
      expect(new Probe().evaluate(shop, [harmless], snapshotOf(goodPod))[0]?.severity).to.equal('low');
    });

    it('of the rule, where some violations are more harmless', () => {
      const mixed = ruleOf({
        id: 'mixed',
        subject: 'Workload',
        severity: 'high',
        check: () => [violation('a', undefined, 'a', 'low'), violation('b', undefined, 'b')],
      });
      expect(new Probe().evaluate(shop, [mixed], snapshotOf(goodPod))[0]?.severity).to.equal('high');
    });

    it('of the rule, where it passes or is undecided', () => {
      const findings = new Probe().evaluate(shop, [imageRule], snapshotOf(goodPod, forbidden('Job')));
      expect(findings.map(({ outcome, severity }) => [outcome, severity])).to.deep.equal([
        ['unknown', 'medium'],
        ['pass', 'medium'],
      ]);
    });

    it('that the policy says, whatever its violations say', () => {
      const selected: SelectedRule = { rule: graded, severity: 'info', params: resolveParams(graded) };
      expect(new Probe().evaluate(shop, [selected], snapshotOf(goodPod))[0]?.severity).to.equal('info');
    });
  });
});
