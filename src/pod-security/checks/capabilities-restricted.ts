/**
 * A container that drops every capability cannot use one that its image, or a flaw in it, reaches for.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_capabilities_restricted.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findAddedCapabilities, printAdded } from '../capabilities.ts';
import { findContainers } from '../../core/containers.ts';
import type { PlacedContainer } from '../../core/containers.ts';
import { exceptOnWindows } from '../relaxations.ts';
import { nameContainers } from '../wording.ts';

export const capabilitiesRestricted = {
  id: 'capabilities_restricted',
  level: 'restricted',
  overrides: ['capabilities_baseline'],
  branches: [
    { since: 22, check: checkCapabilities },
    { since: 25, check: exceptOnWindows(checkCapabilities) },
  ],
} as const satisfies PodSecurityCheck;

function checkCapabilities(pod: PodTemplate): CheckOutcome {
  const refused = findContainers(pod, isUnrestricted);
  if (refused === undefined) return undefined;
  const keeping = refused.filter(({ container }) => !dropsAll(container));
  const adding = refused.filter(({ container }) => addsForbidden(container));
  const kept = keeping.map(describeKept);
  const added = adding.flatMap((placed) => findAddedCapabilities(placed, isAllowed));
  const mustDrop =
    keeping.length === 0 ? '' : `${nameContainers(keeping)} must set securityContext.capabilities.drop=["ALL"]`;
  const mustNotAdd = adding.length === 0 ? '' : printAdded(adding, added);
  return {
    reason: 'unrestricted capabilities',
    detail: mustDrop === '' || mustNotAdd === '' ? mustDrop + mustNotAdd : `${mustDrop}; ${mustNotAdd}`,
    violations: added.length === 0 ? kept : [...kept, ...added],
  };
}

function describeKept({ path, container }: PlacedContainer): Violation {
  return violation(
    `${path}.securityContext.capabilities.drop`,
    container.securityContext?.capabilities?.drop,
    `container "${container.name}" does not drop every capability; set drop to ["ALL"]`,
  );
}

function isUnrestricted(container: Container): boolean {
  return !dropsAll(container) || addsForbidden(container);
}

function dropsAll({ securityContext }: Container): boolean {
  return securityContext?.capabilities?.drop?.includes('ALL') === true;
}

function addsForbidden({ securityContext }: Container): boolean {
  return securityContext?.capabilities?.add?.every(isAllowed) === false;
}

function isAllowed(capability: string): boolean {
  return capability === 'NET_BIND_SERVICE';
}
