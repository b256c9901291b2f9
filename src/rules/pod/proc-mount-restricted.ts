/**
 * Since baseline lets pods in a user namespace mount /proc as they like, restricted has a check of its own that does not.
 *
 * Source: Pod Security Standards, restricted, "/proc Mount Type" (from v1.35).
 */
import { defineRule } from '../../core/rule.ts';
import { procMountRestricted as check } from '../../pod-security/checks/proc-mount-restricted.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';

export const procMountRestricted = defineRule({
  id: 'pod-proc-mount-restricted',
  title: 'Containers must have the default mount of /proc, in a user namespace of their own too',
  severity: 'low',
  severityReason: 'In a user namespace its root may not write there; outside of one pod-proc-mount says how bad it is.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  controls: ['pss/restricted/procMount_restricted', 'nsa/pod-security'],
  rationale:
    'What the default mount of /proc hides tells a container about its node and opens more of the kernel to it, whoever its root is outside.',
  remediation: 'Remove securityContext.procMount, or set it to Default.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: builder }
spec:
  hostUsers: false
  containers:
    - name: builder
      image: registry.example/builder:1
      securityContext: { procMount: Unmasked }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: builder }
spec:
  hostUsers: false
  containers:
    - { name: builder, image: registry.example/builder:1 }
`,
  },

  check: judgeBy(check),
});
