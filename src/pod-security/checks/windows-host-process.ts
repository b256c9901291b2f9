/**
 * A HostProcess container runs on the Windows node itself: it is what a privileged container is on Linux.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_windowsHostProcess.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import { nameSetters } from '../wording.ts';

export const windowsHostProcess = {
  id: 'windowsHostProcess',
  level: 'baseline',
  branches: [{ since: 0, check: checkHostProcess }],
} as const satisfies PodSecurityCheck;

const FIELD = 'securityContext.windowsOptions.hostProcess';

function checkHostProcess(pod: PodTemplate): CheckOutcome {
  const podSets = pod.spec.securityContext?.windowsOptions?.hostProcess === true;
  const refused = findContainers(pod, isHostProcess);
  if (!podSets && refused === undefined) return undefined;
  return {
    reason: 'hostProcess',
    detail: `${nameSetters(podSets, refused)} must not set ${FIELD}=true`,
    violations: [
      ...(podSets
        ? [violation(`spec.${FIELD}`, true, 'the pod runs on the Windows node itself; remove hostProcess')]
        : []),
      ...(refused ?? []).map(({ path, container }) =>
        violation(
          `${path}.${FIELD}`,
          true,
          `container "${container.name}" runs on the Windows node itself; remove hostProcess`,
        ),
      ),
    ],
  };
}

function isHostProcess({ securityContext }: Container): boolean {
  return securityContext?.windowsOptions?.hostProcess === true;
}
