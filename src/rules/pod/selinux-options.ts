/**
 * With a type, user or role of its own choice a container leaves the confinement that SELinux has for containers.
 *
 * Source: Pod Security Standards, baseline, "SELinux" (from v1.0; container_engine_t allowed from v1.31).
 */
import type { SeLinuxOptions } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { seLinuxOptions } from '../../pod-security/checks/se-linux-options.ts';
import { containersOf } from '../../core/containers.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';

const fields = ['user', 'role', 'type', 'level'] as const;
/** What each label must be; empty where it is left to Pod Security. */
type Demands = Readonly<Record<(typeof fields)[number], string>>;

const judge = judgeBy(seLinuxOptions, ({ path }, demands: Demands) =>
  fields.some((field) => demands[field] !== '' && path.endsWith(`.seLinuxOptions.${field}`)),
);

export const selinuxOptions = defineRule({
  id: 'pod-selinux-options',
  title: 'Pods must keep the SELinux user, role and type that containers have',
  severity: 'medium',
  severityReason: 'It lifts one of several layers, and only on nodes that enforce SELinux.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  params: {
    type: 'object',
    properties: {
      user: {
        type: 'string',
        description: 'The user that every container must have; empty: none may be set.',
        maxLength: 253,
        default: '',
      },
      role: {
        type: 'string',
        description: 'The role that every container must have; empty: none may be set.',
        maxLength: 253,
        default: '',
      },
      type: {
        type: 'string',
        description: 'The type that every container must have; empty: those that Pod Security allows.',
        maxLength: 253,
        default: '',
      },
      level: {
        type: 'string',
        description: 'The level that every container must have; empty: any.',
        maxLength: 4096,
        default: '',
      },
    },
  },
  controls: ['pss/baseline/seLinuxOptions', 'cis-1.12/5.6.3', 'nsa/pod-security'],
  rationale:
    'The type decides what a process may touch: one such as spc_t may touch all of the node, and then a way out of the container is no longer stopped by SELinux.',
  remediation:
    'Remove user, role and type from seLinuxOptions, or choose container_t; the level, which keeps pods apart, may stay.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext:
    seLinuxOptions: { type: spc_t }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext:
    seLinuxOptions: { type: container_t, level: 's0:c123,c456' }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod, context) {
    const found = judge(pod, context);
    const { params } = context;
    if ('outcome' in found || !isDemanding(params)) return found;
    return [...found, ...findOthers(pod, params)];
  },
});

function isDemanding({ user, role, type, level }: Demands): boolean {
  return user !== '' || role !== '' || type !== '' || level !== '';
}

/** A container's own options replace those of its pod as a whole. */
function findOthers(pod: PodTemplate, demands: Demands): readonly Violation[] {
  // The API server accepts none on a pod that says it is for Windows.
  if (pod.spec.os?.name === 'windows') return [];
  const ofPod = pod.spec.securityContext?.seLinuxOptions;
  const ofContainers = containersOf(pod).flatMap(({ path, container }) => {
    const own = container.securityContext?.seLinuxOptions;
    if (own === undefined && ofPod !== undefined) return [];
    return findOtherLabels(path, `container "${container.name}"`, own, demands);
  });
  return ofPod === undefined ? ofContainers : [...findOtherLabels('spec', 'the pod', ofPod, demands), ...ofContainers];
}

function findOtherLabels(
  path: string,
  who: string,
  options: SeLinuxOptions | undefined,
  demands: Demands,
): readonly Violation[] {
  return fields.flatMap((field) => {
    const label = options?.[field] ?? '';
    if (demands[field] === '' || canonical(label) === canonical(demands[field])) return [];
    const fault = label === '' ? `sets no SELinux ${field}` : `has the SELinux ${field} ${JSON.stringify(label)}`;
    return violation(
      `${path}.securityContext.seLinuxOptions.${field}`,
      label === '' ? undefined : label,
      `${who} ${fault}; set it to ${JSON.stringify(demands[field])}`,
    );
  });
}

/** The categories of a level have no order: `s0:c1,c2` is `s0:c2,c1`. */
function canonical(label: string): string {
  const [sensitivity, ...categories] = label.split(/[:,]/);
  return [sensitivity, ...categories.sort()].join();
}
