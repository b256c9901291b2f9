import { expect } from 'chai';

import type { ObjectOf } from '../../src/core/kinds.ts';
import { directSources, leafSources } from '../../src/rbac/aggregation.ts';
import { objectOf } from '../core/yaml-objects.ts';

function role(name: string, label: string, gathers?: string): ObjectOf<'ClusterRole'> {
  const selectors =
    gathers === undefined ? '' : `aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: ${gathers} } }] }`;
  return objectOf(
    'ClusterRole',
    `kind: ClusterRole\nmetadata: { name: ${name}, labels: { to: ${label} } }\n${selectors}`,
  );
}

describe('aggregation', () => {
  const top = role('top', 'nobody', 'top');
  const middle = role('middle', 'top', 'middle');
  const all = [role('z', 'middle'), role('a', 'middle'), top, middle, role('other', 'other')];

  it('gathers what a role selects, by name, and not the role itself', () => {
    const own = role('own', 'own', 'own');
    expect(directSources(own, [own, role('b', 'own'), role('a', 'own')]).map(({ name }) => name)).to.deep.equal([
      'a',
      'b',
    ]);
  });

  it('comes from those in the end that gather nothing themselves', () => {
    expect(directSources(top, all).map(({ name }) => name)).to.deep.equal(['middle']);
    expect(leafSources(top, all).map(({ name }) => name)).to.deep.equal(['a', 'z']);
  });

  it('ends where roles gather each other', () => {
    const one = role('one', 'two', 'one');
    const two = role('two', 'one', 'two');
    expect(leafSources(one, [one, two, role('leaf', 'two')]).map(({ name }) => name)).to.deep.equal(['leaf']);
  });

  it('gathers nothing from what cannot be read', () => {
    const broken = objectOf(
      'ClusterRole',
      'kind: ClusterRole\nmetadata: { name: broken, labels: { to: top } }\nrules: 5',
    );
    expect(directSources(top, [broken])).to.deep.equal([]);
  });
});
