import { expect } from 'chai';

import { workloadsOf } from '../../src/core/workload.ts';
import { snapshotOf } from './yaml-objects.ts';
import { deployment, replicaSet, rowsOf } from './workload-rows.ts';

describe('the workloads of a namespace', () => {
  describe('are judged by their template where nothing runs', () => {
    it('a Deployment that is scaled to zero, whatever its old ReplicaSets hold', () => {
      expect(rowsOf(snapshotOf(`${deployment}---${replicaSet}`))).to.deep.equal([
        { subject: 'apps/v1 Deployment web', template: 'spec.template web:2', running: [] },
      ]);
    });

    it('what an owner of an unread kind made', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: StatefulSet
metadata:
  name: db
  namespace: shop
  uid: s1
  ownerReferences: [{ apiVersion: example.com/v1, kind: Database, name: orders, uid: x1, controller: true }]
spec: { template: { spec: { containers: [{ name: db, image: 'db:1' }] } } }
---
kind: CronJob
metadata:
  name: backup
  namespace: shop
  ownerReferences: [{ apiVersion: example.com/v1, kind: Database, name: orders, uid: x1, controller: true }]
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: backup, image: 'backup:1' }] } } } } }
`),
        ),
      ).to.deep.equal([{ subject: 'example.com/v1 Database orders', running: ['db:1', 'backup:1'] }]);
    });

    it('but not what it made where something runs', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: ReplicaSet
metadata:
  name: canary-1
  namespace: shop
  uid: r1
  ownerReferences: [{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: canary, uid: x1, controller: true }]
spec: { template: { spec: { containers: [{ name: web, image: 'old:1' }] } } }
---
kind: ReplicaSet
metadata:
  name: canary-2
  namespace: shop
  uid: r2
  ownerReferences: [{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: canary, uid: x1, controller: true }]
spec: { template: { spec: { containers: [{ name: web, image: 'new:1' }] } } }
---
kind: Pod
metadata:
  name: canary-2-a
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: canary-2, uid: r2, controller: true }]
spec: { containers: [{ name: web, image: 'new:1' }] }
`),
        ),
      ).to.deep.equal([{ subject: 'argoproj.io/v1alpha1 Rollout canary', running: ['new:1'] }]);
    });
  });

  describe('of hand-written files', () => {
    it('are their own subject where their owners are malformed', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: Pod
metadata: { name: odd, namespace: shop, ownerReferences: web }
spec: { containers: [{ name: web, image: 'web:1' }] }
`),
        ),
      ).to.deep.equal([
        {
          subject: 'v1 Pod odd',
          running: ['web:1'],
          unverifiedOwner: 'field "metadata.ownerReferences" must be a list, found the string "web"',
        },
      ]);
    });

    it('are their own subject where their owner has no kind', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: Pod
metadata: { name: odd, namespace: shop, ownerReferences: [{ apiVersion: v1, name: web, uid: u1, controller: true }] }
spec: { containers: [{ name: web, image: 'web:1' }] }
`),
        ),
      ).to.deep.equal([
        {
          subject: 'v1 Pod odd',
          running: ['web:1'],
          unverifiedOwner: 'field "metadata.ownerReferences[0].kind" must be present, found nothing',
        },
      ]);
    });

    it('may have a uid that is none', () => {
      expect(rowsOf(snapshotOf(deployment.replace('uid: d1', 'uid: 1')))).to.deep.equal([
        { subject: 'apps/v1 Deployment web', template: 'spec.template web:2', running: [] },
      ]);
    });

    it('may have annotations that are none', () => {
      expect(
        rowsOf(
          snapshotOf(`
kind: Pod
metadata:
  name: odd
  namespace: shop
  annotations: mirror
  ownerReferences: [{ apiVersion: v1, kind: Node, name: node1, uid: n1, controller: true }]
spec: { containers: [{ name: web, image: 'web:1' }] }
`),
        ),
      ).to.deep.equal([{ subject: 'v1 Node node1', running: ['web:1'] }]);
    });

    it('throw where a malformed template is read, not before', () => {
      const [workload] = workloadsOf(
        snapshotOf(`
kind: Deployment
metadata: { name: odd, namespace: shop }
spec: { template: web }
`),
        'shop',
      );
      expect(workload?.ref.name).to.equal('odd');
      expect(() => workload?.template?.spec).to.throw('field "spec.template" must be an object');
    });

    it('may be written twice', () => {
      expect(rowsOf(snapshotOf(`${deployment}---${deployment}`)).map(({ subject }) => subject)).to.deep.equal([
        'apps/v1 Deployment web',
        'apps/v1 Deployment web',
      ]);
    });
  });
});
