import { expect } from 'chai';

import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { findReach } from '../../src/controller/policy-reach.ts';
import type { Labels } from '../../src/core/policy-scope.ts';

const labels = new Map<string, Labels>([
  ['shop', { team: 'shop' }],
  ['shop-test', { team: 'shop' }],
  ['pay', { team: 'pay' }],
]);

function reachOf(
  before: ClusterHardeningPolicySpec | undefined,
  after: ClusterHardeningPolicySpec | undefined,
  labelsOf: (namespace: string) => Labels | undefined = (namespace) => labels.get(namespace),
): readonly string[] {
  const version = (generation: number, spec: ClusterHardeningPolicySpec | undefined) =>
    spec === undefined ? undefined : { name: 'strict', generation, spec };
  const reach = findReach({ before: version(1, before), after: version(2, after) }, [...labels.keys()], labelsOf);
  return [...reach.namespaces, ...(reach.cluster ? ['the cluster'] : [])];
}

const ofShop = { namespaceSelector: { matchLabels: { team: 'shop' } } };
const ofPay = { namespaceSelector: { matchLabels: { team: 'pay' } } };

describe('what a changed policy reaches', () => {
  it('is what it selects, and nothing else', () => {
    expect(reachOf({ ...ofShop, threshold: 'low' }, ofShop)).to.deep.equal(['shop', 'shop-test']);
    expect(reachOf(undefined, { namespaces: ['*-test'] })).to.deep.equal(['shop-test']);
    expect(reachOf(undefined, { namespaceSelector: { matchLabels: { team: 'nobody' } } })).to.deep.equal([]);
  });

  it('is what it selected before, and what it selects now', () => {
    expect(reachOf(ofShop, ofPay)).to.have.members(['shop', 'shop-test', 'pay']);
    expect(reachOf(ofShop, undefined)).to.deep.equal(['shop', 'shop-test']);
  });

  it('is everything and the cluster itself without a selector', () => {
    expect(reachOf(undefined, {})).to.deep.equal(['shop', 'shop-test', 'pay', 'the cluster']);
  });

  it('is what it may select where labels are not known', () => {
    expect(reachOf(undefined, { ...ofPay, namespaces: ['shop*'] }, () => undefined)).to.deep.equal([
      'shop',
      'shop-test',
    ]);
  });

  it('is also whom it expects something of, wherever that is', () => {
    const expectations = [{ subject: { kind: 'ServiceAccount', namespace: 'pay', name: 'web' }, only: true }] as const;
    expect(reachOf(ofShop, { ...ofShop, expectations })).to.deep.equal(['shop', 'shop-test', 'pay', 'the cluster']);
    expect(reachOf({ ...ofShop, expectations }, { ...ofShop, expectations, threshold: 'low' })).to.deep.equal([
      'shop',
      'shop-test',
    ]);
  });

  it('is everything where it says something else of the authorizers', () => {
    expect(reachOf(ofShop, { ...ofShop, authorization: { modes: ['Node', 'RBAC'] } })).to.have.lengthOf(4);
  });

  it('is nothing where no version was ever good', () => {
    expect(reachOf(undefined, undefined)).to.deep.equal([]);
  });
});
