/** An imported policy is never laxer than the PodSecurityPolicy was, but where it says so. */
import { expect } from 'chai';
import fc from 'fast-check';

import { resolveParams } from '../../src/core/params.ts';
import { project } from '../../src/core/project.ts';
import type { CheckResult, RuleContext } from '../../src/core/rule.ts';
import { MalformedField } from '../../src/core/shape.ts';
import { fillDefaults } from '../../src/pod-security/defaulting.ts';
import { admit } from '../../src/psp/admit.ts';
import { podShape } from '../../src/psp/pod.ts';
import type { Pod } from '../../src/psp/pod.ts';
import { readPodSecurityPolicy } from '../../src/psp/read-pod-security-policy.ts';
import type { PodSecurityPolicy } from '../../src/psp/pod-security-policy.ts';
import { mapToRules } from '../../src/psp/rule-mapping.ts';
import { rules } from '../../src/rules/index.ts';
import { podJson, policyJson } from './psp-arbitrary.ts';

/** What the rules say of the pod, by id. */
function judge(policy: PodSecurityPolicy, pod: Pod): ReadonlyMap<string, CheckResult> {
  return new Map(
    mapToRules(policy).map(({ rule: id, params }) => {
      const rule = rules.find((one) => one.id === id);
      if (rule?.subject !== 'Workload') throw new Error(`there is no rule "${id}" for pods`);
      const context = {
        params: resolveParams(rule, params),
        podSecurityVersion: Infinity,
      } as unknown as RuntimeContext;
      return [id, rule.check(pod, context)];
    }),
  );
}
type RuntimeContext = RuleContext;

function isPass(result: CheckResult): boolean {
  return !('outcome' in result) && result.length === 0;
}

/** The refusals that docs/pod-security-policy.md names as those that no rule makes. */
function isKnownDifference(field: string, policy: PodSecurityPolicy, pod: Pod): boolean {
  if (field.includes('seccomp')) {
    const annotated = Object.keys(pod.metadata?.annotations ?? {}).some((key) => key.includes('seccomp'));
    return annotated || policy.seccomp.allowed === undefined || pod.spec.securityContext?.seccompProfile === undefined;
  }
  if (field.includes('apparmor')) return policy.appArmor.allowed?.every((name) => name === '') === true;
  if (field.startsWith('spec.seLinux')) {
    const { type = '', level = '' } = policy.seLinux?.options ?? {};
    return type === '' || level === '';
  }
  return field === 'spec.allowedProcMountTypes' && !policy.allowedProcMountTypes.includes('Default');
}

describe('an imported policy', function () {
  this.timeout(30_000);

  it('is never laxer than the PodSecurityPolicy was, but for what is documented', () => {
    const seen = { passed: 0, failed: 0 };
    fc.assert(
      fc.property(policyJson, podJson, (policyText, podText) => {
        try {
          const policy = readPodSecurityPolicy(policyText);
          const pod = project(podShape, fillDefaults('Pod', podText));
          const results = judge(policy, pod);
          if (![...results.values()].every(isPass)) {
            seen.failed += 1;
            return;
          }
          seen.passed += 1;
          const admission = admit(policy, pod);
          const laxer = admission.outcome === 'refused' ? admission.reasons : [];
          expect(laxer.filter(({ field }) => !isKnownDifference(field, policy, pod))).to.deep.equal([]);
        } catch (error) {
          if (!(error instanceof MalformedField)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.passed, seen.failed), JSON.stringify(seen)).to.be.greaterThan(20);
  });
});
