/**
 * A list of the only capabilities that containers may ask for, however harmless others may be.
 *
 * Source: PodSecurityPolicy, `allowedCapabilities` and `defaultAddCapabilities` (policy/v1beta1), which refused even those
 * that container runtimes grant by themselves.
 */
import { defineRule, violation } from '../../core/rule.ts';
import { containersOf } from '../../core/containers.ts';

export const addedCapabilities = defineRule({
  id: 'pod-added-capabilities',
  title: 'Containers must add no capability but those of a list',
  severity: 'medium',
  severityReason: 'Those that lead out of the container have a rule of their own, which says so.',
  subject: 'Workload',
  inForce: 'whereEnabled',
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        description: 'The only capabilities that may be added, spelled the same; without items none may be.',
        maxItems: 64,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', minLength: 1, maxLength: 64 },
        default: [],
      },
    },
  },
  controls: ['cis-1.12/5.2.8', 'cis-1.12/5.2.9', 'nsa/pod-security'],
  rationale:
    'Where all capabilities have to be dropped, each one that is added again is an exception, which somebody should have agreed to by name.',
  remediation: 'Remove the capability from securityContext.capabilities.add, or allow it in the policy.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext:
        capabilities: { drop: [ALL], add: [CHOWN] }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext:
        capabilities: { drop: [ALL] }
`,
  },

  check(pod, { params: { allowed } }) {
    const list = allowed.length === 0 ? 'none may be added' : `allowed is ${allowed.join(', ')}`;
    return containersOf(pod).flatMap(({ path, container }) =>
      (container.securityContext?.capabilities?.add ?? []).flatMap((capability, index) =>
        allowed.includes(capability)
          ? []
          : violation(
              `${path}.securityContext.capabilities.add[${index}]`,
              capability,
              `container "${container.name}" adds capability ${JSON.stringify(capability)}; ${list}`,
            ),
      ),
    );
  },
});
