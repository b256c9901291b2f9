import { expect } from 'chai';
import { load } from 'js-yaml';

import { ClusterStore } from '../../../src/controller/store.ts';
import { kindNames, kinds } from '../../../src/core/kinds.ts';
import { project } from '../../../src/core/project.ts';
import { findUnreadKind, usersOf } from '../../../src/rules/lib/account-users.ts';

function podOf(name: string, account: string, namespace = 'shop') {
  const json = load(`
metadata: { name: ${name}, namespace: ${namespace} }
spec: { serviceAccountName: ${account}, containers: [{ name: web }] }
`);
  return project(kinds.Pod.shape, json);
}

/** A store that has read everything, and changes under the eyes of who asks. */
function openStore(): ClusterStore {
  const store = new ClusterStore(() => undefined);
  for (const source of kindNames) store.observe({ source, state: 'observed', message: '' });
  return store;
}

function namesOf(store: ClusterStore, namespace = 'shop', account = 'web'): readonly string[] {
  return usersOf(store, namespace, account).map(({ ref }) => `${ref.kind}/${ref.name}`);
}

describe('the users of an account', () => {
  it('follow pods that come, change their account and go', () => {
    const store = openStore();
    expect(namesOf(store)).to.deep.equal([]);
    store.upsert('Pod', podOf('one', 'web'));
    expect(namesOf(store)).to.deep.equal(['Pod/one']);
    store.upsert('Pod', podOf('two', 'web'));
    expect(namesOf(store)).to.deep.equal(['Pod/one', 'Pod/two']);
    store.upsert('Pod', podOf('two', 'other'));
    expect(namesOf(store)).to.deep.equal(['Pod/one']);
    expect(namesOf(store, 'shop', 'other')).to.deep.equal(['Pod/two']);
    store.remove('Pod', podOf('one', 'web'));
    expect(namesOf(store)).to.deep.equal([]);
  });

  it('are those of the namespace, whatever changes in another', () => {
    const store = openStore();
    store.upsert('Pod', podOf('one', 'web'));
    expect(namesOf(store)).to.deep.equal(['Pod/one']);
    store.upsert('Pod', podOf('two', 'web', 'bank'));
    expect(namesOf(store)).to.deep.equal(['Pod/one']);
    expect(namesOf(store, 'bank')).to.deep.equal(['Pod/two']);
  });

  it('are looked up once for each state of the namespace', () => {
    const store = openStore();
    store.upsert('Pod', podOf('one', 'web'));
    const before = usersOf(store, 'shop', 'web');
    store.upsert('Pod', podOf('two', 'web', 'bank'));
    expect(usersOf(store, 'shop', 'web')).to.equal(before);
    store.upsert('Pod', podOf('three', 'web'));
    expect(usersOf(store, 'shop', 'web')).not.to.equal(before);
  });

  it('are not those of pods that cannot be read any more', () => {
    const store = openStore();
    store.upsert('Pod', podOf('one', 'web'));
    expect(namesOf(store)).to.deep.equal(['Pod/one']);
    expect(findUnreadKind(store)).to.equal(undefined);
    store.observe({ source: 'Pod', state: 'forbidden', message: 'listing pods is forbidden' });
    expect(namesOf(store)).to.deep.equal([]);
    expect(findUnreadKind(store)).to.equal('listing pods is forbidden');
  });

  it('are both accounts of a Deployment that is changing from one to the other', () => {
    const store = openStore();
    const template = (account: string) => `{ spec: { serviceAccountName: ${account}, containers: [{ name: web }] } }`;
    store.upsert(
      'Deployment',
      project(
        kinds.Deployment.shape,
        load(`
metadata: { name: web, namespace: shop, uid: d1 }
spec: { template: ${template('new')} }
`),
      ),
    );
    store.upsert(
      'ReplicaSet',
      project(
        kinds.ReplicaSet.shape,
        load(`
metadata:
  name: web-1
  namespace: shop
  uid: r1
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }]
spec: { template: ${template('old')} }
`),
      ),
    );
    store.upsert(
      'Pod',
      project(
        kinds.Pod.shape,
        load(`
metadata:
  name: web-1-a
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r1, controller: true }]
spec: { serviceAccountName: old, containers: [{ name: web }] }
`),
      ),
    );
    expect(namesOf(store, 'shop', 'old')).to.deep.equal(['Deployment/web']);
    expect(namesOf(store, 'shop', 'new')).to.deep.equal(['Deployment/web']);
  });
});
