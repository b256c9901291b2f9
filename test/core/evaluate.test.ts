import { expect } from 'chai';

import { violation } from '../../src/core/rule.ts';
import { NotObserved } from '../../src/core/snapshot.ts';
import { snapshotOf } from './yaml-objects.ts';
import { Probe, badPod, brief, goodPod, imageRule, ruleOf, shop } from './evaluator-probe.ts';

describe('the evaluator', () => {
  it('gives one finding for each rule and subject, worst first', () => {
    const findings = new Probe().evaluate(shop, [imageRule], snapshotOf(`${goodPod}---${badPod}`));
    expect(findings.map(brief)).to.deep.equal(['image fail Pod/bad spec.containers[0].image', 'image pass Pod/good']);
  });

  it('says what is wrong, and how much more', () => {
    const [finding] = new Probe().evaluate(
      shop,
      [imageRule],
      snapshotOf(`
kind: Pod
metadata: { name: bad, namespace: shop }
spec: { containers: [{ name: a, image: bad }, { name: b, image: bad }, { name: c, image: bad }] }
`),
    );
    expect(finding?.message).to.equal('a is bad (and 2 more)');
    expect(finding?.violations).to.have.length(3);
  });

  it('says why a rule does not apply or is undecided', () => {
    const findings = new Probe().evaluate(
      shop,
      [imageRule],
      snapshotOf(`
kind: Pod
metadata: { name: a, namespace: shop }
spec: { containers: [{ name: web, image: odd }] }
---
kind: Pod
metadata: { name: b, namespace: shop }
spec: { containers: [{ name: web, image: other }] }
`),
    );
    expect(findings.map(({ outcome, message }) => [outcome, message])).to.deep.equal([
      ['unknown', 'odd'],
      ['notApplicable', 'other'],
    ]);
  });

  it('knows the object that a finding is about', () => {
    const snapshot = snapshotOf(badPod);
    const [pod] = snapshot.list('Pod');
    expect(new Probe().evaluate(shop, [imageRule], snapshot)[0]?.origin).to.equal(pod?.metadata);
  });

  it('says whose owner was not believed, and whose was for want of anything better', () => {
    const podOwnedBy = (apiVersion: string, kind: string, name: string) => `
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  ownerReferences: [{ apiVersion: ${apiVersion}, kind: ${kind}, name: web, uid: u1, controller: true }]
spec: { containers: [{ name: web, image: bad }] }
`;
    const findings = new Probe().evaluate(
      shop,
      [imageRule],
      snapshotOf(
        `${podOwnedBy('apps/v1', 'Deployment', 'forged')}---${podOwnedBy('argoproj.io/v1alpha1', 'Rollout', 'x')}`,
      ),
    );
    expect(
      findings.map(({ subject, unverifiedOwner, assumedOwner }) => [subject.kind, unverifiedOwner, assumedOwner]),
    ).to.deep.equal([
      ['Pod', 'a Deployment does not create a Pod', undefined],
      ['Rollout', undefined, 'Rollout "web" is not read, so that it owns this is believed'],
    ]);
  });

  it('places what is wrong with the workload itself in the workload, not in its template', () => {
    const rule = ruleOf({
      id: 'placed',
      subject: 'Workload',
      reads: ['Namespace'],
      check: (_pod, { subject }) => [
        violation('spec', undefined, 'of the pod'),
        { ...violation('metadata.namespace', subject.namespace, 'of the workload'), of: 'subject' },
      ],
    });
    const deployment = `
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { spec: { containers: [{ name: web }] } } }
`;
    expect(new Probe().evaluate(shop, [rule], snapshotOf(deployment)).map(brief)).to.deep.equal([
      'placed fail Deployment/web spec.template.spec metadata.namespace',
    ]);
  });

  it('reads evidence that nobody could observe as unknown', () => {
    const rule = ruleOf({
      id: 'evidence',
      subject: 'APIServer',
      reads: ['Evidence'],
      check: (_none, { snapshot }) => (snapshot.fact('unknownUserAllowed').value ? [violation('x', true, 'x')] : []),
    });
    const findings = new Probe().evaluate(
      'cluster',
      [rule],
      snapshotOf('', {
        evidence: {
          anonymousRequests: { unobserved: 'nobody asked' },
          unknownUserAllowed: { unobserved: 'asking is forbidden' },
          minorVersion: { unobserved: 'not asked' },
        },
      }),
    );
    expect(findings.map(({ outcome, message }) => [outcome, message])).to.deep.equal([
      ['unknown', 'asking is forbidden'],
    ]);
  });

  it('takes NotObserved for what it is, wherever a rule throws it', () => {
    const probe = new Probe();
    const rule = ruleOf({
      id: 'missing',
      subject: 'Workload',
      check: () => {
        throw new NotObserved('Evidence', 'not yet');
      },
    });
    expect(probe.evaluate(shop, [rule], snapshotOf(goodPod)).map(({ message }) => message)).to.deep.equal(['not yet']);
    expect(probe.thrown).to.deep.equal([]);
  });
});
