/**
 * uid 0 in a container is uid 0 on its node, should it get out.
 *
 * Source: Pod Security Standards, restricted, "Running as Non-root user" (from v1.23; pods in a user namespace exempt from
 * v1.35, because their uid 0 is nobody on the node).
 */
import { defineRule } from '../../core/rule.ts';
import { runAsUser } from '../../pod-security/checks/run-as-user.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';
import { podVariables } from '../../core/enforcement.ts';
import { containersWith, exceptInUserNamespace, listIf } from '../lib/pod-cel.ts';

export const runAsRootUser = defineRule({
  id: 'pod-run-as-root-user',
  title: 'Pods must not choose root as their user',
  severity: 'medium',
  severityReason: 'Root in a container needs another flaw before it is root on the node.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  controls: ['pss/restricted/runAsUser', 'cis-1.12/5.2.7', 'nsa/pod-security'],
  rationale:
    'The field runAsUser wins over the user of the image: a 0 makes even an image that was built for another user start as root.',
  remediation:
    'Set securityContext.runAsUser to a number other than 0, or remove it and let the image choose; where root is needed inside, set hostUsers to false on the pod.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { runAsUser: 0 }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { runAsUser: 10001 }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check: judgeBy(runAsUser),

  enforce: (_, target) => ({
    family: 'pod-security',
    ...exceptInUserNamespace(
      target,
      `${listIf(`${podVariables.spec}.?securityContext.?runAsUser.orValue(1) == 0`, 'the pod runs as user 0')} +
${containersWith('c.?securityContext.?runAsUser.orValue(1) == 0', 'runs as user 0')}`,
    ),
  }),
});
