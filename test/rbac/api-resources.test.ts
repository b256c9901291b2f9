import { expect } from 'chai';

import { isNamespaced, resolveResource, subresourcesOf } from '../../src/rbac/api-resources.ts';

const typedRows: readonly { readonly name: string; readonly typed: string; readonly means: string | undefined }[] = [
  { name: 'a plural', typed: 'pods', means: 'pods.' },
  { name: 'a singular', typed: 'pod', means: 'pods.' },
  { name: 'a short name', typed: 'po', means: 'pods.' },
  { name: 'a kind', typed: 'Pod', means: 'pods.' },
  { name: 'a kind of two words', typed: 'ServiceAccount', means: 'serviceaccounts.' },
  { name: 'a short name outside of the core group', typed: 'deploy', means: 'deployments.apps' },
  {
    name: 'a plural that is not its singular and an s',
    typed: 'networkpolicies',
    means: 'networkpolicies.networking.k8s.io',
  },
  { name: 'a resource of two groups: the core one', typed: 'events', means: 'events.' },
  { name: 'a resource of two groups by its group', typed: 'events.events.k8s.io', means: 'events.events.k8s.io' },
  { name: 'resource and group', typed: 'deployments.apps', means: 'deployments.apps' },
  { name: 'a kind and its group', typed: 'Role.rbac.authorization.k8s.io', means: 'roles.rbac.authorization.k8s.io' },
  { name: 'resource, version and group', typed: 'deployments.v1.apps', means: 'deployments.apps' },
  {
    name: 'resource, version and a group with dots',
    typed: 'roles.v1.rbac.authorization.k8s.io',
    means: 'roles.rbac.authorization.k8s.io',
  },
  { name: 'a beginning of a group', typed: 'roles.rbac', means: 'roles.rbac.authorization.k8s.io' },
  { name: 'a version and nothing after the dot: the core group', typed: 'pods.v1.', means: 'pods.' },
  { name: 'a version that nothing is served in', typed: 'deployments.v9.apps', means: undefined },
  { name: 'a resource in a group that it is not of', typed: 'pods.apps', means: undefined },
  { name: 'a custom resource', typed: 'certificates.cert-manager.io', means: undefined },
  { name: 'nothing', typed: '', means: undefined },
  { name: 'what is only authorized, not served', typed: 'users', means: undefined },
  { name: 'a name that every object has', typed: 'constructor', means: undefined },
];

describe('a resource that people type', () => {
  for (const { name, typed, means } of typedRows) {
    it(`${means === undefined ? 'is not found' : 'is found'} by ${name}`, () => {
      const found = resolveResource(typed);
      expect(found && `${found.resource}.${found.group}`).to.equal(means);
    });
  }
});

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

  it('list their subresources', () => {
    expect(subresourcesOf({ group: '', resource: 'nodes' })).to.deep.equal(['proxy', 'status']);
    expect(subresourcesOf({ group: '', resource: 'pods' })).to.include.members([
      'exec',
      'attach',
      'ephemeralcontainers',
    ]);
    expect(subresourcesOf({ group: '', resource: 'secrets' })).to.deep.equal([]);
    expect(subresourcesOf({ group: '', resource: 'widgets' })).to.equal(undefined);
  });

  it('of alpha and beta versions are known too', () => {
    expect(isNamespaced({ group: 'internal.apiserver.k8s.io', resource: 'storageversions' })).to.equal(false);
  });
});
