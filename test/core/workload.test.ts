import { expect } from 'chai';

import { ClusterStore } from '../../src/controller/store.ts';
import { kindNames } from '../../src/core/kinds.ts';
import { compareText, keyOf } from '../../src/core/subject-ref.ts';
import { SubjectLists } from '../../src/core/subjects.ts';
import { workloadsOf } from '../../src/core/workload.ts';
import { objectOf, snapshotOf } from './yaml-objects.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { deployment, podOfReplicaSet, replicaSet, rowsOf } from './workload-rows.ts';

describe('the workloads of a namespace', () => {
  describe('have their top-level owner as their subject', () => {
    it('a Deployment, through its ReplicaSet', () => {
      expect(rowsOf(snapshotOf(`${deployment}---${replicaSet}---${podOfReplicaSet}`))).to.deep.equal([
        { subject: 'apps/v1 Deployment web', template: 'spec.template web:2', running: ['web:1'] },
      ]);
    });

    it('a CronJob, through its Job', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: CronJob
metadata: { name: report, namespace: shop, uid: c1 }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: job, image: 'job:2' }] } } } } }
---
kind: Job
metadata:
  name: report-1
  namespace: shop
  uid: j1
  ownerReferences: [{ apiVersion: batch/v1, kind: CronJob, name: report, uid: c1, controller: true }]
spec: { template: { spec: { containers: [{ name: job, image: 'job:1' }] } } }
---
kind: Pod
metadata:
  name: report-1-x
  namespace: shop
  ownerReferences: [{ apiVersion: batch/v1, kind: Job, name: report-1, uid: j1, controller: true }]
