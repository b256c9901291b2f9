/**
 * A port of the node is reached from outside the cluster's network policies, and no two pods can have it.
 *
 * Source: Pod Security Standards, baseline, "Host Ports" (from v1.0).
 */
import { defineRule } from '../../core/rule.ts';
import { hostPorts as check } from '../../pod-security/checks/host-ports.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';

export const hostPorts = defineRule({
  id: 'pod-host-ports',
  title: 'Containers must not take ports of their node',
  severity: 'medium',
  severityReason: 'It opens the container to whoever reaches the node, and nothing else of the node.',
  subject: 'Workload',
  params: {
    type: 'object',
    properties: {
      ranges: {
        type: 'array',
        description: 'Ports of the node that are allowed, both ends included.',
        maxItems: 100,
        'x-kubernetes-list-type': 'atomic',
        items: {
          type: 'object',
          required: ['min', 'max'],
          properties: {
            min: { type: 'integer', format: 'int32', minimum: 0, maximum: 65_535 },
            max: { type: 'integer', format: 'int32', minimum: 0, maximum: 65_535 },
          },
        },
        default: [],
      },
    },
  },
  controls: ['pss/baseline/hostPorts', 'cis-1.12/5.2.12', 'nsa/pod-security'],
  rationale:
    'A host port listens on every address of the node, where network policies often do not reach, and ties the pod to nodes on which the port is free.',
  remediation: 'Remove hostPort and expose the port with a Service, or with an Ingress or Gateway from outside.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      ports:
        - { containerPort: 8080, hostPort: 80 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      ports:
        - { containerPort: 8080 }
`,
  },

  check: judgeBy(check, ({ observed }, { ranges }) =>
    ranges.some(({ min, max }) => Number(observed) >= min && Number(observed) <= max),
  ),
});
