/**
 * A container without a memory limit takes what its node has: then the kernel kills others, or the node itself is lost.
 *
 * An ephemeral container cannot have a limit of its own, so that nobody is asked for one. Where a LimitRange of the
 * namespace fills limits in, the pods that run have them; only what does not run yet is judged without.
 *
 * Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/; k8s.io/kubernetes v1.37.2,
 * pkg/kubelet/kuberuntime (`getMemoryLimit`: of the pod where the container has none; a limit of zero is none).
 */
import type { Container } from '../../core/pod-shape.ts';
import { defineRule, violation } from '../../core/rule.ts';
import { findContainers } from '../../core/containers.ts';

export const memoryLimit = defineRule({
  id: 'pod-memory-limit',
  title: 'Containers must have a memory limit, their own or that of their pod',
  severity: 'low',
  severityReason: 'It is a matter of availability: what leaks memory, or is made to, takes its neighbours along.',
  inForce: 'whereEnabled',
  subject: 'Workload',
  controls: ['nsa/network-separation-and-hardening'],
  rationale:
    'Without a limit one container can take all memory of its node, by a mistake or because somebody makes it to: the kernel then kills processes of other pods.',
  remediation:
    'Set resources.limits.memory on every container, or spec.resources.limits.memory for all of a pod from Kubernetes 1.34 on; a LimitRange gives a namespace a default.',
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
      resources: { limits: { memory: 128Mi } }
`,
  },

  check(pod) {
    if (isLimited(pod.spec)) return [];
    return (findContainers(pod, isUnlimited) ?? []).flatMap(({ path, container }) => {
      if (path.startsWith('spec.ephemeralContainers')) return [];
      return violation(
        `${path}.resources.limits.memory`,
        undefined,
        `container "${container.name}" has no memory limit, nor has its pod; set resources.limits.memory`,
      );
    });
  },
});

function isUnlimited(container: Container): boolean {
  return !isLimited(container);
}

function isLimited({ resources }: Pick<Container, 'resources'>): boolean {
  return resources?.limits?.['memory'] !== undefined;
}
