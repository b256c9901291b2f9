/**
 * Of all fields this one is true where it is absent.
 *
 * Source: PodSecurityPolicy, `allowPrivilegeEscalation` and `defaultAllowPrivilegeEscalation` (policy/v1beta1).
 */
import { defineRule, violation } from '../../core/rule.ts';
import { readPodSecurityPolicy } from '../../psp/read-pod-security-policy.ts';

export const privilegeEscalation = defineRule({
  id: 'psp-privilege-escalation',
  title: 'PodSecurityPolicies must not allow privilege escalation',
  severity: 'medium',
  severityReason: 'It takes a setuid program in the container before anything comes of it.',
  subject: 'PodSecurityPolicy',
  controls: ['cis-1.12/5.2.6', 'nsa/pod-security'],
  rationale:
    'Where the policy says nothing of it, it is allowed, and a process that is not root becomes root by one setuid program of its image.',
  remediation:
    'Set allowPrivilegeEscalation to false, which also sets it in pods that say nothing; defaultAllowPrivilegeEscalation alone does not keep a pod from setting it to true.',
  example: {
    fails: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: loose }
spec:
  privileged: false
`,
    passes: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: restricted }
spec:
  allowPrivilegeEscalation: false
`,
  },

  check(subject) {
    const { allowPrivilegeEscalation, defaultAllowPrivilegeEscalation } = readPodSecurityPolicy(subject);
    if (!allowPrivilegeEscalation) return [];
    const why =
      defaultAllowPrivilegeEscalation === false
        ? 'the policy only sets the default of allowPrivilegeEscalation, and admits a pod that sets it to true'
        : 'the policy allows privilege escalation';
    const written = subject.spec?.allowPrivilegeEscalation;
    return [violation('spec.allowPrivilegeEscalation', written, `${why}; set allowPrivilegeEscalation to false`)];
  },
});