spec: { containers: [{ name: job, image: 'job:1' }] }
`),
        ),
      ).to.deep.equal([
        { subject: 'batch/v1 CronJob report', template: 'spec.jobTemplate.spec.template job:2', running: ['job:1'] },
      ]);
    });

    it('a StatefulSet, directly', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: StatefulSet
metadata: { name: db, namespace: shop, uid: s1 }
spec: { template: { spec: { containers: [{ name: db, image: 'db:1' }] } } }
---
kind: Pod
metadata:
  name: db-0
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s1, controller: true }]
spec: { containers: [{ name: db, image: 'db:1' }] }
`),
        ),
      ).to.deep.equal([{ subject: 'apps/v1 StatefulSet db', template: 'spec.template db:1', running: ['db:1'] }]);
    });

    it('a pod that nobody owns', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: Pod
metadata: { name: bare, namespace: shop }
spec: { containers: [{ name: web, image: 'web:1' }] }
`),
        ),
      ).to.deep.equal([{ subject: 'v1 Pod bare', running: ['web:1'] }]);
    });

    it('a pod whose owner does not control it', () => {
      expect(
        rowsOf(
          snapshotOf(`${deployment}---
kind: Pod
metadata:
  name: kept
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1 }]
spec: { containers: [{ name: web, image: 'web:1' }] }
`),
        ),
      ).to.deep.equal([
        { subject: 'apps/v1 Deployment web', template: 'spec.template web:2', running: [] },
        { subject: 'v1 Pod kept', running: ['web:1'] },
      ]);
    });

    it('a mirror pod, whose node is no workload', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: Pod
metadata:
  name: etcd-node1
  namespace: shop
  annotations: { kubernetes.io/config.mirror: d0a3 }
  ownerReferences: [{ apiVersion: v1, kind: Node, name: node1, uid: n1, controller: true }]
spec: { containers: [{ name: etcd, image: 'etcd:3' }] }
`),
        ),
      ).to.deep.equal([{ subject: 'v1 Pod etcd-node1', running: ['etcd:3'] }]);
    });

    it('an owner of a kind that is not read, by reference', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: Pod
metadata:
  name: train-1
  namespace: shop
  ownerReferences: [{ apiVersion: ray.io/v1, kind: RayJob, name: train, uid: x1, controller: true }]
spec: { containers: [{ name: train, image: 'train:1' }] }
`),
        ),
      ).to.deep.equal([{ subject: 'ray.io/v1 RayJob train', running: ['train:1'] }]);
    });

    it('the Job of another API group, which is another kind', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: Job
metadata: { name: report, namespace: shop, uid: j1 }
spec: { template: { spec: { containers: [{ name: job, image: 'job:1' }] } } }
---
kind: Pod
metadata:
  name: report-1
  namespace: shop
  ownerReferences: [{ apiVersion: batch.volcano.sh/v1alpha1, kind: Job, name: report, uid: j1, controller: true }]
spec: { containers: [{ name: job, image: 'volcano:1' }] }
`),
        ),
      ).to.deep.equal([
        { subject: 'batch.volcano.sh/v1alpha1 Job report', running: ['volcano:1'] },
        { subject: 'batch/v1 Job report', template: 'spec.template job:1', running: [] },
      ]);
    });
  });

  describe('hold each running template once', () => {
    it('where pods share one spec object', () => {
      const pod = objectOf('Pod', podOfReplicaSet);
      const snapshot = snapshotOf(`${deployment}---${replicaSet}`);
      const twice: Snapshot = {
        ...snapshot,
        list: ((kind, namespace) =>
          kind === 'Pod'
            ? [pod, { ...pod, metadata: { ...pod.metadata, name: 'web-1-b' } }]
            : snapshot.list(kind, namespace)) as Snapshot['list'],
      };
      expect(rowsOf(twice).map(({ running }) => running)).to.deep.equal([['web:1']]);
    });

    it('and the old one beside the new one while a rollout is under way', () => {
      expect(
        rowsOf(
          snapshotOf(`${deployment}---${replicaSet}---${podOfReplicaSet}---
kind: ReplicaSet
metadata:
  name: web-2
  namespace: shop
  uid: r2
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }]
spec: { template: { spec: { containers: [{ name: web, image: 'web:2' }] } } }
---
kind: Pod
metadata:
  name: web-2-a
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-2, uid: r2, controller: true }]
spec: { containers: [{ name: web, image: 'web:2' }] }
`),
        ),
      ).to.deep.equal([
        { subject: 'apps/v1 Deployment web', template: 'spec.template web:2', running: ['web:1', 'web:2'] },
      ]);
    });
  });

  it('are sorted by kind and name', () => {
    expect(
      rowsOf(
        snapshotOf(`
kind: Pod
metadata: { name: a, namespace: shop }
spec: { containers: [{ name: a }] }
---
kind: DaemonSet
metadata: { name: b, namespace: shop }
spec: { template: { spec: { containers: [{ name: b }] } } }
---
kind: DaemonSet
metadata: { name: a, namespace: shop }
spec: { template: { spec: { containers: [{ name: a }] } } }
`),
      ).map(({ subject }) => subject),
    ).to.deep.equal(['apps/v1 DaemonSet a', 'apps/v1 DaemonSet b', 'v1 Pod a']);
  });

  it('are those of one namespace', () => {
    expect(rowsOf(snapshotOf(deployment.replace('namespace: shop', 'namespace: other')))).to.deep.equal([]);
  });

  it('carry the metadata of the object that was judged', () => {
    const snapshot = snapshotOf(deployment);
    const [object] = snapshot.list('Deployment');
    expect(workloadsOf(snapshot, 'shop')[0]?.origin).to.equal(object?.metadata);
  });

  describe('asked for again', () => {
    function openStore(): ClusterStore {
      const store = new ClusterStore(() => undefined);
      for (const source of kindNames) store.observe({ source, state: 'observed', message: '' });
      store.upsert('Deployment', objectOf('Deployment', deployment));
      return store;
    }

    it('are made once, until something changes that they are made of', () => {
      const store = openStore();
      const before = workloadsOf(store, 'shop');
      store.upsert('Namespace', objectOf('Namespace', '{ kind: Namespace, metadata: { name: shop } }'));
      expect(workloadsOf(store, 'shop')).to.equal(before);
      store.remove('Deployment', objectOf('Deployment', deployment));
      expect(workloadsOf(store, 'shop')).to.deep.equal([]);
    });

    it('are never those of another, whoever asked before', () => {
      const store = openStore();
      expect(workloadsOf(store, 'shop')).to.have.length(1);
      expect(workloadsOf(store, 'bank')).to.deep.equal([]);
      expect(workloadsOf(store, 'shop')).to.have.length(1);
    });

    it('are not those of a kind that cannot be read any more', () => {
      const store = openStore();
      expect(workloadsOf(store, 'shop')).to.have.length(1);
      store.observe({ source: 'Deployment', state: 'forbidden', message: 'listing deployments is forbidden' });
      expect(workloadsOf(store, 'shop')).to.deep.equal([]);
    });

    it('are judged as they are in the same moment by whoever lists subjects', () => {
      const store = openStore();
      expect(new SubjectLists({ namespace: 'shop' }, store).workloads()).to.equal(workloadsOf(store, 'shop'));
      expect(new SubjectLists('cluster', store).workloads()).to.deep.equal([]);
    });
  });
});

describe('the key of a subject', () => {
  it('differs where a name holds what separates the parts', () => {
    expect(keyOf({ apiVersion: 'v1', kind: 'A', namespace: 'b', name: 'c/d' })).not.to.equal(
      keyOf({ apiVersion: 'v1', kind: 'A', namespace: 'b/c', name: 'd' }),
    );
    expect(keyOf({ apiVersion: 'v1', kind: 'A', namespace: 'b","c', name: 'd' })).not.to.equal(
      keyOf({ apiVersion: 'v1', kind: 'A', namespace: 'b', name: 'c","d' }),
    );
  });
});

describe('compareText', () => {
  it('orders by code unit, not by language', () => {
    expect(['b', 'a', 'B', 'ä', 'a'].toSorted(compareText)).to.deep.equal(['B', 'a', 'a', 'b', 'ä']);
  });
});
