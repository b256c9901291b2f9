/** Rows of our own for what upstream's TestCovers… and TestNonResourceURLCovers are about (policy_comparator_test.go). */
import { expect } from 'chai';
import { CORE_SCHEMA, load } from 'js-yaml';

import type { PolicyRule } from '../../src/core/rbac-shape.ts';
import { findUncovered } from '../../src/rbac/rule-coverage.ts';

function rulesOf(yaml: string): readonly PolicyRule[] {
  return load(yaml, { schema: CORE_SCHEMA }) as readonly PolicyRule[];
}

const rows: readonly {
  readonly name: string;
  readonly owned: string;
  readonly rules: string;
  readonly missing?: string;
}[] = [
  {
    name: 'the same rule',
    owned: '[{ verbs: [get], apiGroups: [""], resources: [pods] }]',
    rules: '[{ verbs: [get], apiGroups: [""], resources: [pods] }]',
  },
  {
    name: 'a part of a rule',
    owned: '[{ verbs: [get, list], apiGroups: ["", apps], resources: [pods, deployments] }]',
    rules: '[{ verbs: [list], apiGroups: [apps], resources: [deployments] }]',
  },
  {
    name: 'one rule by two, each of a part',
    owned:
      '[{ verbs: [get], apiGroups: [""], resources: [pods] }, { verbs: [list], apiGroups: [""], resources: [pods] }]',
    rules: '[{ verbs: [get, list], apiGroups: [""], resources: [pods] }]',
  },
  {
    name: 'all but a verb',
    owned: '[{ verbs: [get], apiGroups: [""], resources: [pods, services] }]',
    rules: '[{ verbs: [get, list], apiGroups: [""], resources: [pods] }]',
    missing: '[{ verbs: [list], apiGroups: [""], resources: [pods] }]',
  },
  {
    name: 'nothing across rules: a verb of one, a resource of another',
    owned:
      '[{ verbs: [get], apiGroups: [""], resources: [pods] }, { verbs: [list], apiGroups: [""], resources: [services] }]',
    rules: '[{ verbs: [get], apiGroups: [""], resources: [services] }]',
    missing: '[{ verbs: [get], apiGroups: [""], resources: [services] }]',
  },
  {
    name: 'everything by *',
    owned: '[{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }]',
    rules: '[{ verbs: ["*", x], apiGroups: ["*", y], resources: ["*", z/w, "*/w"], resourceNames: [a] }]',
  },
  {
    name: 'not * by many',
    owned: '[{ verbs: [get, list, watch, create, update, patch, delete], apiGroups: [""], resources: [pods] }]',
    rules: '[{ verbs: ["*"], apiGroups: [""], resources: [pods] }]',
    missing: '[{ verbs: ["*"], apiGroups: [""], resources: [pods] }]',
  },
  {
    name: 'a subresource by */subresource, and not by its resource',
    owned: '[{ verbs: [get], apiGroups: [""], resources: ["*/log", pods] }]',
    rules: '[{ verbs: [get], apiGroups: [""], resources: [pods/log, pods/exec] }]',
    missing: '[{ verbs: [get], apiGroups: [""], resources: [pods/exec] }]',
  },
  {
    name: 'not */subresource by one of them',
    owned: '[{ verbs: [get], apiGroups: [""], resources: [pods/log] }]',
    rules: '[{ verbs: [get], apiGroups: [""], resources: ["*/log"] }]',
    missing: '[{ verbs: [get], apiGroups: [""], resources: ["*/log"] }]',
  },
  {
    name: 'a name by every name and by itself',
    owned:
      '[{ verbs: [get], apiGroups: [""], resources: [pods] }, { verbs: [list], apiGroups: [""], resources: [pods], resourceNames: [a] }]',
    rules: '[{ verbs: [get, list], apiGroups: [""], resources: [pods], resourceNames: [a] }]',
  },
  {
    name: 'not every name by some, nor another name',
    owned: '[{ verbs: [get], apiGroups: [""], resources: [pods], resourceNames: [a, "*"] }]',
    rules:
      '[{ verbs: [get], apiGroups: [""], resources: [pods] }, { verbs: [get], apiGroups: [""], resources: [pods], resourceNames: [b] }]',
    missing:
      '[{ verbs: [get], apiGroups: [""], resources: [pods] }, { verbs: [get], apiGroups: [""], resources: [pods], resourceNames: [b] }]',
  },
  {
    name: 'URLs by themselves, by what they begin with, and by *',
    owned: '[{ verbs: [get], nonResourceURLs: [/a, "/b/*"] }, { verbs: [post], nonResourceURLs: ["*"] }]',
    rules:
      '[{ verbs: [get], nonResourceURLs: [/a, /b/c, "/b/*", "/b/c*"] }, { verbs: [post], nonResourceURLs: ["*", /x] }]',
  },
  {
    name: 'no URL by a longer one or by the middle of one',
    owned: '[{ verbs: [get], nonResourceURLs: ["/b/*", "/c*d"] }]',
    rules: '[{ verbs: [get], nonResourceURLs: [/b, "*", /cxd] }]',
    missing:
      '[{ verbs: [get], nonResourceURLs: [/b] }, { verbs: [get], nonResourceURLs: ["*"] }, { verbs: [get], nonResourceURLs: [/cxd] }]',
  },
  {
    name: 'no resources by URLs and no URLs by resources',
    owned: '[{ verbs: ["*"], nonResourceURLs: ["*"] }]',
    rules: '[{ verbs: [get], apiGroups: [""], resources: [pods] }]',
    missing: '[{ verbs: [get], apiGroups: [""], resources: [pods] }]',
  },
  { name: 'rules that grant nothing', owned: '[]', rules: '[{ verbs: [get], resources: [pods] }, { verbs: [] }]' },
];

describe('rules cover', () => {
  for (const { name, owned, rules, missing = '[]' } of rows) {
    it(name, () => {
      expect(findUncovered(rulesOf(owned), rulesOf(rules))).to.deep.equal(rulesOf(missing));
    });
  }
});
