/**
 * Without its seccomp profile a container reaches every system call of the kernel. Before v1.19 annotations chose the
 * profile, and the check is about them; from then on it is about the fields, and annotations count for nothing.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_seccompProfile_baseline.go.
 */
import { SECCOMP_CONTAINER_ANNOTATION_PREFIX, SECCOMP_POD_ANNOTATION } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import { isAllowedSeccompType, refuseSeccompTypes, setsForbiddenSeccompType } from '../seccomp.ts';
import { pluralize, printAnnotation, sortDistinct } from '../wording.ts';

export const seccompProfileBaseline = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  branches: [
    { since: 0, check: checkAnnotations },
    { since: 19, check: checkFields },
  ],
} as const satisfies PodSecurityCheck;

function checkAnnotations(pod: PodTemplate): CheckOutcome {
  const annotations = pod.metadata?.annotations;
  if (annotations === undefined) return undefined;
  const containers = findContainers(pod, isAny) ?? [];
  const keys = new Set([
    SECCOMP_POD_ANNOTATION,
    ...containers.map(({ container }) => SECCOMP_CONTAINER_ANNOTATION_PREFIX + container.name),
  ]);
  const refused = [...keys].flatMap((key) => {
    const profile = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    return profile === undefined || isAllowedProfile(profile) ? [] : [{ key, profile }];
  });
  if (refused.length === 0) return undefined;
  const printed = sortDistinct(refused.map(({ key, profile }) => printAnnotation(key, profile)));
  return {
    reason: 'seccompProfile',
    detail: `forbidden ${pluralize('annotation', printed.length)} ${printed.join(', ')}`,
    violations: refused.map(({ key, profile }) =>
      violation(
        `metadata.annotations[${JSON.stringify(key)}]`,
        profile,
        `annotation ${JSON.stringify(key)} chooses the seccomp profile ${JSON.stringify(profile)}; set it to runtime/default`,
      ),
    ),
  };
}

function isAny(): boolean {
  return true;
}

function isAllowedProfile(profile: string): boolean {
  return profile === 'runtime/default' || profile === 'docker/default' || profile.startsWith('localhost/');
}

function checkFields(pod: PodTemplate): CheckOutcome {
  const ofPod = pod.spec.securityContext?.seccompProfile?.type;
  const podSets = ofPod !== undefined && !isAllowedSeccompType(ofPod);
  const refused = findContainers(pod, setsForbiddenSeccompType);
  if (!podSets && refused === undefined) return undefined;
  return refuseSeccompTypes(podSets ? ofPod : undefined, refused ?? []);
}
