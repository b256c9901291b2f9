/** What holds of every PodSecurityPolicy and every pod. */
import { expect } from 'chai';
import fc from 'fast-check';

import { project } from '../../src/core/project.ts';
import { MalformedField } from '../../src/core/shape.ts';
import { admit } from '../../src/psp/admit.ts';
import type { Admission } from '../../src/psp/admit.ts';
import { podShape } from '../../src/psp/pod.ts';
import { readPodSecurityPolicy } from '../../src/psp/read-pod-security-policy.ts';
import type { PodSecurityPolicy } from '../../src/psp/pod-security-policy.ts';
import { podJson, policyJson } from './psp-arbitrary.ts';

describe('admit', function () {
  this.timeout(30_000);

  interface Judged {
    readonly policy: PodSecurityPolicy;
    readonly admission: Admission;
  }

  /** Undefined where the policy or the pod is malformed; every other error is thrown on. */
  function judge(policyText: unknown, podText: unknown): Judged | undefined {
    try {
      const policy = readPodSecurityPolicy(policyText);
      return { policy, admission: admit(policy, project(podShape, podText)) };
    } catch (error) {
      if (error instanceof MalformedField) return undefined;
      throw error;
    }
  }

  it('throws for nothing but malformed fields, and never changes what it admitted once more', () => {
    const seen = { malformed: 0, admitted: 0, mutated: 0, refused: 0 };
    fc.assert(
      fc.property(policyJson, podJson, (policyText, podText) => {
        const judged = judge(policyText, podText);
        if (judged === undefined) {
          seen.malformed += 1;
          return;
        }
        const { policy, admission } = judged;
        if (admission.outcome === 'refused') {
          seen.refused += 1;
          expect(admission.reasons).not.to.deep.equal([]);
          return;
        }
        seen[admission.mutated ? 'mutated' : 'admitted'] += 1;
        const again = admit(policy, admission.pod);
        expect(again).to.deep.equal({ ...admission, mutated: false, mutations: [] });
        expect(again).to.have.property('pod', admission.pod);
      }),
      { numRuns: 3_000 },
    );
    expect(
      Object.values(seen).every((count) => count > 20),
      JSON.stringify(seen),
    ).to.equal(true);
  });

  it('never throws anything else for JSON of any kind', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (policyText, podText) => {
        judge(policyText, podText);
        judge({ metadata: { name: 'any' }, spec: policyText }, { spec: podText });
      }),
    );
  });
});
