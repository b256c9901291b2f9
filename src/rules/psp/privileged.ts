/**
 * A PodSecurityPolicy that allows what takes over a node is as good as none to whoever may use it.
 *
 * Source: PodSecurityPolicy, `privileged`, `hostPID`, `hostIPC`, `hostNetwork`, `allowedCapabilities` (policy/v1beta1).
 */
import { defineRule, violation } from '../../core/rule.ts';
import { readPodSecurityPolicy } from '../../psp/read-pod-security-policy.ts';

export const privileged = defineRule({
  id: 'psp-privileged',
  title: 'PodSecurityPolicies must not allow pods to take over their node',
  severity: 'high',
  severityReason: 'It gives the node to whoever may use the policy, and nobody else.',
  subject: 'PodSecurityPolicy',
  controls: ['cis-1.12/5.2.2', 'cis-1.12/5.2.3', 'cis-1.12/5.2.4', 'cis-1.12/5.2.5', 'nsa/pod-security'],
  rationale:
    'Who may use such a policy, and that is often everybody, starts a container that is root on the node: everything else that the policy asks is then without effect.',
  remediation:
    'Set the field to false, and give what needs it a policy of its own, which only its service account may use; from Kubernetes 1.25 on, use Pod Security admission.',
  example: {
    fails: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: loose }
spec:
  privileged: true
`,
    passes: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: restricted }
spec:
  privileged: false
`,
  },

  check(subject) {
    const policy = readPodSecurityPolicy(subject);
    const fields = ['privileged', 'hostPID', 'hostIPC', 'hostNetwork'] as const;
    const capabilities = policy.allowedCapabilities.indexOf('*');
    return [
      ...fields
        .filter((field) => policy[field])
        .map((field) =>
          violation(
            `spec.${field}`,
            true,
            `the policy allows ${field}; set it to false`,
            field === 'privileged' ? undefined : 'medium',
          ),
        ),
      ...(capabilities === -1
        ? []
        : [
            violation(
              `spec.allowedCapabilities[${capabilities}]`,
              '*',
              'the policy allows to add every capability; name those that are needed',
            ),
          ]),
    ];
  },
});
