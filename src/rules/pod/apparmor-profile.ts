/**
 * Without its AppArmor profile a container may write where its runtime would not let it.
 *
 * Source: Pod Security Standards, baseline, "AppArmor" (from v1.0; annotations, and fields since Kubernetes v1.30).
 */
import { defineRule } from '../../core/rule.ts';
import { appArmorProfile } from '../../pod-security/checks/app-armor-profile.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';
import { findOtherProfiles, PROFILE_PATTERN } from '../lib/profiles.ts';

const judge = judgeBy(appArmorProfile);

export const apparmorProfile = defineRule({
  id: 'pod-apparmor-profile',
  title: 'Pods must not switch AppArmor off',
  severity: 'high',
  severityReason: 'On nodes with AppArmor it takes away what stops a process that has become root in its container.',
  subject: 'Workload',
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        description:
          'The only profiles that are allowed: RuntimeDefault, Unconfined, Localhost/NAME, Localhost for any name; an empty item allows to choose none. Without items those of Pod Security.',
        maxItems: 100,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', maxLength: 4096, pattern: PROFILE_PATTERN },
        default: [],
      },
    },
  },
  controls: ['pss/baseline/appArmorProfile', 'cis-1.12/5.6.3', 'nsa/pod-security'],
  rationale:
    'Where AppArmor is there each container has the profile of its runtime, which closes mounts and the sensitive parts of /proc and /sys; unconfined it has none.',
  remediation:
    'Remove appArmorProfile and the annotations of AppArmor, or choose RuntimeDefault, or Localhost with a profile of your own.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext:
    appArmorProfile: { type: Unconfined }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext:
    appArmorProfile: { type: RuntimeDefault }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod, context) {
    const found = judge(pod, context);
    const { allowed } = context.params;
    // The API server accepts no profile on a pod that says it is for Windows.
    if ('outcome' in found || allowed.length === 0 || pod.spec.os?.name === 'windows') return found;
    return findOtherProfiles(pod, 'appArmorProfile', allowed);
  },
});
