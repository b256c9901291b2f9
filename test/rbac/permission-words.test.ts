import { expect } from 'chai';

import { describeRule, describeRules } from '../../src/rbac/permission-words.ts';

describe('a rule in words', () => {
  const rows: readonly (readonly [rule: Parameters<typeof describeRule>[0], text: string])[] = [
    [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] }, 'get, list secrets'],
    [{ verbs: ['create'], apiGroups: [''], resources: ['pods/exec'] }, 'create pods/exec'],
    [{ verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments/scale'] }, 'patch deployments.apps/scale'],
    [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, 'use every verb on every resource of any API group'],
    [{ verbs: ['get'], apiGroups: ['apps'], resources: ['*'] }, 'get every resource of apps'],
    [{ verbs: ['get'], apiGroups: [''], resources: ['*'] }, 'get every resource of the core group'],
    [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['a\nb'] }, 'get secrets named "a\\nb"'],
    [{ verbs: ['get'], nonResourceURLs: ['/metrics', '/logs/*'] }, 'get /metrics, /logs/*'],
    [
      { verbs: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], apiGroups: [''], resources: ['pods'] },
      'a, b, c, d, e and 2 more pods',
    ],
  ];
  for (const [rule, text] of rows) {
    it(text, () => {
      expect(describeRule(rule)).to.equal(text);
    });
  }

  it('can keep names to itself', () => {
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['payroll'] };
    expect(describeRule(rule, true)).to.equal('get secrets of certain names');
  });

  it('tells three of many, each once', () => {
    const rules = ['a', 'b', 'a', 'c', 'd', 'e'].map((name) => ({
      verbs: ['get'],
      apiGroups: [''],
      resources: [name],
    }));
    expect(describeRules(rules)).to.equal('get a; get b; get c (and 2 more)');
  });
});
