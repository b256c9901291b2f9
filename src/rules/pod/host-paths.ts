/**
 * Where some directories of the node may be mounted, the others must not be, and some of them only to read.
 *
 * Source: PodSecurityPolicy, `allowedHostPaths` (policy/v1beta1).
 */
import type { PodTemplate } from '../../core/pod-template.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { containersOf } from '../../core/containers.ts';

export const hostPaths = defineRule({
  id: 'pod-host-paths',
  title: 'Pods must mount only allowed directories of their node',
  severity: 'high',
  severityReason: 'Many a directory of the node is enough to take it over.',
  subject: 'Workload',
  inForce: 'whereEnabled',
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        description:
          'The directories that may be mounted, with all that is in them; without items none may be. Where every one that matches is readOnly, each mount must be.',
        maxItems: 100,
        'x-kubernetes-list-type': 'atomic',
        items: {
          type: 'object',
          required: ['pathPrefix'],
          properties: {
            pathPrefix: { type: 'string', minLength: 1, maxLength: 4096, pattern: '^/' },
            readOnly: { type: 'boolean', default: false },
          },
        },
        default: [],
      },
    },
  },
  controls: ['cis-1.12/5.2.11', 'nsa/pod-security'],
  rationale:
    'Agents need single directories of the node, such as its logs; every other one opens what the kubelet, the runtime or other pods keep there.',
  remediation:
    'Mount a directory that the policy allows, with readOnly where it says so, or use another type of volume.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: agent }
spec:
  volumes:
    - name: root
      hostPath: { path: / }
  containers:
    - name: agent
      image: registry.example/agent:1
      volumeMounts:
        - { name: root, mountPath: /host }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: agent }
spec:
  volumes:
    - name: scratch
      emptyDir: {}
  containers:
    - name: agent
      image: registry.example/agent:1
      volumeMounts:
        - { name: scratch, mountPath: /scratch }
`,
  },

  check(pod, { params: { allowed } }) {
    return (pod.spec.volumes ?? []).flatMap(({ name, hostPath }, index) => {
      if (hostPath === undefined) return [];
      const matching = allowed.filter(({ pathPrefix }) => isBelow(hostPath.path, pathPrefix));
      if (matching.length === 0) {
        const list =
          allowed.length === 0 ? 'none is allowed' : `allowed is ${allowed.map((one) => one.pathPrefix).join(', ')}`;
        const message = `volume "${name}" mounts ${JSON.stringify(hostPath.path)} of the node; ${list}`;
        return [violation(`spec.volumes[${index}].hostPath.path`, hostPath.path, message)];
      }
      return matching.every(({ readOnly }) => readOnly === true) ? findWritable(pod, name, hostPath.path) : [];
    });
  },
});

/** Segment by segment: `/foobar` is not below `/foo`. What leads up again is below nothing. */
function isBelow(path: string, folder: string): boolean {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.includes('..')) return false;
  return folder
    .split('/')
    .filter((segment) => segment !== '')
    .every((segment, index) => segments[index] === segment);
}

function findWritable(pod: PodTemplate, volume: string, hostPath: string): readonly Violation[] {
  return containersOf(pod).flatMap(({ path, container }) =>
    (container.volumeMounts ?? []).flatMap(({ name, readOnly }, index) =>
      name !== volume || readOnly === true
        ? []
        : violation(
            `${path}.volumeMounts[${index}].readOnly`,
            readOnly,
            `container "${container.name}" mounts ${JSON.stringify(hostPath)} of the node to write; set readOnly to true`,
          ),
    ),
  );
}
