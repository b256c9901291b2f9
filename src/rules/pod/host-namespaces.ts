/**
 * A pod in the node's own namespaces sees the node's processes, its memory or its network, past every isolation.
 *
 * Source: Pod Security Standards, baseline, "Host Namespaces" (from v1.0).
 */
import { defineRule } from '../../core/rule.ts';
import { hostNamespaces as check } from '../../pod-security/checks/host-namespaces.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';
import { podVariables } from '../../core/enforcement.ts';
import { listIf } from '../lib/pod-cel.ts';

export const hostNamespaces = defineRule({
  id: 'pod-host-namespaces',
  title: 'Pods must not share the network, process or IPC namespace of their node',
  severity: 'high',
  severityReason: 'It takes away one of the walls between pod and node; what is behind it is an attack further.',
  subject: 'Workload',
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        description: 'Namespaces of the node that pods may share all the same.',
        maxItems: 3,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', enum: ['hostNetwork', 'hostPID', 'hostIPC'] },
        default: [],
      },
    },
  },
  controls: ['pss/baseline/hostNamespaces', 'cis-1.12/5.2.3', 'cis-1.12/5.2.4', 'cis-1.12/5.2.5', 'nsa/pod-security'],
  rationale:
    'A pod in the namespaces of its node sees other processes and their environment, listens to local traffic and reaches services that trust the loopback address.',
  remediation: 'Remove hostNetwork, hostPID and hostIPC, or set them to false; expose ports with a Service.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: agent }
spec:
  hostPID: true
  containers:
    - { name: agent, image: registry.example/agent:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: agent }
spec:
  containers:
    - { name: agent, image: registry.example/agent:1 }
`,
  },

  check: judgeBy(check, ({ path }, { allowed }) => allowed.some((field) => path === `spec.${field}`)),

  enforce: ({ allowed }) => {
    const refused = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => !allowed.includes(field));
    const violations = refused
      .map((field) => listIf(`${podVariables.spec}.?${field}.orValue(false)`, `${field} is true`))
      .join(' +\n');
    return { family: 'pod-security', ...(refused.length > 0 && { violations }) };
  },
});
