/**
 * uid 0 in a container is uid 0 on its node, should it get out.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_runAsUser.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import { exceptInUserNamespace } from '../relaxations.ts';
import { nameSetters } from '../wording.ts';

export const runAsUser = {
  id: 'runAsUser',
  level: 'restricted',
  branches: [
    { since: 23, check: checkRunAsUser },
    { since: 35, check: exceptInUserNamespace(checkRunAsUser) },
  ],
} as const satisfies PodSecurityCheck;

const FIELD = 'securityContext.runAsUser';

function checkRunAsUser(pod: PodTemplate): CheckOutcome {
  const podSets = pod.spec.securityContext?.runAsUser === 0;
  const refused = findContainers(pod, runsAsRoot);
  if (!podSets && refused === undefined) return undefined;
  return {
    reason: 'runAsUser=0',
    detail: `${nameSetters(podSets, refused)} must not set runAsUser=0`,
    violations: [
      ...(podSets ? [violation(`spec.${FIELD}`, 0, 'the pod runs as user 0, which is root; choose another user')] : []),
      ...(refused ?? []).map(({ path, container }) =>
        violation(
          `${path}.${FIELD}`,
          0,
          `container "${container.name}" runs as user 0, which is root; choose another user`,
        ),
      ),
    ],
  };
}

function runsAsRoot({ securityContext }: Container): boolean {
  return securityContext?.runAsUser === 0;
}
