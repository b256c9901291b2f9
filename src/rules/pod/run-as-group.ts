/**
 * Without runAsGroup the image chooses the primary group, and most images choose root's.
 *
 * Source: PodSecurityPolicy, `runAsGroup` (policy/v1beta1).
 */
import { defineRule, notApplicable } from '../../core/rule.ts';
import { findContainerIds, idParams, printContainerIds } from '../lib/id-ranges.ts';
import { exceptOnWindows } from '../lib/pod-cel.ts';

export const runAsGroup = defineRule({
  id: 'pod-run-as-group',
  title: 'Containers must run in primary groups of the allowed ranges',
  severity: 'low',
  severityReason: 'It opens the files of a group in image and volumes, and nothing else.',
  subject: 'Workload',
  inForce: 'whereEnabled',
  params: idParams,
  controls: ['cis-1.12/5.6.3', 'nsa/pod-security'],
  rationale:
    'What a container writes belongs to its primary group, and what that group may read it reads: a group that is shared by accident is a way from one workload to another.',
  remediation: 'Set securityContext.runAsGroup on the pod or on each container to a number of the allowed ranges.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { runAsUser: 10001, runAsGroup: 0 }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { runAsUser: 10001, runAsGroup: 10001 }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod, { params }) {
    if (pod.spec.os?.name === 'windows') return notApplicable('Windows has no groups by number');
    return findContainerIds(pod, 'runAsGroup', params);
  },

  enforce: (params) => ({
    family: 'pod-security',
    violations: exceptOnWindows(printContainerIds('runAsGroup', params)),
  }),
});
