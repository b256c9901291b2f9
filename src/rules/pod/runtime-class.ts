/**
 * A runtime class chooses how a container is kept apart from its node: a sandbox of its own, or a runtime with less.
 *
 * Source: PodSecurityPolicy, `runtimeClass.allowedRuntimeClassNames` (policy/v1beta1).
 */
import { defineRule, violation } from '../../core/rule.ts';

export const runtimeClass = defineRule({
  id: 'pod-runtime-class',
  title: 'Pods must choose only allowed runtime classes',
  severity: 'medium',
  severityReason: 'It depends on the runtimes of the nodes how much less one of them keeps in.',
  subject: 'Workload',
  inForce: 'whereEnabled',
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        description: 'The runtime classes that may be chosen; without items none may be. To choose none is allowed.',
        maxItems: 100,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', minLength: 1, maxLength: 253 },
        default: [],
      },
    },
  },
  controls: ['nsa/pod-security'],
  rationale:
    'Where untrusted code has to run in a sandbox, whoever may choose another runtime class runs it without; Pod Security admission may also be told to exempt a class.',
  remediation: 'Remove runtimeClassName, or choose a class that the policy allows.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  runtimeClassName: legacy
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check({ spec: { runtimeClassName } }, { params: { allowed } }) {
    if (runtimeClassName === undefined || allowed.includes(runtimeClassName)) return [];
    const list = allowed.length === 0 ? 'none may be chosen' : `allowed is ${allowed.join(', ')}`;
    const message = `the pod chooses the runtime class ${JSON.stringify(runtimeClassName)}; ${list}`;
    return [violation('spec.runtimeClassName', runtimeClassName, message)];
  },
});
