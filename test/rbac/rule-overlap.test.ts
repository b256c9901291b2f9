import { expect } from 'chai';

import type { PolicyRule } from '../../src/core/rbac-shape.ts';
import { findOverlap } from '../../src/rbac/rule-overlap.ts';

function on(verbs: string, resources: string, { groups = '', names = '' } = {}): PolicyRule {
  const rule = { verbs: verbs.split(' '), apiGroups: groups.split(' '), resources: resources.split(' ') };
  return names === '' ? rule : { ...rule, resourceNames: names.split(' ') };
}
function urls(verbs: string, paths: string): PolicyRule {
  return { verbs: verbs.split(' '), nonResourceURLs: paths.split(' ') };
}

interface Row {
  readonly name: string;
  readonly denied: PolicyRule;
  readonly granted: PolicyRule;
  readonly common?: PolicyRule;
}

const rows: readonly Row[] = [
  { name: 'equals', denied: on('get', 'pods'), granted: on('get', 'pods'), common: on('get', 'pods') },
  {
    name: 'only in part',
    denied: on('get list', 'pods secrets'),
    granted: on('list watch', 'secrets nodes'),
    common: on('list', 'secrets'),
  },
  { name: 'not, with other verbs', denied: on('get', 'pods'), granted: on('list', 'pods') },
  { name: 'not, with other resources', denied: on('get', 'pods'), granted: on('get', 'nodes') },
  { name: 'not, in other groups', denied: on('get', 'pods'), granted: on('get', 'pods', { groups: 'apps' }) },
  {
    name: 'in any verb, where that is denied',
    denied: on('*', 'secrets'),
    granted: on('get watch', 'secrets'),
    common: on('get watch', 'secrets'),
  },
  {
    name: 'where everything is granted',
    denied: on('get', 'secrets'),
    granted: on('*', '*', { groups: '*' }),
    common: on('get', 'secrets'),
  },
  { name: 'not between a resource and its subresource', denied: on('get', 'pods'), granted: on('get', 'pods/log') },
  {
    name: 'between every resource and a subresource',
    denied: on('get', '*'),
    granted: on('get', 'pods/log'),
    common: on('get', 'pods/log'),
  },
  {
    name: 'between a subresource and that of every resource',
    denied: on('get', 'deployments/scale'),
    granted: on('get', '*/scale'),
    common: on('get', 'deployments/scale'),
  },
  { name: 'not between other subresources', denied: on('get', 'pods/log'), granted: on('get', '*/scale') },
  {
    name: 'with one name, where every name is denied',
    denied: on('get', 'secrets'),
    granted: on('get', 'secrets', { names: 'tls' }),
    common: on('get', 'secrets', { names: 'tls' }),
  },
  {
    name: 'with one name, where every name is granted',
    denied: on('get', 'secrets', { names: 'tls' }),
    granted: on('get', 'secrets'),
    common: on('get', 'secrets', { names: 'tls' }),
  },
  {
    name: 'not, with other names',
    denied: on('get', 'secrets', { names: 'tls' }),
    granted: on('get', 'secrets', { names: 'key' }),
  },
  { name: 'not, with other case', denied: on('get', 'pods'), granted: on('GET', 'Pods') },
  { name: 'not between URLs and resources', denied: urls('get', '/metrics'), granted: on('get', '*') },
  { name: 'not between resources and URLs', denied: on('*', '*'), granted: urls('get', '*') },
  {
    name: 'between a URL and what begins like it',
    denied: urls('get', '/logs/*'),
    granted: urls('get', '/logs/kubelet /metrics'),
    common: urls('get', '/logs/kubelet'),
  },
  { name: 'not between a folder and what lies in it', denied: urls('get', '/logs'), granted: urls('get', '/logs/*') },
];

describe('two rules overlap', () => {
  for (const { name, denied, granted, common } of rows) {
    it(name, () => {
      expect(findOverlap(denied, granted)).to.deep.equal(common);
    });
  }
});
