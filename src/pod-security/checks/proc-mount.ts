/**
 * The default mount of /proc hides what leads into the kernel and the node.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_procMount_baseline.go and check_procMount_restricted.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import { exceptInUserNamespace } from '../relaxations.ts';
import { nameContainers, quoteEach, sortDistinct } from '../wording.ts';

export const procMount = {
  id: 'procMount',
  level: 'baseline',
  branches: [
    { since: 0, check: checkProcMount },
    { since: 35, check: exceptInUserNamespace(checkProcMount) },
  ],
} as const satisfies PodSecurityCheck;

export function checkProcMount(pod: PodTemplate): CheckOutcome {
  const refused = findContainers(pod, isUnmasked);
  if (refused === undefined) return undefined;
  const mounts = sortDistinct(refused.map(({ container }) => container.securityContext?.procMount ?? ''));
  return {
    reason: 'procMount',
    detail: `${nameContainers(refused)} must not set securityContext.procMount to ${quoteEach(mounts)}`,
    violations: refused.map(({ path, container }) =>
      violation(
        `${path}.securityContext.procMount`,
        container.securityContext?.procMount,
        `container "${container.name}" has another procMount than Default; remove it`,
      ),
    ),
  };
}

function isUnmasked({ securityContext }: Container): boolean {
  const mount = securityContext?.procMount;
  return mount !== undefined && mount !== 'Default';
}
