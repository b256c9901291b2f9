/**
 * A process that is not root may still be in root's group, as its primary group, as one of several, or by the group that
 * owns its volumes.
 *
 * What the image adds cannot be seen: its user's primary group where none is set, and what its /etc/group says of that user
 * where supplementalGroupsPolicy is not Strict. That is no failure, and no pass either, so it is said with severity info.
 *
 * Source: PodSecurityPolicy, `supplementalGroups`, `fsGroup` and `runAsGroup` with ranges from 1 (policy/v1beta1);
 * KEP-3619, fine-grained supplemental groups (beta and on in v1.33).
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { findContainers } from '../../core/containers.ts';
import { podVariables } from '../../core/enforcement.ts';
import { containersWith, exceptOnWindows, listIf } from '../lib/pod-cel.ts';

export const rootGroups = defineRule({
  id: 'pod-root-groups',
  title: "Containers must not be in root's group",
  severity: 'low',
  severityReason: "It opens the files of root's group in image and volumes, and nothing else.",
  subject: 'Workload',
  params: {
    type: 'object',
    properties: {
      imageGroups: {
        type: 'string',
        description:
          'What to make of it where the image may choose groups: note says so with severity info, refuse with that of the rule, ignore not at all.',
        enum: ['note', 'refuse', 'ignore'],
        default: 'note',
      },
    },
  },
  controls: ['cis-1.12/5.2.7', 'cis-1.12/5.6.3', 'nsa/pod-security'],
  rationale:
    "Images, volumes and sockets often give to group 0 what they deny to all others, so who is in root's group gets a part of what running as another user should have taken away.",
  remediation:
    'Set runAsGroup, fsGroup and supplementalGroups of the pod to groups other than 0, and supplementalGroupsPolicy to Strict where the nodes know it (containerd 2.0, CRI-O 1.31): nodes that do not refuse the pod.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { runAsUser: 10001, runAsGroup: 0, fsGroup: 0 }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, supplementalGroupsPolicy: Strict }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  // Of the groups themselves only the application knows which they are.
  sets: { of: 'pod', field: 'supplementalGroupsPolicy', value: 'Strict' },

  check(pod, { params: { imageGroups } }) {
    if (pod.spec.os?.name === 'windows') return notApplicable('Windows has no groups by number');
    const violations = findZeros(pod);
    if (imageGroups !== 'ignore')
      violations.push(...findChoicesOfImage(pod, imageGroups === 'note' ? 'info' : undefined));
    return violations;
  },

  enforce: ({ imageGroups }) => ({
    family: 'pod-security',
    violations: exceptOnWindows(
      [...printZeros(), ...(imageGroups === 'refuse' ? printChoicesOfImage() : [])].join(' +\n'),
    ),
  }),
});

function findZeros(pod: PodTemplate): Violation[] {
  const { runAsGroup, fsGroup, supplementalGroups } = pod.spec.securityContext ?? {};
  const violations: Violation[] = [];
  if (runAsGroup === 0) {
    const message = "the pod sets runAsGroup to 0, root's group; set another";
    violations.push(violation('spec.securityContext.runAsGroup', runAsGroup, message));
  }
  if (fsGroup === 0) {
    const message = "the pod sets fsGroup to 0, root's group, and all its containers are in it; set another";
    violations.push(violation('spec.securityContext.fsGroup', fsGroup, message));
  }
  for (const [index, group] of supplementalGroups?.entries() ?? []) {
    if (group !== 0) continue;
    const message = "the pod adds group 0, root's group, to all its containers; remove it";
    violations.push(violation(`spec.securityContext.supplementalGroups[${index}]`, group, message));
  }
  for (const { path, container } of findContainers(pod, setsZero) ?? []) {
    const message = `container "${container.name}" sets runAsGroup to 0, root's group; set another`;
    violations.push(violation(`${path}.securityContext.runAsGroup`, 0, message));
  }
  return violations;
}

function findChoicesOfImage(pod: PodTemplate, severity: Severity | undefined): Violation[] {
  const { runAsGroup, supplementalGroupsPolicy } = pod.spec.securityContext ?? {};
  const violations: Violation[] = [];
  if (supplementalGroupsPolicy !== 'Strict') {
    const message = "supplementalGroupsPolicy is not Strict: the image's /etc/group may add root's group";
    const field = 'spec.securityContext.supplementalGroupsPolicy';
    violations.push(violation(field, supplementalGroupsPolicy, message, severity));
  }
  if (runAsGroup !== undefined) return violations;
  for (const { path, container } of findContainers(pod, setsNone) ?? []) {
    const message = `container "${container.name}" does not set runAsGroup, nor does its pod: it is root's group unless the image says otherwise`;
    violations.push(violation(`${path}.securityContext.runAsGroup`, undefined, message, severity));
  }
  return violations;
}

function setsZero({ securityContext }: Container): boolean {
  return securityContext?.runAsGroup === 0;
}

function setsNone({ securityContext }: Container): boolean {
  return securityContext?.runAsGroup === undefined;
}

const ofPod = `${podVariables.spec}.?securityContext`;

/** What `findZeros` finds, in CEL. */
function printZeros(): readonly string[] {
  return [
    listIf(`${ofPod}.?runAsGroup.orValue(1) == 0`, 'the pod sets runAsGroup to 0'),
    listIf(`${ofPod}.?fsGroup.orValue(1) == 0`, 'the pod sets fsGroup to 0'),
    listIf(`0 in ${ofPod}.?supplementalGroups.orValue([])`, 'the pod adds group 0 to all its containers'),
    containersWith('c.?securityContext.?runAsGroup.orValue(1) == 0', 'sets runAsGroup to 0'),
  ];
}

/** What `findChoicesOfImage` finds. */
function printChoicesOfImage(): readonly string[] {
  const isUnset = `!${ofPod}.?runAsGroup.hasValue() && !c.?securityContext.?runAsGroup.hasValue()`;
  return [
    listIf(`${ofPod}.?supplementalGroupsPolicy.orValue('') != 'Strict'`, 'supplementalGroupsPolicy is not Strict'),
    containersWith(isUnset, 'does not set runAsGroup, nor does its pod'),
  ];
}
