/**
 * Ids below some number are those of users and groups that the node has, too: a process that escapes with one of them
 * finds files of its namesake. Above it nobody is at home.
 *
 * Where the pod sets no id the image chooses one, which cannot be seen. That fails: the rule asks the pod to say it, and to
 * say it is all that can be done about it. In a user namespace of its own the ids of a pod are none of the node.
 *
 * Source: Aqua KSV-0020 and KSV-0021; kube-score container-security-context-user-group-id; login.defs(5) and systemd's
 * UIDS-GIDS for what nodes give away.
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { containersOf } from '../../core/containers.ts';

/** The API server accepts no greater one. */
const MAX_ID = 2_147_483_647;

export const idFloor = defineRule({
  id: 'pod-id-floor',
  title: 'Containers must run with user and group ids that no node gives away',
  severity: 'low',
  severityReason: 'It matters only once a process has escaped, and only where the node has a user or group of that id.',
  inForce: 'whereEnabled',
  subject: 'Workload',
  params: {
    type: 'object',
    properties: {
      minimumUser: {
        type: 'integer',
        format: 'int64',
        description: 'The least id for runAsUser.',
        minimum: 1,
        maximum: MAX_ID,
        default: 10_000,
      },
      minimumGroup: {
        type: 'integer',
        format: 'int64',
        description: 'The least id for runAsGroup.',
        minimum: 1,
        maximum: MAX_ID,
        default: 10_000,
      },
    },
  },
  controls: ['cis-1.12/5.2.7', 'nsa/pod-security'],
  rationale:
    'To the node an id is only a number: user 1000 of a container is its first administrator, and group 999 may be the one that owns the socket of Docker.',
  remediation:
    'Set runAsUser and runAsGroup of the pod to ids from 10000 on (or what the policy says), different ones for different applications, or hostUsers to false.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { runAsUser: 1000, runAsGroup: 1000 }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { runAsUser: 10001, runAsGroup: 10001 }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod, { params: { minimumUser, minimumGroup } }) {
    if (pod.spec.os?.name === 'windows') return notApplicable('Windows has no users by number');
    if (pod.spec.hostUsers === false) return [];
    return [...findBelow(pod, 'runAsUser', minimumUser), ...findBelow(pod, 'runAsGroup', minimumGroup)];
  },
});

function findBelow(pod: PodTemplate, field: 'runAsUser' | 'runAsGroup', minimum: number): readonly Violation[] {
  const violations: Violation[] = [];
  const ofPod = pod.spec.securityContext?.[field];
  if (ofPod !== undefined && ofPod < minimum) {
    // Also where each container has its own: whatever is added for debugging inherits it.
    const message = `the pod sets ${field} to ${ofPod}; ${minimum} is the least`;
    violations.push(violation(`spec.securityContext.${field}`, ofPod, message));
  }
  for (const { path, container } of containersOf(pod)) {
    const own = container.securityContext?.[field];
    if (own === undefined ? ofPod !== undefined : own >= minimum) continue;
    const message =
      own === undefined
        ? `container "${container.name}" does not set ${field}, nor does its pod: the image chooses; set ${minimum} or more`
        : `container "${container.name}" sets ${field} to ${own}; ${minimum} is the least`;
    violations.push(violation(`${path}.securityContext.${field}`, own, message));
  }
  return violations;
}
