import { expect } from 'chai';

import { serviceAccount } from '../../src/rbac/request.ts';
import type { PolicyUse, Usability } from '../../src/psp/policy-use.ts';
import { selectPolicy } from '../../src/psp/select-policy.ts';
import type { PodSecurityPolicy } from '../../src/psp/pod-security-policy.ts';
import { podOf, policyOf } from './admission-rows.ts';

const requester = { namespace: 'shop', who: [serviceAccount('shop', 'web')] };
const useOf = (usabilities: Readonly<Record<string, Usability>>): PolicyUse => ({
  isGiven: true,
  mayUse: (policy) => usabilities[policy] ?? 'no',
  someoneMayUse: (policy) => usabilities[policy] ?? 'no',
});
const mutating = (name: string) => policyOf('{ readOnlyRootFilesystem: true }', '{}', name);
const plain = (name: string) => policyOf('{}', '{}', name);
const refusing = (name: string) => policyOf('{ allowedProcMountTypes: [Unmasked] }', '{}', name);
const outcomeOf = (policies: readonly PodSecurityPolicy[], use?: PolicyUse) =>
  selectPolicy(policies, podOf(), requester, use);

describe('selectPolicy', () => {
  it('prefers a policy that does not change the pod', () => {
    expect(outcomeOf([mutating('a'), plain('b')])).to.deep.equal({ outcome: 'admitted', policy: 'b', mutations: [] });
  });
  it('takes the first by name of those that do not change it', () => {
    expect(outcomeOf([plain('c'), plain('b')])).to.include({ policy: 'b' });
  });
  it('takes the first by name of those that change it, where every one does', () => {
    expect(outcomeOf([mutating('c'), mutating('b'), refusing('a')])).to.deep.equal({
      outcome: 'admitted',
      policy: 'b',
      mutations: [{ path: 'spec.containers[0].securityContext.readOnlyRootFilesystem', value: true }],
    });
  });
  it('says why each of them refuses, in the order of their names', () => {
    const selection = outcomeOf([refusing('b'), refusing('a')]);
    expect(selection).to.have.property('outcome', 'refused');
    expect(selection).to.have.property('refusals').that.has.length(2);
    expect(selection).to.have.nested.property('refusals[0].policy', 'a');
    expect(selection).to.have.nested.property('refusals[1].reasons[0].field', 'spec.allowedProcMountTypes');
  });
  it('leaves out what nobody concerned may use', () => {
    expect(outcomeOf([plain('a'), plain('b')], useOf({ b: 'yes' }))).to.include({ policy: 'b' });
    expect(outcomeOf([plain('a')], useOf({}))).to.deep.equal({
      outcome: 'refused',
      refusals: [
        {
          policy: 'a',
          reasons: [
            {
              path: 'spec.serviceAccountName',
              field: 'metadata.name',
              message: '"system:serviceaccount:shop:web" may not use "a"',
            },
          ],
        },
      ],
    });
  });
  it('is unknown where only a policy admits of which nobody knows who may use it', () => {
    const selection = outcomeOf([plain('a'), refusing('b')], useOf({ a: { unknown: 'why' }, b: 'yes' }));
    expect(selection).to.deep.include({
      outcome: 'unknown',
      message: 'PodSecurityPolicy "a" would admit it, but who may use it is not known: why',
    });
  });
  it('is not unknown where such a policy refuses, or another one admits', () => {
    expect(outcomeOf([refusing('a')], useOf({ a: { unknown: 'why' } }))).to.include({ outcome: 'refused' });
    const admitted = outcomeOf([plain('a'), mutating('b')], useOf({ a: { unknown: 'why' }, b: 'yes' }));
    expect(admitted).to.include({ outcome: 'admitted', policy: 'b' });
  });
  it('refuses where there are no policies', () => {
    expect(outcomeOf([])).to.deep.equal({ outcome: 'refused', refusals: [] });
  });
});
