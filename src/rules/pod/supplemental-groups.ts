/**
 * Supplementary groups open shared storage: which of them a pod may ask for is often given out to teams.
 *
 * Source: PodSecurityPolicy, `supplementalGroups` (policy/v1beta1).
 */
import { defineRule, notApplicable } from '../../core/rule.ts';
import { findPodIds, idParams, printPodIds } from '../lib/id-ranges.ts';
import { exceptOnWindows } from '../lib/pod-cel.ts';

export const supplementalGroups = defineRule({
  id: 'pod-supplemental-groups',
  title: 'The supplementary groups of a pod must be of the allowed ranges',
  severity: 'low',
  severityReason: 'It opens the files of a group on shared storage, and nothing else.',
  subject: 'Workload',
  inForce: 'whereEnabled',
  params: idParams,
  controls: ['cis-1.12/5.6.3', 'nsa/pod-security'],
  rationale:
    'Shared storage, such as NFS, asks for nothing but group numbers: a pod that may choose any group reads what others have put there.',
  remediation: 'Set securityContext.supplementalGroups of the pod to numbers of the allowed ranges, or remove it.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { supplementalGroups: [0] }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { supplementalGroups: [10001] }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod, { params }) {
    if (pod.spec.os?.name === 'windows') return notApplicable('Windows has no groups by number');
    return findPodIds('supplementalGroups', pod.spec.securityContext?.supplementalGroups, params);
  },

  enforce: (params) => ({
    family: 'pod-security',
    violations: exceptOnWindows(printPodIds('supplementalGroups', params)),
  }),
});
