/**
 * What the two checks of seccomp profiles have in common.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_seccompProfile_baseline.go.
 */
import type { Container } from '../core/pod-shape.ts';
import { violation } from '../core/rule.ts';
import type { Refusal } from './check.ts';
import type { PlacedContainer } from '../core/containers.ts';
import { nameSetters, quoteEach, sortDistinct } from './wording.ts';

export function isAllowedSeccompType(type: string): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost';
}

/** A container that has no profile of its own sets none. */
export function setsForbiddenSeccompType({ securityContext }: Container): boolean {
  const type = securityContext?.seccompProfile?.type;
  return type !== undefined && !isAllowedSeccompType(type);
}

/**
 * @param ofPod the pod's own type, if it is a forbidden one
 * @param refused the containers that choose a forbidden type
 */
export function refuseSeccompTypes(ofPod: string | undefined, refused: readonly PlacedContainer[]): Refusal {
  const setters = [
    ...(ofPod === undefined ? [] : [{ path: 'spec', who: 'the pod', type: ofPod }]),
    ...refused.map(({ path, container }) => ({
      path,
      who: `container "${container.name}"`,
      type: container.securityContext?.seccompProfile?.type ?? '',
    })),
  ];
  const types = quoteEach(sortDistinct(setters.map(({ type }) => type)));
  return {
    reason: 'seccompProfile',
    detail: `${nameSetters(ofPod !== undefined, refused)} must not set securityContext.seccompProfile.type to ${types}`,
    violations: setters.map(({ path, who, type }) =>
      violation(
        `${path}.securityContext.seccompProfile.type`,
        type,
        `${who} chooses the seccomp profile ${JSON.stringify(type)}; set it to RuntimeDefault or Localhost`,
      ),
    ),
  };
}
