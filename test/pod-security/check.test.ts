import { expect } from 'chai';

import { isRefusal, runCheck, selectBranch } from '../../src/pod-security/check.ts';
import type { PodSecurityCheck } from '../../src/pod-security/check.ts';
import { podOf } from './check-tester.ts';

const refusal = { reason: 'later', detail: 'because', violations: [] };
const check: PodSecurityCheck = {
  id: 'any',
  level: 'baseline',
  branches: [
    { since: 8, check: () => undefined },
    { since: 25, check: () => refusal },
  ],
};
const pod = podOf('kind: Pod\nspec: { containers: [{ name: web }] }');

describe('a check of Pod Security', () => {
  it('does not exist before its first branch', () => {
    expect(selectBranch(check, 7)).to.equal(undefined);
    expect(runCheck(check, 7, pod)).to.deep.equal({
      outcome: 'notApplicable',
      reason: 'Pod Security has no such check in v1.7; it begins with v1.8',
    });
  });

  it('is its newest branch that the version has', () => {
    expect(runCheck(check, 8, pod)).to.equal(undefined);
    expect(runCheck(check, 24, pod)).to.equal(undefined);
    expect(runCheck(check, 25, pod)).to.equal(refusal);
    expect(runCheck(check, 99, pod)).to.equal(refusal);
  });

  it('refuses a pod, or does not', () => {
    expect(isRefusal(refusal)).to.equal(true);
    expect(isRefusal(undefined)).to.equal(false);
    expect(isRefusal({ outcome: 'notApplicable', reason: 'any' })).to.equal(false);
  });
});
