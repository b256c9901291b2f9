import { expect } from 'chai';

import type { PolicyRule } from '../../src/core/rbac-shape.ts';
import { meetRules } from '../../src/rbac/rule-meet.ts';
import { describeRules } from '../../src/rbac/rule-text.ts';

function rule(verbs: string, resources: string, names = '', apiGroups = 'apps'): PolicyRule {
  return {
    verbs: verbs.split(','),
    apiGroups: apiGroups.split(','),
    resources: resources.split(','),
    resourceNames: names === '' ? [] : names.split(','),
  };
}

describe('what two lists of rules both grant', () => {
  const rows: readonly (readonly [PolicyRule, PolicyRule, readonly string[]])[] = [
    [rule('get,list', 'deployments'), rule('list,watch', 'deployments'), ['list deployments.apps']],
    [rule('get', 'deployments'), rule('list', 'deployments'), []],
    [rule('*', '*', '', '*'), rule('get', 'deployments'), ['get deployments.apps']],
    [rule('get', 'deployments', '', 'batch'), rule('get', 'deployments'), []],
    [rule('get', 'deployments'), rule('get', 'daemonsets'), []],
    [rule('get', 'deployments/scale'), rule('get', 'deployments'), []],
    [rule('get', '*/scale'), rule('get', 'deployments/scale,deployments'), ['get deployments/scale.apps']],
    [rule('get', 'deployments/scale'), rule('get', '*/scale'), ['get deployments/scale.apps']],
    [rule('get', '*/scale'), rule('get', '*'), ['get */scale.apps']],
    [rule('get', 'deployments/*'), rule('get', 'deployments/scale'), []],
    [rule('get', 'deployments', 'web,shop'), rule('get', 'deployments', 'web'), ['get deployments.apps "web"']],
    [rule('get', 'deployments', 'web'), rule('get', 'deployments', 'shop'), []],
    [rule('get', 'deployments'), rule('get', 'deployments', 'shop'), ['get deployments.apps "shop"']],
    [rule('get', 'deployments'), { verbs: ['get'], nonResourceURLs: ['/logs'] }, []],
  ];
  for (const [a, b, both] of rows) {
    it(`is ${both.join() || 'nothing'} of ${describeRules([a]).join()} and ${describeRules([b]).join()}`, () => {
      expect(describeRules(meetRules([a], [b]))).to.deep.equal(both);
      expect(describeRules(meetRules([b], [a]))).to.deep.equal(both);
    });
  }

  it('is the same list for the same lists', () => {
    const [some, others] = [[rule('get', 'deployments')], [rule('*', '*')]];
    expect(meetRules(some, others)).to.equal(meetRules(some, others));
  });
});
