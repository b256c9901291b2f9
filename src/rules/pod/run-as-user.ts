/**
 * Where uids are given out to teams, a container with the uid of another team reads what that team has written.
 *
 * Source: PodSecurityPolicy, `runAsUser` (policy/v1beta1).
 */
import { defineRule, notApplicable } from '../../core/rule.ts';
import { findContainerIds, idParams, printContainerIds } from '../lib/id-ranges.ts';
import { exceptOnWindows } from '../lib/pod-cel.ts';

export const runAsUser = defineRule({
  id: 'pod-run-as-user',
  title: 'Containers must run as users of the allowed ranges',
  severity: 'medium',
  severityReason: 'Who has the uid of another container, or of root, has its files on shared volumes and on the node.',
  subject: 'Workload',
  inForce: 'whereEnabled',
  params: idParams,
  controls: ['cis-1.12/5.2.7', 'nsa/pod-security'],
  rationale:
    'Files on volumes and on the node belong to numbers: two containers with one uid can read each other’s files, whatever their users are called.',
  remediation: 'Set securityContext.runAsUser on the pod or on each container to a number of the allowed ranges.',
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

  check(pod, { params }) {
    if (pod.spec.os?.name === 'windows') return notApplicable('Windows has no users by number');
    return findContainerIds(pod, 'runAsUser', params);
  },

  enforce: (params) => ({
    family: 'pod-security',
    violations: exceptOnWindows(printContainerIds('runAsUser', params)),
  }),
});
