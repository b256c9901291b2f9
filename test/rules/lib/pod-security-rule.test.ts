/** What a rule of the Pod Security Standards says is what Pod Security says. */
import { expect } from 'chai';
import fc from 'fast-check';

import { kinds } from '../../../src/core/kinds.ts';
import type { PodTemplate } from '../../../src/core/pod-template.ts';
import { project } from '../../../src/core/project.ts';
import { findParamsProblem, resolveParams } from '../../../src/core/params.ts';
import type { CheckResult, Rule, Violation } from '../../../src/core/rule.ts';
import { MalformedField } from '../../../src/core/shape.ts';
import { isRefusal, runCheck } from '../../../src/pod-security/check.ts';
import type { PodSecurityCheck } from '../../../src/pod-security/check.ts';
import { podSecurityChecks } from '../../../src/pod-security/registry.ts';
import { LATEST_VERSION } from '../../../src/pod-security/version.ts';
import { rules } from '../../../src/rules/index.ts';
import { capabilities } from '../../../src/rules/pod/capabilities.ts';
import { hostPorts } from '../../../src/rules/pod/host-ports.ts';
import { seccompProfile } from '../../../src/rules/pod/seccomp-profile.ts';
import { objectArbitrary } from '../object-arbitrary.ts';

const ruleOfCheck: Readonly<Record<string, string>> = {
  appArmorProfile: 'pod-apparmor-profile',
  capabilities_baseline: 'pod-capabilities',
  hostNamespaces: 'pod-host-namespaces',
  hostPathVolumes: 'pod-host-path-volumes',
  hostPorts: 'pod-host-ports',
  hostProbesAndHostLifecycle: 'pod-host-probes',
  privileged: 'pod-privileged',
  procMount: 'pod-proc-mount',
  seLinuxOptions: 'pod-selinux-options',
  seccompProfile_baseline: 'pod-seccomp-unconfined',
  sysctls: 'pod-sysctls',
  windowsHostProcess: 'pod-windows-host-process',
  allowPrivilegeEscalation: 'pod-privilege-escalation',
  capabilities_restricted: 'pod-capabilities-restricted',
  procMount_restricted: 'pod-proc-mount-restricted',
  restrictedVolumes: 'pod-restricted-volumes',
  runAsNonRoot: 'pod-run-as-non-root',
  runAsUser: 'pod-run-as-root-user',
  seccompProfile_restricted: 'pod-seccomp-profile',
};

function ruleOf({ id }: PodSecurityCheck): Rule<'Workload'> {
  const rule = rules.find((one) => one.id === ruleOfCheck[id]);
  if (rule?.subject !== 'Workload') throw new Error(`Pod Security's check "${id}" has no rule`);
  return rule;
}

/** With no parameter set; a rule that reads the version and does not say so throws. */
function judge(rule: Rule<'Workload'>, pod: PodTemplate, version: number): CheckResult {
  const unreadable = (): never => {
    throw new Error(`${rule.id} reads what it does not declare`);
  };
  return rule.check(pod, {
    params: resolveParams(rule),
    get podSecurityVersion() {
      return rule.reads?.includes('ServerVersion') === true ? version : unreadable();
    },
    get subject() {
      return unreadable();
    },
    get snapshot() {
      return unreadable();
    },
    get expected() {
      return unreadable();
    },
  });
}

/** What the check says, in the form of a rule's verdict. */
function verdictOf(check: PodSecurityCheck, pod: PodTemplate, version: number): CheckResult {
  const outcome = runCheck(check, version, pod);
  return isRefusal(outcome) ? outcome.violations : (outcome ?? []);
}

/** A verdict without what a rule alone has a mind of, or the field that is malformed. */
function verdictOrFault(read: () => CheckResult): unknown {
  try {
    const verdict = read();
    return 'outcome' in verdict ? verdict : verdict.map(withoutSeverity);
  } catch (error) {
    if (error instanceof MalformedField) return error.path;
    throw error;
  }
}

function withoutSeverity({ path, observed, message }: Violation): object {
  return { path, observed, message };
}

const podArbitrary = objectArbitrary('Pod').map((json): PodTemplate => project(kinds.Pod.shape, json));
const versionArbitrary = fc.oneof(fc.integer({ min: 0, max: LATEST_VERSION + 1 }), fc.constant(Infinity));

describe('rules of the Pod Security Standards', () => {
  it('each check has its rule, which names it among its controls', () => {
    expect(podSecurityChecks.map(({ id }) => id)).to.have.members(Object.keys(ruleOfCheck));
    for (const check of podSecurityChecks) {
      expect(ruleOf(check).controls, ruleOf(check).id).to.include(`pss/${check.level}/${check.id}`);
    }
  });

  it('say of any pod what the check says, at any version', () => {
    fc.assert(
      fc.property(podArbitrary, versionArbitrary, (pod, version) => {
        for (const check of podSecurityChecks) {
          expect(
            verdictOrFault(() => judge(ruleOf(check), pod, version)),
            check.id,
          ).to.deep.equal(verdictOrFault(() => verdictOf(check, pod, version)));
        }
      }),
      { numRuns: 100 },
    );
  }).timeout(30_000);

  it('have one verdict for all pods that pass', () => {
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
    const harmless: PodTemplate = {
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [{ name: 'web', securityContext }],
      },
    };
    const verdicts = podSecurityChecks.map((check) => judge(ruleOf(check), harmless, Infinity));
    expect(verdicts).to.deep.equal(podSecurityChecks.map(() => []));
    expect(new Set(verdicts).size).to.equal(1);
  });

  it('refuse parameters that would never match', () => {
    expect(findParamsProblem(seccompProfile, { allowed: ['runtime/default'] })?.message).to.match(
      /^spec\.rules\["pod-seccomp-profile"\]\.params\.allowed\[0\] is "runtime\/default", and must match/,
    );
    expect(findParamsProblem(hostPorts, { ranges: [{ min: 80 }] })?.message).to.match(/ranges\[0\]\.max is missing$/);
    expect(findParamsProblem(capabilities, { allowed: 'NET_ADMIN' })?.message).to.match(/allowed must be a list/);
  });
});
