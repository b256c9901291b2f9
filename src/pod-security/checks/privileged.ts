/**
 * A privileged container has every capability and every device of its node.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_privileged.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import { nameContainers } from '../wording.ts';

export const privileged = {
  id: 'privileged',
  level: 'baseline',
  branches: [{ since: 0, check: checkPrivileged }],
} as const satisfies PodSecurityCheck;

function checkPrivileged(pod: PodTemplate): CheckOutcome {
  const refused = findContainers(pod, isPrivileged);
  if (refused === undefined) return undefined;
  return {
    reason: 'privileged',
    detail: `${nameContainers(refused)} must not set securityContext.privileged=true`,
    violations: refused.map(({ path, container }) =>
      violation(
        `${path}.securityContext.privileged`,
        true,
        `container "${container.name}" is privileged; remove it or set it to false`,
      ),
    ),
  };
}

function isPrivileged({ securityContext }: Container): boolean {
  return securityContext?.privileged === true;
}
