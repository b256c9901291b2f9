import { expect } from 'chai';

import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { AcceptedPolicy } from '../../src/core/accepted-policy.ts';
import { isNamedByPolicy, matchPolicy, selectPolicies } from '../../src/core/policy-scope.ts';
import type { Labels } from '../../src/core/policy-scope.ts';

function select(policies: readonly AcceptedPolicy[], labels: Labels | 'cluster'): readonly AcceptedPolicy[] {
  return labels === 'cluster'
    ? selectPolicies(policies, 'cluster', undefined)
    : selectPolicies(policies, { namespace: 'shop' }, labels);
}

describe('the policies that decide for a namespace', () => {
  function accepted(name: string, spec: ClusterHardeningPolicySpec): AcceptedPolicy {
    return { name, generation: 1, spec };
  }
  const everywhere = accepted('everywhere', {});
  const shop = accepted('shop', { namespaceSelector: { matchLabels: { team: 'shop' } } });

  it('are none where there is none', () => {
    expect(select([], { team: 'shop' })).to.deep.equal([]);
  });

  it('are none where none selects it', () => {
    expect(select([shop], { team: 'other' })).to.deep.equal([]);
  });

  it('are one without a selector', () => {
    expect(select([everywhere], {})).to.deep.equal([everywhere]);
  });

  it('are one whose selector is empty, which matches everything', () => {
    const empty = accepted('empty', { namespaceSelector: {} });
    expect(select([empty], {})).to.deep.equal([empty]);
  });

  it('are all that select it, the one of the highest priority first', () => {
    const urgent = accepted('urgent', { priority: 10 });
    expect(select([shop, urgent, everywhere], { team: 'shop' })).to.deep.equal([urgent, everywhere, shop]);
  });

  it('are not one of a higher priority that does not select it', () => {
    const others = accepted('others', { priority: 10, namespaceSelector: { matchLabels: { team: 'other' } } });
    expect(select([others, shop], { team: 'shop' })).to.deep.equal([shop]);
  });

  it('are one without a priority before one below zero', () => {
    const last = accepted('last', { priority: -1 });
    expect(select([last, everywhere], {})).to.deep.equal([everywhere, last]);
  });

  it('are of equals the first by name first, in whatever order they come', () => {
    const a = accepted('a', {});
    const b = accepted('b', {});
    expect(select([b, a], {})).to.deep.equal([a, b]);
    expect(select([a, b], {})).to.deep.equal([a, b]);
  });

  it('are for the cluster itself one without a selector, whatever its selector would match', () => {
    const empty = accepted('empty', { namespaceSelector: {}, priority: 10 });
    expect(select([empty, shop, everywhere], 'cluster')).to.deep.equal([everywhere]);
    expect(select([empty, shop], 'cluster')).to.deep.equal([]);
  });

  it('are those that name it, by its name or by a pattern', () => {
    const named = accepted('named', { namespaces: ['shop', 'pay-*'] });
    const namesOf = (namespace: string) =>
      selectPolicies([named, everywhere], { namespace }, {}).map(({ name }) => name);
    expect(namesOf('shop')).to.deep.equal(['everywhere', 'named']);
    expect(namesOf('pay-eu')).to.deep.equal(['everywhere', 'named']);
    expect(namesOf('pay')).to.deep.equal(['everywhere']);
    expect(select([named], 'cluster')).to.deep.equal([]);
  });

  it('are those whose names and labels both hold', () => {
    const both = accepted('both', { namespaces: ['s*'], namespaceSelector: { matchLabels: { team: 'shop' } } });
    expect(matchPolicy(both, { namespace: 'shop' }, { team: 'shop' })).to.equal('yes');
    expect(matchPolicy(both, { namespace: 'shop' }, { team: 'other' })).to.equal('no');
    expect(matchPolicy(both, { namespace: 'other' }, { team: 'shop' })).to.equal('no');
  });

  it('are not known where they ask for labels that are not known', () => {
    const both = accepted('both', { namespaces: ['s*'], namespaceSelector: { matchLabels: { team: 'shop' } } });
    expect(matchPolicy(both, { namespace: 'shop' }, undefined)).to.equal('unknown');
    expect(matchPolicy(both, { namespace: 'other' }, undefined)).to.equal('no');
    expect(matchPolicy(everywhere, { namespace: 'other' }, undefined)).to.equal('yes');
  });
});

describe('a policy names a namespace', () => {
  it('where it writes its name, and not a pattern that is like it', () => {
    const policies = [{ name: 'a', generation: 1, spec: { namespaces: ['kube-*', 'merlon'] } }];
    expect(isNamedByPolicy(policies, 'merlon')).to.equal(true);
    expect(isNamedByPolicy(policies, 'kube-system')).to.equal(false);
    expect(isNamedByPolicy([{ name: 'a', generation: 1, spec: {} }], 'merlon')).to.equal(false);
  });
});
