/**
 * Whoever breaks into a container wants to keep what he brings: where nothing can be written but what is mounted for it, he
 * has nowhere to put it, and the container is what its image says as long as it runs.
 *
 * Source: PodSecurityPolicy, `readOnlyRootFilesystem` (policy/v1beta1); NSA/CISA Kubernetes Hardening Guide 1.2, "Immutable
 * container file systems".
 */
import type { Container } from '../../core/pod-shape.ts';
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import { findContainers } from '../../core/containers.ts';

export const readOnlyRootFilesystem = defineRule({
  id: 'pod-read-only-root-filesystem',
  title: 'Containers must not write to their root file system',
  severity: 'low',
  severityReason: 'It hinders who is in the container already, and keeps nobody out.',
  subject: 'Workload',
  controls: ['cis-1.12/5.6.3', 'nsa/pod-security'],
  rationale:
    'The default is to let a container write everywhere, so programs can be replaced and tools brought along without a trace in the image.',
  remediation:
    'Set securityContext.readOnlyRootFilesystem to true on every container, and mount an emptyDir where it has to write.',
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
  containers:
    - name: web
      image: registry.example/web:1
      securityContext: { readOnlyRootFilesystem: true }
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
  volumes:
    - name: tmp
      emptyDir: {}
`,
  },

  sets: { of: 'container', field: 'readOnlyRootFilesystem', value: true },

  check(pod) {
    if (pod.spec.os?.name === 'windows') return notApplicable('the field has no meaning on Windows');
    return (findContainers(pod, isWritable) ?? []).map(({ path, container }) =>
      violation(
        `${path}.securityContext.readOnlyRootFilesystem`,
        container.securityContext?.readOnlyRootFilesystem,
        `container "${container.name}" must set readOnlyRootFilesystem to true`,
      ),
    );
  },
});

function isWritable({ securityContext }: Container): boolean {
  return securityContext?.readOnlyRootFilesystem !== true;
}
