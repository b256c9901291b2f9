/**
 * A privileged container has every capability and every device of its node: whoever controls it controls the node.
 *
 * Source: Pod Security Standards, baseline, "Privileged Containers" (from v1.0).
 */
import { defineRule } from '../../core/rule.ts';
import { privileged as check } from '../../pod-security/checks/privileged.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';
import { containersWith } from '../lib/pod-cel.ts';

export const privileged = defineRule({
  id: 'pod-privileged',
  title: 'Containers must not be privileged',
  severity: 'critical',
  severityReason: 'Nothing is left between the container and its node.',
  subject: 'Workload',
  controls: ['pss/baseline/privileged', 'cis-1.12/5.2.2', 'nsa/pod-security'],
  rationale:
    'A privileged container has every capability and every device of its node, so that whoever controls it controls the node and all that runs there.',
  remediation:
    'Remove securityContext.privileged, or set it to false; grant the single capability that is needed with securityContext.capabilities.add.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext: { privileged: true }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext: { privileged: false }
`,
  },

  check: judgeBy(check),

  enforce: () => ({
    family: 'pod-security',
    violations: containersWith('c.?securityContext.?privileged.orValue(false)', 'is privileged'),
  }),
});
