import { expect } from 'chai';

import { toExempted } from '../../src/core/exempted-workload.ts';
import { workloadsOf } from '../../src/core/workload.ts';
import { snapshotOf } from './yaml-objects.ts';

/** The accounts of the one workload that there is. */
function accountsOf(yaml: string): readonly (string | undefined)[] {
  return workloadsOf(snapshotOf(yaml), 'shop').flatMap((workload) => toExempted(workload).accounts());
}

const pod = (metadata: string, spec: string): string =>
  `{ kind: Pod, metadata: { name: web, namespace: shop, ${metadata} }, spec: { containers: [{ name: web }], ${spec} } }`;

describe('what exemptions may ask of a workload', () => {
  it('is the account that its pods run as', () => {
    expect(accountsOf(pod('', 'serviceAccountName: web'))).to.deep.equal(['web']);
    expect(accountsOf(pod('', ''))).to.deep.equal(['default']);
  });

  it('is that of its owner, too: what runs next is exempt already', () => {
    const owner = (account: string): string =>
      `{ kind: StatefulSet, metadata: { name: web, namespace: shop, uid: u1 }, spec: { template: { spec: { serviceAccountName: ${account}, containers: [{ name: web }] } } } }`;
    const owned = pod(
      'ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: web, uid: u1, controller: true }]',
      'serviceAccountName: web',
    );
    expect(accountsOf(`${owner('web')}\n---\n${owned}`)).to.deep.equal(['web']);
    expect(accountsOf(`${owner('other')}\n---\n${owned}`)).to.deep.equal(['other', 'web']);
  });

  it('is little where its owner is not read, and all where a pod is its own', () => {
    const isUnread = (yaml: string): readonly boolean[] =>
      workloadsOf(snapshotOf(yaml), 'shop').map((workload) => toExempted(workload).isOwnerUnread);
    const ownedBy = (apiVersion: string, kind: string): string =>
      pod(`ownerReferences: [{ apiVersion: ${apiVersion}, kind: ${kind}, name: web, uid: u1, controller: true }]`, '');
    expect(isUnread(ownedBy('example.com/v1', 'Site'))).to.deep.equal([true]);
    expect(isUnread(ownedBy('example.com/v1', 'Pod'))).to.deep.equal([true]);
    expect(isUnread(pod('', ''))).to.deep.equal([false]);
  });

  it('is no account of a static pod, and nothing that could be read where it is malformed', () => {
    expect(accountsOf(pod("annotations: { kubernetes.io/config.mirror: 'x' }", ''))).to.deep.equal(['']);
    expect(accountsOf(pod('', 'serviceAccountName: { name: web }'))).to.deep.equal([undefined]);
  });
});
