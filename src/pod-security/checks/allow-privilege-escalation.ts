/**
 * A process that may gain more privileges than its parent turns one setuid binary into root inside the container. The
 * default is to allow it, so silence is refused, too.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_allowPrivilegeEscalation.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import { exceptOnWindows } from '../relaxations.ts';
import { nameContainers } from '../wording.ts';

export const allowPrivilegeEscalation = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  branches: [
    { since: 8, check: checkEscalation },
    { since: 25, check: exceptOnWindows(checkEscalation) },
  ],
} as const satisfies PodSecurityCheck;

function checkEscalation(pod: PodTemplate): CheckOutcome {
  const refused = findContainers(pod, mayEscalate);
  if (refused === undefined) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${nameContainers(refused)} must set securityContext.allowPrivilegeEscalation=false`,
    violations: refused.map(({ path, container }) =>
      violation(
        `${path}.securityContext.allowPrivilegeEscalation`,
        container.securityContext?.allowPrivilegeEscalation,
        `container "${container.name}" must set allowPrivilegeEscalation to false`,
      ),
    ),
  };
}

function mayEscalate({ securityContext }: Container): boolean {
  return securityContext?.allowPrivilegeEscalation !== false;
}
