import { expect } from 'chai';

import { nameProblem } from '../../src/rbac/dead-names.ts';

describe('a name', () => {
  const getSecrets = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };

  it('is alive', () => {
    expect(nameProblem('db', getSecrets)).to.equal(undefined);
  });
  it('that is a star is dead', () => {
    expect(nameProblem('*', getSecrets)).to.match(/^names are no patterns/);
  });
  it('with a star in it is dead', () => {
    expect(nameProblem('db-*', getSecrets)).to.match(/^names are no patterns/);
  });
  it('with a star in it is alive for a user, who may be called so', () => {
    expect(nameProblem('db-*', { verbs: ['impersonate'], apiGroups: [''], resources: ['users'] })).to.equal(undefined);
  });
  it('that is a star is dead for those whom legacy impersonation means', () => {
    const rule = { verbs: ['impersonate'], apiGroups: [''], resources: ['users', 'groups'] };
    expect(nameProblem('*', rule)).to.match(/^names are no patterns/);
  });
  it('of all signers of a domain is alive', () => {
    const rule = { verbs: ['approve'], apiGroups: ['certificates.k8s.io'], resources: ['signers'] };
    expect(nameProblem('example.com/*', rule)).to.equal(undefined);
    expect(nameProblem('*', rule)).to.match(/^names are no patterns/);
  });
  it('that is a star is alive where the own node is impersonated', () => {
    const rule = { verbs: ['impersonate:associated-node'], apiGroups: ['authentication.k8s.io'], resources: ['nodes'] };
    expect(nameProblem('*', rule)).to.equal(undefined);
    expect(nameProblem('*', { ...rule, verbs: ['impersonate:arbitrary-node'] })).to.match(/^names are no patterns/);
  });
  it('that is a star is alive where many groups or extras are impersonated', () => {
    const rule = { verbs: ['impersonate:user-info'], apiGroups: ['authentication.k8s.io'], resources: ['groups'] };
    expect(nameProblem('*', rule)).to.equal(undefined);
    expect(nameProblem('*', { ...rule, resources: ['userextras/*'] })).to.equal(undefined);
    expect(nameProblem('*', { ...rule, apiGroups: [''] })).to.match(/^names are no patterns/);
    expect(nameProblem('*', { ...rule, resources: ['users'] })).to.match(/^names are no patterns/);
  });
});
