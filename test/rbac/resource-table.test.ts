/** The same names are asked of the real kubectl in test/cli/can-i.integration.test.ts. */
import { expect } from 'chai';

import { apiResources } from '../../src/rbac/api-resources.ts';
import { buildResourceTable } from '../../src/rbac/resource-table.ts';
import type { NamedResource } from '../../src/rbac/resource-table.ts';

const custom: readonly NamedResource[] = [
  { group: '', resource: 'events', singular: 'event', shortNames: ['ev'], namespaced: true },
  { group: 'events.k8s.io', resource: 'events', singular: 'event', shortNames: ['ev'], namespaced: true },
  { group: 'example.com', resource: 'gizmos', singular: 'gizmo', shortNames: ['gz', 'event'], namespaced: false },
  { group: 'sample.example.com', resource: 'gizmos', singular: 'gizmo', namespaced: true },
];

describe('the name of a resource', () => {
  const table = buildResourceTable(custom);
  const rows: readonly (readonly [typed: string, found: string | undefined])[] = [
    ['gizmos', 'gizmos.example.com'],
    ['gizmo', 'gizmos.example.com'],
    ['GIZMO', 'gizmos.example.com'],
    ['gz', 'gizmos.example.com'],
    ['gizmos.sample.example.com', 'gizmos.sample.example.com'],
    // The beginning of a group is enough, where it is not one itself.
    ['gizmos.sample', 'gizmos.sample.example.com'],
    ['gizmos.exam', 'gizmos.example.com'],
    ['gz.example.com', 'gizmos.example.com'],
    ['gizmos.v1.example.com', 'gizmos.example.com'],
    ['gizmos.v1beta1.sample.example.com', 'gizmos.sample.example.com'],
    // The preferred group comes first, and a name before a short name.
    ['events', 'events.'],
    ['event', 'events.'],
    ['ev', 'events.'],
    ['events.events', 'events.events.k8s.io'],
    ['*', '*.'],
    ['gizmoz', undefined],
    ['gizmos.other', undefined],
    ['', undefined],
    ['.example.com', undefined],
    // Of these only authorizers are asked.
    ['users', 'users.'],
    ['groups', 'groups.'],
    ['signers.certificates.k8s.io', 'signers.certificates.k8s.io'],
    ['userextras.authentication.k8s.io', 'userextras.authentication.k8s.io'],
  ];
  for (const [typed, found] of rows) {
    it(`${typed} is ${found ?? 'not known'}`, () => {
      const name = table.resolve(typed);
      expect(name && `${name.resource}.${name.group}`).to.equal(found);
    });
  }

  it('tells whether it has a namespace, and whether anybody serves it', () => {
    expect(table.isNamespaced('example.com', 'gizmos')).to.equal(false);
    expect(table.isNamespaced('sample.example.com', 'gizmos')).to.equal(true);
    expect(table.isNamespaced('other', 'gizmos')).to.equal(undefined);
    expect(table.isNamespaced('', 'users')).to.equal(false);
    expect(table.isNamespaced('', '*')).to.equal(undefined);
    expect(table.isServed('example.com', 'gizmos')).to.equal(true);
    expect(table.isServed('', 'users')).to.equal(false);
  });

  it('is known of what Kubernetes serves, without any server', () => {
    const builtIn = buildResourceTable(apiResources);
    expect(builtIn.resolve('deploy')).to.deep.equal({ group: 'apps', resource: 'deployments' });
    expect(builtIn.resolve('po')).to.deep.equal({ group: '', resource: 'pods' });
    expect(builtIn.isNamespaced('', 'nodes')).to.equal(false);
  });
});
