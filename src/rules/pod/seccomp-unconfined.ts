/**
 * Without its seccomp profile a container reaches every system call of the kernel.
 *
 * Source: Pod Security Standards, baseline, "Seccomp" (from v1.0 for annotations, from v1.19 for fields).
 */
import { defineRule } from '../../core/rule.ts';
import { seccompProfileBaseline } from '../../pod-security/checks/seccomp-profile-baseline.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';

export const seccompUnconfined = defineRule({
  id: 'pod-seccomp-unconfined',
  title: 'Pods must not switch seccomp off',
  severity: 'high',
  severityReason: 'Flaws of the kernel that the default profile keeps out of reach become a way onto the node.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  controls: ['pss/baseline/seccompProfile_baseline', 'cis-1.12/5.6.2', 'nsa/pod-security'],
  rationale:
    'The default profile of container runtimes closes some sixty system calls that applications do not need and that attacks on the kernel begin with.',
  remediation:
    'Set securityContext.seccompProfile.type to RuntimeDefault, or to Localhost with a profile that allows what the program needs.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext:
    seccompProfile: { type: Unconfined }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check: judgeBy(seccompProfileBaseline),
});
