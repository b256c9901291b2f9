/**
 * Nothing but runAsNonRoot keeps a container from starting as uid 0: without it the image decides.
 *
 * Source: Pod Security Standards, restricted, "Running as Non-root" (from v1.0; pods in a user namespace exempt from
 * v1.35, because their uid 0 is nobody on the node).
 */
import { defineRule, violation } from '../../core/rule.ts';
import { containersOf } from '../lib/containers.ts';

export const runAsNonRoot = defineRule({
  id: 'pod-run-as-non-root',
  title: 'Containers must be required to run as a user other than root',
  severity: 'medium',
  severityReason: 'Root in a container needs another flaw before it is root on the node.',
  subject: 'Workload',
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

  check(pod) {
    if (pod.spec.hostUsers === false) return [];
    const ofPod = pod.spec.securityContext?.runAsNonRoot;
    const inPod =
      ofPod === false
        ? [violation('spec.securityContext.runAsNonRoot', false, 'the pod sets runAsNonRoot to false; set it to true')]
        : [];
    const inContainers = containersOf(pod).flatMap(({ path, container }) => {
      const own = container.securityContext?.runAsNonRoot;
      const field = `${path}.securityContext.runAsNonRoot`;
      if (own === false) {
        return violation(field, own, `container "${container.name}" sets runAsNonRoot to false; set it to true`);
      }
      // The pod's own false is one violation, not one for each container that inherits it.
      if (own === true || ofPod !== undefined) return [];
      return violation(
        field,
        own,
        `container "${container.name}" does not set runAsNonRoot, nor does its pod; set it to true`,
      );
    });
    return [...inPod, ...inContainers];
  },
});
