/**
 * Most sysctls are the node's, and change the kernel for every pod on it.
 *
 * Source: Pod Security Standards, baseline, "Sysctls" (from v1.0; more are safe from v1.27, v1.29, v1.32 and v1.37).
 */
import type { PodTemplate } from '../../core/pod-template.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { sysctls as check } from '../../pod-security/checks/sysctls.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';

const judge = judgeBy(
  check,
  // What is forbidden is said once, below.
  ({ observed = '' }, { allowed, forbidden }: Readonly<Record<'allowed' | 'forbidden', readonly string[]>>) =>
    matchesAny(observed, allowed) || matchesAny(observed, forbidden),
);

export const sysctls = defineRule({
  id: 'pod-sysctls',
  title: 'Pods must set only sysctls that are safe on a shared node',
  severity: 'medium',
  severityReason: 'The kubelet refuses unsafe sysctls unless its flags allow them.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        description: 'Sysctls that are allowed besides the safe ones; a * at the end stands for anything.',
        maxItems: 100,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', minLength: 1, maxLength: 253 },
        default: [],
      },
      forbidden: {
        type: 'array',
        description: 'Sysctls that are forbidden, safe or allowed as they may be; a * at the end stands for anything.',
        maxItems: 100,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', minLength: 1, maxLength: 253 },
        default: [],
      },
    },
  },
  controls: ['pss/baseline/sysctls', 'nsa/pod-security'],
  rationale:
    'An unsafe sysctl is not kept apart from pod to pod: it can starve the others of the node, or switch off what protects them.',
  remediation:
    'Remove the sysctl from securityContext.sysctls; where nodes need it, set it on the nodes and not from a pod.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext:
    sysctls:
      - { name: kernel.msgmax, value: '65536' }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.ip_unprivileged_port_start, value: '80' }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod, context) {
    const found = judge(pod, context);
    const { forbidden } = context.params;
    return 'outcome' in found || forbidden.length === 0 ? found : [...found, ...findForbidden(pod, forbidden)];
  },
});

function findForbidden(pod: PodTemplate, forbidden: readonly string[]): readonly Violation[] {
  return (pod.spec.securityContext?.sysctls ?? []).flatMap(({ name }, index) =>
    matchesAny(name, forbidden)
      ? violation(
          `spec.securityContext.sysctls[${index}].name`,
          name,
          `sysctl ${JSON.stringify(name)} is forbidden here; remove it`,
        )
      : [],
  );
}

function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}
