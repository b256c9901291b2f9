/**
 * A process that may gain more privileges than its parent turns one setuid binary into root inside the container.
 *
 * Source: Pod Security Standards, restricted, "Privilege Escalation" (from v1.8; Windows exempt from v1.25).
 */
import { defineRule } from '../../core/rule.ts';
import { allowPrivilegeEscalation } from '../../pod-security/checks/allow-privilege-escalation.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';
import { containersWith, exceptOnWindows } from '../lib/pod-cel.ts';

export const privilegeEscalation = defineRule({
  id: 'pod-privilege-escalation',
  title: 'Containers must not allow privilege escalation',
  severity: 'high',
  severityReason: 'It takes a setuid binary or a file capability in the image to make use of it.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  controls: ['pss/restricted/allowPrivilegeEscalation', 'cis-1.12/5.2.6', 'nsa/pod-security'],
  rationale:
    'The default is to allow it, so a container that says nothing is exposed to every setuid binary of its image.',
  remediation: 'Set securityContext.allowPrivilegeEscalation to false on every container.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext: { allowPrivilegeEscalation: false }
`,
  },

  // What the API server refuses beside it stays unset: a name with CAP_ is one that it knows.
  sets: {
    of: 'container',
    field: 'allowPrivilegeEscalation',
    value: false,
    unless: {
      cel: `c.?securityContext.?privileged.orValue(false) ||
      'CAP_SYS_ADMIN' in c.?securityContext.?capabilities.?add.orValue([])`,
      holds: ({ securityContext }) =>
        securityContext?.privileged === true || securityContext?.capabilities?.add?.includes('CAP_SYS_ADMIN') === true,
    },
  },

  check: judgeBy(allowPrivilegeEscalation),

  enforce: () => ({
    family: 'pod-security',
    violations: exceptOnWindows(
      containersWith(
        'c.?securityContext.?allowPrivilegeEscalation.orValue(true)',
        'does not set allowPrivilegeEscalation to false',
      ),
    ),
  }),
});
