/**
 * Capabilities beyond those that every container runtime grants give a container parts of what root can do to its node.
 *
 * Source: Pod Security Standards, baseline, "Capabilities" (from v1.0).
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { capabilitiesBaseline } from '../../pod-security/checks/capabilities-baseline.ts';
import { containersOf } from '../../core/containers.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';

const judge = judgeBy(
  capabilitiesBaseline,
  ({ observed = '' }, { allowed }: { readonly allowed: readonly string[] }) =>
    allowed.includes(observed) || allowed.includes('*'),
);

export const capabilities = defineRule({
  id: 'pod-capabilities',
  title: 'Containers must add no capability beyond those that container runtimes grant by default',
  severity: 'high',
  severityReason: 'Several of them, SYS_ADMIN and SYS_MODULE among them, lead out of the container and onto the node.',
  subject: 'Workload',
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        description: 'Capabilities that may be added all the same, such as NET_ADMIN; * is every one.',
        maxItems: 64,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', minLength: 1, maxLength: 64 },
        default: [],
      },
      requiredDrop: {
        type: 'array',
        description: 'Capabilities that every container must drop, by name or with ALL.',
        maxItems: 64,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', minLength: 1, maxLength: 64 },
        default: [],
      },
    },
  },
  controls: ['pss/baseline/capabilities_baseline', 'cis-1.12/5.2.8', 'cis-1.12/5.2.9', 'nsa/pod-security'],
  rationale:
    'A capability is a part of what root may do to the whole machine: with SYS_ADMIN a container mounts the disks of its node, with NET_RAW it answers for its neighbours.',
  remediation:
    'Remove the capability from securityContext.capabilities.add; where a program really needs it, allow that one for that namespace in spec.rules of its policy.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext:
        capabilities: { add: [SYS_ADMIN] }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext:
        capabilities: { add: [NET_BIND_SERVICE] }
`,
  },

  check(pod, context) {
    const found = judge(pod, context);
    const { requiredDrop } = context.params;
    if ('outcome' in found || (found.length === 0 && requiredDrop.length === 0)) return found;
    return [...found.map(weigh), ...findKept(pod, requiredDrop)];
  },
});

/** They disturb others at worst: none of them leads out of the container. */
const contained: ReadonlySet<string> = new Set([
  'BLOCK_SUSPEND',
  'IPC_LOCK',
  'LEASE',
  'NET_BROADCAST',
  'NET_RAW',
  'SYS_NICE',
  'SYS_RESOURCE',
  'WAKE_ALARM',
]);

function weigh(added: Violation): Violation {
  return contained.has(added.observed ?? '') ? { ...added, severity: 'medium' } : added;
}

/** The API server accepts no capabilities on a pod that says it is for Windows. */
function findKept(pod: PodTemplate, requiredDrop: readonly string[]): readonly Violation[] {
  if (requiredDrop.length === 0 || pod.spec.os?.name === 'windows') return [];
  return containersOf(pod).flatMap(({ path, container }) =>
    requiredDrop
      .filter((capability) => !isDropped(capability, container))
      .map((capability) =>
        violation(
          `${path}.securityContext.capabilities.drop`,
          container.securityContext?.capabilities?.drop,
          `container "${container.name}" must drop capability "${capability}"`,
          'medium',
        ),
      ),
  );
}

/** What is added after ALL was dropped is there again; what is dropped by its name is not. */
function isDropped(capability: string, { securityContext }: Container): boolean {
  const { add = [], drop = [] } = securityContext?.capabilities ?? {};
  return drop.includes(capability) || (drop.includes('ALL') && !add.includes(capability) && !add.includes('ALL'));
}
