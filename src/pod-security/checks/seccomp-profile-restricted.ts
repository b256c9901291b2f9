/**
 * A seccomp profile must be there: where nothing is said a container reaches every system call of the kernel, unless the
 * kubelet is told otherwise.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_seccompProfile_restricted.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import type { PlacedContainer } from '../../core/containers.ts';
import { exceptOnWindows } from '../relaxations.ts';
import { isAllowedSeccompType, refuseSeccompTypes, setsForbiddenSeccompType } from '../seccomp.ts';
import { nameContainers } from '../wording.ts';

export const seccompProfileRestricted = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  overrides: ['seccompProfile_baseline'],
  branches: [
    { since: 19, check: checkSeccompProfile },
    { since: 25, check: exceptOnWindows(checkSeccompProfile) },
  ],
} as const satisfies PodSecurityCheck;

function checkSeccompProfile(pod: PodTemplate): CheckOutcome {
  const ofPod = pod.spec.securityContext?.seccompProfile?.type;
  // What inherits the pod's forbidden type is no violation of its own.
  const refused = findContainers(pod, ofPod === undefined ? lacksAllowed : setsForbiddenSeccompType);
  if (ofPod !== undefined && !isAllowedSeccompType(ofPod)) return refuseSeccompTypes(ofPod, refused ?? []);
  if (refused === undefined) return undefined;

  const setting = refused.filter(({ container }) => setsForbiddenSeccompType(container));
  const unset = refused.filter(({ container }) => !setsForbiddenSeccompType(container)).map(describeUnset);
  if (setting.length > 0) {
    const refusal = refuseSeccompTypes(undefined, setting);
    return { ...refusal, violations: [...refusal.violations, ...unset] };
  }
  return {
    reason: 'seccompProfile',
    detail: `pod or ${nameContainers(refused)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
    violations: unset,
  };
}

function describeUnset({ path, container }: PlacedContainer): Violation {
  return violation(
    `${path}.securityContext.seccompProfile.type`,
    undefined,
    `container "${container.name}" has no seccomp profile, nor has its pod; set it to RuntimeDefault`,
  );
}

function lacksAllowed({ securityContext }: Container): boolean {
  const type = securityContext?.seccompProfile?.type;
  return type === undefined || !isAllowedSeccompType(type);
}
