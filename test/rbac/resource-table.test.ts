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
});

describe('the name of a resource that Kubernetes itself serves', () => {
  const table = buildResourceTable(apiResources);
  const rows: readonly { readonly name: string; readonly typed: string; readonly means: string | undefined }[] = [
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
    // No authorizer looks at the version.
    { name: 'a version that nothing is served in', typed: 'deployments.v9.apps', means: 'deployments.apps' },
    { name: 'a resource in a group that it is not of', typed: 'pods.apps', means: undefined },
    { name: 'a custom resource', typed: 'certificates.cert-manager.io', means: undefined },
    { name: 'a name that every object has', typed: 'constructor', means: undefined },
  ];
  for (const { name, typed, means } of rows) {
    it(`${means === undefined ? 'is not found' : 'is found'} by ${name}`, () => {
      const found = table.resolve(typed);
      expect(found && `${found.resource}.${found.group}`).to.equal(means);
    });
  }

  it('tells whether it has a namespace', () => {
    expect(table.isNamespaced('', 'nodes')).to.equal(false);
    expect(table.isNamespaced('apps', 'deployments')).to.equal(true);
  });
});
