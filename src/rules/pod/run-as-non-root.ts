/**
 * Nothing but runAsNonRoot keeps a container from starting as uid 0: without it the image decides.
 *
 * Source: Pod Security Standards, restricted, "Running as Non-root" (from v1.0; pods in a user namespace exempt from
 * v1.35, because their uid 0 is nobody on the node).
 */
import { defineRule } from '../../core/rule.ts';
import { runAsNonRoot as check } from '../../pod-security/checks/run-as-non-root.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';
import { podVariables } from '../../core/enforcement.ts';
import { containersWith, exceptInUserNamespace, listIf } from '../lib/pod-cel.ts';

export const runAsNonRoot = defineRule({
  id: 'pod-run-as-non-root',
  title: 'Containers must be required to run as a user other than root',
  severity: 'medium',
  severityReason: 'Root in a container needs another flaw before it is root on the node.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  controls: ['pss/restricted/runAsNonRoot', 'cis-1.12/5.2.7', 'nsa/pod-security'],
  rationale:
    'Where the manifest does not require it the image decides, and most images start as root: then one flaw in the runtime is root on the node.',
  remediation:
    'Set securityContext.runAsNonRoot to true on the pod (or on each container) and run the image as a numeric user other than 0.',
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
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  // Who says that it runs as root would never start; nor need anybody say so who is root nowhere but in the pod.
  sets: {
    of: 'pod',
    field: 'runAsNonRoot',
    value: true,
    unless: {
      cel: `!object.spec.?hostUsers.orValue(true) ||
      object.spec.?securityContext.?runAsUser.orValue(1) == 0 ||
      object.spec.containers.exists(c, c.?securityContext.?runAsUser.orValue(1) == 0) ||
      object.spec.?initContainers.orValue([]).exists(c, c.?securityContext.?runAsUser.orValue(1) == 0)`,
      holds: ({ spec: { hostUsers, securityContext, containers, initContainers = [] } }) =>
        hostUsers === false ||
        [{ securityContext }, ...containers, ...initContainers].some((one) => one.securityContext?.runAsUser === 0),
    },
  },

  check: judgeBy(check),

  enforce(_, target) {
    const own = 'c.?securityContext.?runAsNonRoot';
    const ofPod = `${podVariables.spec}.?securityContext.?runAsNonRoot`;
    return {
      family: 'pod-security',
      ...exceptInUserNamespace(
        target,
        `${listIf(`!${ofPod}.orValue(true)`, 'the pod sets runAsNonRoot to false')} +
${containersWith(`!${own}.orValue(${ofPod}.orValue(false))`, 'is not required to run as another user than root')}`,
      ),
    };
  },
});
