import { expect } from 'chai';
import fc from 'fast-check';

import type { PolicyRule } from '../../src/core/rbac-shape.ts';
import { mergeRules } from '../../src/rbac/merge-rules.ts';
import { findUncovered } from '../../src/rbac/rule-coverage.ts';

function on(groups: string, resources: string, verbs: string, names?: string): PolicyRule {
  const rule = { verbs: verbs.split(' '), apiGroups: groups.split(' '), resources: resources.split(' ') };
  return names === undefined ? rule : { ...rule, resourceNames: names.split(' ') };
}

interface Row {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  readonly merged: readonly PolicyRule[];
}

const rows: readonly Row[] = [
  {
    name: 'verbs of one resource, in the order that people are used to',
    rules: [on('', 'pods', 'watch delete'), on('', 'pods', 'list get')],
    merged: [on('', 'pods', 'get list watch delete')],
  },
  {
    name: 'resources of the same verbs',
    rules: [on('', 'services', 'get'), on('', 'pods', 'get'), on('', 'nodes', 'list')],
    merged: [on('', 'nodes', 'list'), on('', 'pods services', 'get')],
  },
  {
    name: 'API groups of the same resources',
    rules: [on('extensions', 'deployments', 'get'), on('apps', 'deployments', 'get')],
    merged: [on('apps extensions', 'deployments', 'get')],
  },
  {
    name: 'names of the same objects',
    rules: [on('', 'secrets', 'get', 'tls'), on('', 'secrets', 'get', 'db')],
    merged: [on('', 'secrets', 'get', 'db tls')],
  },
  {
    name: 'but not what is granted by name and what is not',
    rules: [on('', 'secrets', 'get', 'tls'), on('', 'secrets', 'list')],
    merged: [on('', 'secrets', 'list'), on('', 'secrets', 'get', 'tls')],
  },
  {
    name: 'a name is nothing more where every name is granted',
    rules: [on('', 'secrets', 'get', 'tls'), on('', 'secrets', 'get')],
    merged: [on('', 'secrets', 'get')],
  },
  {
    name: 'a verb is nothing more where every verb is granted',
    rules: [on('', 'pods', 'get *'), on('', 'pods', 'list')],
    merged: [on('', 'pods', '*')],
  },
  {
    name: 'nothing is more than everything',
    rules: [on('apps', 'deployments', 'get'), on('*', '*', '*'), on('', 'secrets', 'get', 'tls')],
    merged: [on('*', '*', '*')],
  },
  {
    name: 'URLs, behind resources',
    rules: [
      { verbs: ['get'], nonResourceURLs: ['/metrics'] },
      on('', 'pods', 'get'),
      { verbs: ['get'], nonResourceURLs: ['/logs/*', '/logs/a'] },
    ],
    merged: [on('', 'pods', 'get'), { verbs: ['get'], nonResourceURLs: ['/logs/*', '/metrics'] }],
  },
  { name: 'nothing', rules: [], merged: [] },
];

const words = (...some: string[]) => fc.uniqueArray(fc.constantFrom(...some), { minLength: 1, maxLength: 3 });
const ruleArbitrary: fc.Arbitrary<PolicyRule> = fc.oneof(
  fc.record({
    verbs: words('get', 'list', 'create', '*'),
    apiGroups: words('', 'apps', '*'),
    resources: words('pods', 'pods/log', '*/log', 'secrets', '*'),
  }),
  fc.record({
    verbs: words('get', 'use'),
    apiGroups: words('', 'apps'),
    resources: words('a', 'b'),
    resourceNames: words('x', 'y'),
  }),
  fc.record({ verbs: words('get', 'post'), nonResourceURLs: words('/a', '/a/*', '/a/b', '*') }),
);

describe('rules are put together', () => {
  for (const { name, rules, merged } of rows) {
    it(name, () => {
      expect(mergeRules(rules)).to.deep.equal(merged);
    });
  }

  it('so that they allow neither more nor less, and are always the same', () => {
    fc.assert(
      fc.property(fc.array(ruleArbitrary, { maxLength: 6 }), (rules) => {
        const merged = mergeRules(rules);
        expect(findUncovered(rules, merged)).to.deep.equal([]);
        expect(findUncovered(merged, rules)).to.deep.equal([]);
        expect(mergeRules(rules.toReversed())).to.deep.equal(merged);
        expect(mergeRules(merged)).to.deep.equal(merged);
      }),
    );
  });
});
