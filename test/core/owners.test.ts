/** That pods share their owner references, as the operator's do, changes nothing; what else there is of owners: workload.test.ts. */
import { expect } from 'chai';

import { OwnerIndex } from '../../src/core/owners.ts';
import { snapshotOf } from './yaml-objects.ts';

const mirror = { 'kubernetes.io/config.mirror': '' };

describe('the owner of pods that share their references', () => {
  it('is looked up once', () => {
    const owners = new OwnerIndex(
      snapshotOf(`
kind: StatefulSet
metadata: { name: db, namespace: shop, uid: s1 }
spec: { template: { spec: { containers: [{ name: db }] } } }
`),
      'shop',
    );
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 's1', controller: true }];
    const top = owners.topOfPod({ name: 'db-0', ownerReferences });
    expect(top.ref).to.include({ kind: 'StatefulSet', name: 'db' });
    expect(owners.topOfPod({ name: 'db-1', ownerReferences })).to.equal(top);
  });

  it('is none for a mirror pod, whoever else claims its node, and in whatever order', () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: 'node1', uid: 'n1', controller: true }];
    const pods = [
      { name: 'forged', ownerReferences },
      { name: 'etcd', annotations: mirror, ownerReferences },
    ];
    for (const some of [pods, pods.toReversed()]) {
      const owners = new OwnerIndex(snapshotOf(''), 'shop');
      const tops = some.map((pod) => `${pod.name} of ${owners.topOfPod(pod).ref.kind}`);
      expect(tops.toSorted()).to.deep.equal(['etcd of Pod', 'forged of Node']);
    }
  });

  it('is the pod itself where nobody of that uid exists', () => {
    const owners = new OwnerIndex(snapshotOf(''), 'shop');
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 's1', controller: true }];
    for (const name of ['db-0', 'db-1']) expect(owners.topOfPod({ name, ownerReferences }).ref.name).to.equal(name);
  });
});
