/**
 * RunAsAny asks nothing: root is any user, too.
 *
 * Source: PodSecurityPolicy, `runAsUser`, `runAsGroup`, `supplementalGroups`, `fsGroup`, `seLinux` (policy/v1beta1).
 */
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { readPodSecurityPolicy } from '../../psp/read-pod-security-policy.ts';

/** What it costs that anything is allowed. Absent, only runAsGroup was accepted, and is any. */
const strategies: Readonly<Record<string, { readonly severity: Severity; readonly advice: string }>> = {
  runAsUser: { severity: 'medium', advice: 'use MustRunAsNonRoot, or MustRunAs with a range above 0' },
  runAsGroup: { severity: 'low', advice: 'use MustRunAs or MayRunAs with a range above 0' },
  supplementalGroups: { severity: 'low', advice: 'use MustRunAs or MayRunAs with a range above 0' },
  fsGroup: { severity: 'low', advice: 'use MustRunAs or MayRunAs with a range above 0' },
  seLinux: { severity: 'info', advice: 'use MustRunAs where the nodes have SELinux' },
};

export const runAsAny = defineRule({
  id: 'psp-run-as-any',
  title: 'PodSecurityPolicies must not leave users and groups to the pod',
  severity: 'medium',
  severityReason: 'Root in a container needs another flaw before it is root on the node.',
  subject: 'PodSecurityPolicy',
  controls: ['cis-1.12/5.2.7', 'nsa/pod-security'],
  rationale:
    'Most images start as root where nothing else is asked of them, and groups open what others have put on shared storage.',
  remediation:
    'Set runAsUser to MustRunAsNonRoot, and groups to MustRunAs or MayRunAs with ranges from 1; test with "merlon scan --psp" what it would refuse.',
  example: {
    fails: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: loose }
spec:
  runAsUser: { rule: RunAsAny }
  runAsGroup: { rule: RunAsAny }
  supplementalGroups: { rule: RunAsAny }
  fsGroup: { rule: RunAsAny }
  seLinux: { rule: RunAsAny }
`,
    passes: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: restricted }
spec:
  runAsUser: { rule: MustRunAsNonRoot }
  runAsGroup: { rule: MayRunAs, ranges: [{ min: 1, max: 65535 }] }
  supplementalGroups: { rule: MustRunAs, ranges: [{ min: 1, max: 65535 }] }
  fsGroup: { rule: MustRunAs, ranges: [{ min: 1, max: 65535 }] }
  seLinux: { rule: MustRunAs, seLinuxOptions: { level: 's0:c123,c456' } }
`,
  },

  check(subject) {
    const { runAsUser, runAsGroup, supplementalGroups, fsGroup, seLinux } = readPodSecurityPolicy(subject);
    const chosen = { runAsUser, runAsGroup, supplementalGroups, fsGroup, seLinux };
    return Object.entries(chosen).flatMap(([field, strategy]): readonly Violation[] => {
      const { severity, advice } = strategies[field] ?? { severity: 'medium', advice: '' };
      if (strategy === undefined) {
        return [
          violation(
            `spec.${field}`,
            undefined,
            `the policy has no ${field}, so anything is allowed; ${advice}`,
            severity,
          ),
        ];
      }
      if (strategy.rule !== 'RunAsAny') return [];
      return [violation(`spec.${field}.rule`, strategy.rule, `the policy allows any ${field}; ${advice}`, severity)];
    });
  },
});
