import { expect } from 'chai';

import { snapshotOf } from './yaml-objects.ts';
import { deployment, missing, podOfReplicaSet, replicaSet, rowsOf } from './workload-rows.ts';

describe('the workloads of a namespace', () => {
  describe('of an owner that is not read', () => {
    const coveredBy = `ownerReferences: [{ apiVersion: v1, kind: ConfigMap, name: cover, uid: c1, controller: true }]`;

    it('keep what is scheduled or scaled down beside a pod that runs', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: CronJob
metadata: { name: evil, namespace: shop, uid: j1, ${coveredBy} }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: c, image: 'cron:1' }] } } } } }
---
kind: Deployment
metadata: { name: down, namespace: shop, uid: d1, ${coveredBy} }
spec: { template: { spec: { containers: [{ name: c, image: 'down:1' }] } } }
---
kind: Pod
metadata: { name: decoy, namespace: shop, ${coveredBy} }
spec: { containers: [{ name: c, image: 'decoy:1' }] }
`),
        ),
      ).to.deep.equal([{ subject: 'v1 ConfigMap cover', running: ['decoy:1', 'down:1', 'cron:1'] }]);
    });

    it('count what its Deployment runs, not that template again', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: Deployment
metadata: { name: web, namespace: shop, uid: d1, ${coveredBy} }
spec: { template: { spec: { containers: [{ name: c, image: 'next:1' }] } } }
---
kind: ReplicaSet
metadata:
  name: web-1
  namespace: shop
  uid: r1
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }]
spec: { template: { spec: { containers: [{ name: c, image: 'old:1' }] } } }
---
kind: Pod
metadata:
  name: web-1-a
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r1, controller: true }]
spec: { containers: [{ name: c, image: 'web:1' }] }
`),
        ),
      ).to.deep.equal([{ subject: 'v1 ConfigMap cover', running: ['web:1'] }]);
    });
  });

  describe('are their own subject where the owner that they name cannot be theirs', () => {
    it('a pod that names a Deployment directly: a Deployment makes no pods', () => {
      expect(
        rowsOf(
          snapshotOf(`${deployment}---
kind: Pod
metadata:
  name: forged
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }]
spec: { containers: [{ name: web, image: 'evil:1' }] }
`),
        ),
      ).to.deep.equal([
        { subject: 'apps/v1 Deployment web', template: 'spec.template web:2', running: [] },
        { subject: 'v1 Pod forged', running: ['evil:1'], unverifiedOwner: 'a Deployment does not create a Pod' },
      ]);
    });

    it('a pod that names an owner with a uid that nobody has', () => {
      expect(
        rowsOf(
          snapshotOf(`${deployment}---${replicaSet}---
kind: Pod
metadata:
  name: forged
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: other, controller: true }]
spec: { containers: [{ name: web, image: 'evil:1' }] }
`),
        ),
      ).to.deep.equal([
        { subject: 'apps/v1 Deployment web', template: 'spec.template web:2', running: [] },
        {
          subject: 'v1 Pod forged',
          running: ['evil:1'],
          unverifiedOwner: 'ReplicaSet "web-1" with that uid does not exist',
        },
      ]);
    });

    it('a pod that names the right uid with a wrong name', () => {
      expect(
        rowsOf(
          snapshotOf(`${deployment}---${replicaSet}---
kind: Pod
metadata:
  name: forged
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: other, uid: r1, controller: true }]
spec: { containers: [{ name: web, image: 'evil:1' }] }
`),
        ),
      ).to.deep.include({
        subject: 'v1 Pod forged',
        running: ['evil:1'],
        unverifiedOwner: 'ReplicaSet "other" with that uid does not exist',
      });
    });

    it('a pod that names the right uid as another kind', () => {
      expect(
        rowsOf(
          snapshotOf(`${deployment}---${replicaSet}---
kind: Pod
metadata:
  name: forged
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: web-1, uid: r1, controller: true }]
spec: { containers: [{ name: web, image: 'evil:1' }] }
`),
        ),
      ).to.deep.include({
        subject: 'v1 Pod forged',
        running: ['evil:1'],
        unverifiedOwner: 'StatefulSet "web-1" with that uid does not exist',
      });
    });

    it('an owner of another namespace', () => {
      expect(
        rowsOf(snapshotOf(`${replicaSet.replace('namespace: shop', 'namespace: other')}---${podOfReplicaSet}`)),
      ).to.deep.equal([
        {
          subject: 'v1 Pod web-1-a',
          running: ['web:1'],
          unverifiedOwner: 'ReplicaSet "web-1" with that uid does not exist',
        },
      ]);
    });

    it('a Deployment that names a Deployment', () => {
      expect(
        rowsOf(
          snapshotOf(`${deployment}---
kind: Deployment
metadata:
  name: forged
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }]
spec: { template: { spec: { containers: [{ name: web, image: 'evil:1' }] } } }
`),
        ),
      ).to.deep.equal([
        {
          subject: 'apps/v1 Deployment forged',
          template: 'spec.template evil:1',
          running: [],
          unverifiedOwner: 'a Deployment does not create a Deployment',
        },
        { subject: 'apps/v1 Deployment web', template: 'spec.template web:2', running: [] },
      ]);
    });

    it('a pod that claims a node as its owner without being a mirror pod is by reference, not a pod of its own', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: Pod
metadata:
  name: forged
  namespace: shop
  ownerReferences: [{ apiVersion: v1, kind: Node, name: node1, uid: n1, controller: true }]
spec: { containers: [{ name: web, image: 'evil:1' }] }
`),
        ),
      ).to.deep.equal([{ subject: 'v1 Node node1', running: ['evil:1'] }]);
    });

    it('a kind that spells the group of another kind stays apart from it', () => {
      expect(
        rowsOf(
          snapshotOf(`${deployment}---
kind: Pod
metadata:
  name: forged
  namespace: shop
  ownerReferences: [{ apiVersion: v1, kind: Deployment/apps, name: web, uid: x1, controller: true }]
spec: { containers: [{ name: web, image: 'evil:1' }] }
`),
        ),
      ).to.deep.equal([
        { subject: 'apps/v1 Deployment web', template: 'spec.template web:2', running: [] },
        { subject: 'v1 Deployment/apps web', running: ['evil:1'] },
      ]);
    });
  });

  describe('without the right to list a kind', () => {
    it('are known by the name of an owner of that kind', () => {
      expect(rowsOf(snapshotOf(podOfReplicaSet, missing('ReplicaSet')))).to.deep.equal([
        { subject: 'apps/v1 ReplicaSet web-1', running: ['web:1'] },
      ]);
    });

    it('are known by the name of a top-level owner of that kind', () => {
      expect(rowsOf(snapshotOf(`${replicaSet}---${podOfReplicaSet}`, missing('Deployment')))).to.deep.equal([
        { subject: 'apps/v1 Deployment web', running: ['web:1'] },
      ]);
    });

    it('are judged by their template where the pods cannot be listed', () => {
      expect(rowsOf(snapshotOf(`${deployment}---${podOfReplicaSet}`, missing('Pod')))).to.deep.equal([
        { subject: 'apps/v1 Deployment web', template: 'spec.template web:2', running: [] },
      ]);
    });
  });
});
