import { expect } from 'chai';

import { groupProblem, resourceProblem, urlProblem, verbProblem } from '../../src/core/dead-words.ts';

describe('a verb', () => {
  it('of the API is alive', () => {
    expect(verbProblem('deletecollection')).to.equal(undefined);
  });
  it('that is the wildcard is alive', () => {
    expect(verbProblem('*')).to.equal(undefined);
  });
  it('in upper case is dead', () => {
    expect(verbProblem('GET')).to.equal('verbs are compared in lower case; write "get"');
  });
  it('that some extension asks for is alive, in whatever spelling', () => {
    expect(verbProblem('ReadLogs')).to.equal(undefined);
  });
  it('that constrained impersonation asks for is alive', () => {
    expect(verbProblem('impersonate-on:user-info:get')).to.equal(undefined);
  });
  it('with a star inside is dead', () => {
    expect(verbProblem('get*')).to.match(/wildcard is \* alone/);
    expect(verbProblem('impersonate:*')).to.match(/wildcard is \* alone/);
  });
  it('that is several is dead', () => {
    expect(verbProblem('get,list')).to.match(/one word/);
    expect(verbProblem('get list')).to.match(/one word/);
  });
});

describe('a group', () => {
  it('is alive by its name, the core group by the empty one', () => {
    expect(groupProblem('')).to.equal(undefined);
    expect(groupProblem('apps')).to.equal(undefined);
    expect(groupProblem('rbac.authorization.k8s.io')).to.equal(undefined);
    expect(groupProblem('*')).to.equal(undefined);
  });
  it('called core is dead', () => {
    expect(groupProblem('core')).to.equal('the core group is the empty word ""');
  });
  it('that is a version is dead', () => {
    expect(groupProblem('v1')).to.match(/^it is a version/);
    expect(groupProblem('v1beta1')).to.match(/^it is a version/);
  });
  it('with a version is dead', () => {
    expect(groupProblem('apps/v1')).to.equal('groups stand without a version; write "apps"');
  });
  it('with a star inside is dead', () => {
    expect(groupProblem('*.k8s.io')).to.match(/wildcard is \* alone/);
  });
  it('in upper case is dead', () => {
    expect(groupProblem('Apps')).to.equal('groups are compared in lower case; write "apps"');
  });
  it('that is several is dead', () => {
    expect(groupProblem('apps, batch')).to.match(/one word/);
  });
});

describe('a resource', () => {
  it('is alive by its name, and so are its subresources', () => {
    expect(resourceProblem('pods')).to.equal(undefined);
    expect(resourceProblem('pods/exec')).to.equal(undefined);
  });
  it('is alive as a wildcard, for one subresource too', () => {
    expect(resourceProblem('*')).to.equal(undefined);
    expect(resourceProblem('*/scale')).to.equal(undefined);
  });
  it('with a star for its subresources is dead', () => {
    expect(resourceProblem('pods/*')).to.match(/no wildcard for subresources/);
    expect(resourceProblem('*/*')).to.match(/no wildcard for subresources/);
  });
  it('with a star inside a word is dead', () => {
    expect(resourceProblem('pod*')).to.match(/wildcard is \* alone/);
    expect(resourceProblem('pods/ex*')).to.match(/wildcard is \* alone/);
  });
  it('in upper case is dead', () => {
    expect(resourceProblem('Deployment')).to.match(/lower case and in the plural/);
    expect(resourceProblem('Pods/exec')).to.match(/lower case and in the plural/);
  });
  it('that is an extra of a user is alive: its key is nearly free text', () => {
    expect(resourceProblem('userextras/Example.com/*')).to.equal(undefined);
    expect(resourceProblem('userextras/*')).to.equal(undefined);
  });
  it('that is several is dead', () => {
    expect(resourceProblem('pods,services')).to.match(/one word/);
  });
});

describe('a URL', () => {
  it('is alive as a path, as the beginning of one, and as the wildcard', () => {
    expect(urlProblem('/healthz')).to.equal(undefined);
    expect(urlProblem('/healthz/*')).to.equal(undefined);
    expect(urlProblem('*')).to.equal(undefined);
  });
  it('with a star before its end is dead', () => {
    expect(urlProblem('/api/*/pods')).to.match(/only at the end/);
    expect(urlProblem('/api/*/pods*')).to.match(/only at the end/);
  });
  it('that does not begin with a slash is dead', () => {
    expect(urlProblem('healthz')).to.match(/begins with \//);
    expect(urlProblem('healthz*')).to.match(/begins with \//);
  });
});
