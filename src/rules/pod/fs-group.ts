/**
 * The kubelet gives the files of a pod's volumes to its fsGroup: with the group of another team, that team can read them.
 *
 * Source: PodSecurityPolicy, `fsGroup` (policy/v1beta1).
 */
import { defineRule, notApplicable } from '../../core/rule.ts';
import { findPodIds, idParams, printPodIds } from '../lib/id-ranges.ts';
import { exceptOnWindows } from '../lib/pod-cel.ts';

export const fsGroup = defineRule({
  id: 'pod-fs-group',
  title: 'The group that owns the volumes of a pod must be of the allowed ranges',
  severity: 'low',
  severityReason: 'It opens the files of volumes to a group, and nothing else.',
  subject: 'Workload',
  inForce: 'whereEnabled',
  params: idParams,
  controls: ['cis-1.12/5.6.3', 'nsa/pod-security'],
  rationale:
    'That group owns what is on the volumes, and every container is in it: a number that others have, too, mixes their files with those of the pod.',
  remediation: 'Set securityContext.fsGroup of the pod to a number of the allowed ranges, or remove it.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { fsGroup: 0 }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { fsGroup: 10001 }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod, { params }) {
    if (pod.spec.os?.name === 'windows') return notApplicable('Windows has no groups by number');
    return findPodIds('fsGroup', pod.spec.securityContext?.fsGroup, params);
  },

  enforce: (params) => ({
    family: 'pod-security',
    violations: exceptOnWindows(printPodIds('fsGroup', params)),
  }),
});
