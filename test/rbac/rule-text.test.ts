import { expect } from 'chai';

import { describeRules, summarizeRules, tabulateRules } from '../../src/rbac/rule-text.ts';

describe('rules in words', () => {
  it('put the verbs of one resource together', () => {
    const words = describeRules([
      { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'secrets'] },
      { verbs: ['get', 'watch'], apiGroups: [''], resources: ['pods'] },
    ]);
    expect(words).to.deep.equal(['get,list,watch pods', 'get,list secrets']);
  });

  it('tell groups and names apart', () => {
    const words = describeRules([
      { verbs: ['update'], apiGroups: ['apps', 'extensions'], resources: ['deployments'] },
      { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['a', 'b'] },
      { verbs: ['list'], apiGroups: [''], resources: ['secrets'] },
    ]);
    expect(words).to.deep.equal([
      'update deployments.apps',
      'update deployments.extensions',
      'get secrets "a","b"',
      'list secrets',
    ]);
  });

  it('tell a URL from a resource of that name', () => {
    const rows = tabulateRules([
      { verbs: ['get'], nonResourceURLs: ['*'] },
      { verbs: ['list'], apiGroups: [''], resources: ['*'] },
    ]);
    expect(rows).to.deep.equal([
      { target: '*', isUrl: true, names: [], verbs: ['get'] },
      { target: '*', isUrl: false, names: [], verbs: ['list'] },
    ]);
  });

  it('are cut where they are many, with the number that is left out', () => {
    const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['a', 'b', 'c'] }];
    expect(summarizeRules(rules, 2)).to.equal('get a; get b; and 1 more');
    expect(summarizeRules(rules, 3)).to.equal('get a; get b; get c');
  });
});
