import { expect } from 'chai';

import { Evaluator } from '../../../src/core/evaluate.ts';
import { resolveParams } from '../../../src/core/params.ts';
import { naked } from '../../../src/rules/pod/naked.ts';
import { snapshotOf } from '../../core/yaml-objects.ts';
import { testRule } from '../rule-tester.ts';

testRule(naked, [
  {
    name: 'a pod that is its own subject fails',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  containers:
    - { name: web }
`,
    fails: [{ path: 'metadata.ownerReferences', message: /^no controller runs the pod; create a Deployment/ }],
  },
  {
    name: 'a pod in a file fails too',
    yaml: `
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web }
`,
    isFromFiles: true,
    fails: ['metadata.ownerReferences'],
  },
  {
    name: 'what a Deployment runs passes',
    yaml: `
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      containers:
        - { name: web }
`,
    passes: true,
  },
  {
    name: 'what a Job runs passes',
    yaml: `
kind: Job
metadata: { name: migrate, namespace: shop }
spec:
  template:
    spec:
      initContainers:
        - { name: wait }
      containers:
        - { name: migrate }
      ephemeralContainers:
        - { name: debug }
`,
    passes: true,
  },
  {
    name: 'a mirror pod is run by its kubelet',
    yaml: `
kind: Pod
metadata:
  name: kube-proxy-node1
  namespace: kube-system
  annotations: { kubernetes.io/config.mirror: d0a3 }
spec:
  containers:
    - { name: kube-proxy }
`,
    notApplicable: /^a static pod is run by the kubelet of its node$/,
  },
  {
    name: 'other annotations make no mirror pod',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop, annotations: { kubernetes.io/config.source: api } }
spec:
  containers:
    - { name: web }
`,
    fails: ['metadata.ownerReferences'],
  },
]);

describe('pod-naked', () => {
  /** As `outcome kind/name`. */
  function judge(yaml: string): readonly string[] {
    const evaluator = new Evaluator({
      ruleThrew: (_rule, error) => {
        throw error;
      },
    });
    const selected = [{ rule: naked, params: resolveParams(naked) }];
    return evaluator
      .evaluate({ namespace: 'shop' }, selected, snapshotOf(yaml))
      .map(({ outcome, subject }) => `${outcome} ${subject.kind}/${subject.name}`);
  }

  it('is about pods whose owner does not exist, and not about those of an owner that does or may exist', () => {
    const found = judge(`
kind: Pod
metadata:
  name: forged
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: gone, controller: true }]
spec: { containers: [{ name: web }] }
---
kind: Pod
metadata:
  name: owned
  namespace: shop
  ownerReferences: [{ apiVersion: batch/v1, kind: Job, name: migrate, uid: j1, controller: true }]
spec: { containers: [{ name: web }] }
---
kind: Pod
metadata:
  name: canary
  namespace: shop
  ownerReferences: [{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: shop, uid: r1, controller: true }]
spec: { containers: [{ name: web }] }
---
kind: Job
metadata: { name: migrate, namespace: shop, uid: j1 }
spec: { template: { spec: { containers: [{ name: web }] } } }
`);
    expect(found).to.deep.equal(['fail Pod/forged', 'pass Job/migrate', 'pass Rollout/shop']);
  });
});
