import { expect } from 'chai';

import type { HardeningRemediation, RemediationTarget } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { recordAddress, scopeOfRecord, scopesOfRecord } from '../../src/controller/record-address.ts';

const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' };
const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'shop' };
const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: 'open-door' };

function record(
  name: string,
  where: string,
  target?: Omit<RemediationTarget, 'uid' | 'display'>,
): HardeningRemediation {
  return {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'HardeningRemediation',
    metadata: { name, namespace: where },
    ...(target === undefined ? {} : { status: { target: { ...target, uid: 'u', display: '' } } }),
  };
}

describe('the address of a record', () => {
  it('is in the namespace of the object, or for what has none in that of Merlon', () => {
    expect(recordAddress('r', account, 'merlon')).to.deep.equal({
      namespace: 'shop',
      name: 'r.serviceaccount.default',
    });
    expect(recordAddress('r', namespace, 'merlon')).to.deep.equal({ namespace: 'merlon', name: 'r.namespace.shop' });
    expect(recordAddress('r', binding, 'merlon')).to.deep.equal({
      namespace: 'merlon',
      name: 'r.clusterrolebinding.open-door',
    });
  });

  it('is a name that the API server takes, and another one for each object, whatever that is called', () => {
    const names = ['system:open', 'System:open', 'x'.repeat(300)].map(
      (name) => recordAddress('r', { ...binding, name }, 'merlon').name,
    );
    expect(new Set(names).size).to.equal(3);
    for (const name of names) expect(name).to.match(/^r\.clusterrolebinding\.[0-9a-f]{16}$/);
  });
});

describe('the scope of a record', () => {
  it('is the posture that the object is judged in', () => {
    expect(scopeOfRecord(record('x', 'shop', account))).to.equal('namespace/shop');
    expect(scopeOfRecord(record('x', 'merlon', namespace))).to.equal('namespace/shop');
    expect(scopeOfRecord(record('x', 'merlon', binding))).to.equal('cluster');
    expect(scopeOfRecord(record('x', 'shop'))).to.equal('namespace/shop');
  });

  it('is also that of the repair whose way it stands in, while it says nothing but its name', () => {
    const scopes = (name: string, where = 'merlon') => [...scopesOfRecord(record(name, where), 'merlon')];
    expect(scopes('r.clusterrolebinding.open-door')).to.deep.equal(['namespace/merlon', 'cluster']);
    expect(scopes('r.namespace.shop')).to.deep.equal(['namespace/merlon', 'namespace/shop']);
    expect(scopes('r.clusterrolebinding.open-door', 'shop')).to.deep.equal(['namespace/shop']);
    expect([...scopesOfRecord(record('x', 'merlon', namespace), 'merlon')]).to.deep.equal(['namespace/shop']);
  });
});
