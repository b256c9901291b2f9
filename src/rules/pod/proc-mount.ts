/**
 * The default mount of /proc hides what leads into the kernel and the node.
 *
 * Source: Pod Security Standards, baseline, "/proc Mount Type" (from v1.0; pods in a user namespace exempt from v1.35).
 */
import { defineRule } from '../../core/rule.ts';
import { procMount as check } from '../../pod-security/checks/proc-mount.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';

export const procMount = defineRule({
  id: 'pod-proc-mount',
  title: 'Containers must have the default mount of /proc',
  severity: 'high',
  severityReason: 'Root in such a container can write settings of the kernel that make it run programs on the node.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        description: 'Types of mount that are allowed besides Default.',
        maxItems: 2,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', enum: ['Default', 'Unmasked'] },
        default: [],
      },
    },
  },
  controls: ['pss/baseline/procMount', 'nsa/pod-security'],
  rationale:
    'Container runtimes hide parts of /proc and make others read-only, because they belong to the node: its memory, its devices, the settings of its kernel.',
  remediation:
    'Remove securityContext.procMount; where containers run inside of the container, set hostUsers to false on the pod, too.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: builder }
spec:
  containers:
    - name: builder
      image: registry.example/builder:1
      securityContext: { procMount: Unmasked }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: builder }
spec:
  containers:
    - name: builder
      image: registry.example/builder:1
      securityContext: { procMount: Default }
`,
  },

  check: judgeBy(check, ({ observed }, { allowed }) => allowed.some((type) => type === observed)),
});
