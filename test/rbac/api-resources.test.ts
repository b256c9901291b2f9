import { expect } from 'chai';

import { isNamespaced } from '../../src/rbac/api-resources.ts';

describe('API resources', () => {
  it('have a namespace, have none, or are not known', () => {
    expect(isNamespaced({ group: '', resource: 'pods' })).to.equal(true);
    expect(isNamespaced({ group: 'rbac.authorization.k8s.io', resource: 'clusterroles' })).to.equal(false);
    expect(isNamespaced({ group: 'apps', resource: 'pods' })).to.equal(undefined);
    expect(isNamespaced({ group: '', resource: 'users' })).to.equal(undefined);
    expect(isNamespaced({ group: '', resource: '*' })).to.equal(undefined);
  });

  it('that are subresources live where their resources do', () => {
    expect(isNamespaced({ group: '', resource: 'pods/exec' })).to.equal(true);
    expect(isNamespaced({ group: '', resource: 'nodes/proxy' })).to.equal(false);
  });

  it('of alpha and beta versions are known too', () => {
    expect(isNamespaced({ group: 'internal.apiserver.k8s.io', resource: 'storageversions' })).to.equal(false);
  });
});
