/**
 * A seccomp profile must be there: where nothing is said a container reaches every system call of the kernel, unless the
 * kubelet is told otherwise.
 *
 * Source: Pod Security Standards, restricted, "Seccomp" (from v1.19; Windows exempt from v1.25).
 */
import { SECCOMP_POD_ANNOTATION } from '../../core/pod-shape.ts';
import { defineRule } from '../../core/rule.ts';
import { seccompProfileRestricted } from '../../pod-security/checks/seccomp-profile-restricted.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';
import { findOtherProfiles, PROFILE_PATTERN } from '../lib/profiles.ts';
import { exceptOnWindows } from '../lib/pod-cel.ts';
import { printNoSeccomp, printOtherProfiles } from '../lib/profiles-cel.ts';

const judge = judgeBy(seccompProfileRestricted);

export const seccompProfile = defineRule({
  id: 'pod-seccomp-profile',
  title: 'Pods must choose a seccomp profile',
  severity: 'medium',
  severityReason: 'It takes a flaw of the kernel to make use of what is open without one.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        description:
          'The only profiles that are allowed: RuntimeDefault, Unconfined, Localhost/FILE, Localhost for any file; an empty item allows to choose none. Without items those of Pod Security.',
        maxItems: 100,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', maxLength: 4096, pattern: PROFILE_PATTERN },
        default: [],
      },
    },
  },
  controls: ['pss/restricted/seccompProfile_restricted', 'cis-1.12/5.6.2', 'nsa/pod-security'],
  rationale:
    'Kubernetes runs containers without a profile by default, so that every system call of the kernel is open to whoever takes over a process in them.',
  remediation: 'Set securityContext.seccompProfile.type to RuntimeDefault on the pod.',
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
  securityContext:
    seccompProfile: { type: RuntimeDefault }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  // An annotation that says something else has no effect, but the API server refuses the field beside it.
  sets: {
    of: 'pod',
    field: 'seccompProfile',
    value: { type: 'RuntimeDefault' },
    unless: {
      cel: `!(object.metadata.?annotations[?'${SECCOMP_POD_ANNOTATION}'].orValue('runtime/default')
        in ['runtime/default', 'docker/default'])`,
      holds: ({ metadata }) =>
        !['runtime/default', 'docker/default'].includes(
          metadata?.annotations?.[SECCOMP_POD_ANNOTATION] ?? 'runtime/default',
        ),
    },
  },

  check(pod, context) {
    const found = judge(pod, context);
    const { allowed } = context.params;
    return 'outcome' in found || allowed.length === 0 ? found : findOtherProfiles(pod, 'seccompProfile', allowed);
  },

  enforce: ({ allowed }) => ({
    family: 'pod-security',
    violations: exceptOnWindows(allowed.length === 0 ? printNoSeccomp() : printOtherProfiles(allowed)),
  }),
});
