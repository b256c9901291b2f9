/**
 * Nothing but runAsNonRoot keeps a container from starting as uid 0: without it the image decides.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_runAsNonRoot.go.
 */
import type { Container } from '../../core/kinds.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../containers.ts';
import type { PlacedContainer } from '../containers.ts';
import { exceptInUserNamespace } from '../relaxations.ts';
import { nameContainers, nameSetters } from '../wording.ts';

export const runAsNonRoot = {
  id: 'runAsNonRoot',
  level: 'restricted',
  branches: [
    { since: 0, check: checkRunAsNonRoot },
    { since: 35, check: exceptInUserNamespace(checkRunAsNonRoot) },
  ],
} as const satisfies PodSecurityCheck;

const FIELD = 'securityContext.runAsNonRoot';

function checkRunAsNonRoot(pod: PodTemplate): CheckOutcome {
  const ofPod = pod.spec.securityContext?.runAsNonRoot;
  // The pod's own false is one violation, not one for each container that inherits it.
  const refused = findContainers(pod, ofPod === undefined ? lacksNonRoot : allowsRoot);
  if (ofPod !== false && refused === undefined) return undefined;
  return {
    reason: 'runAsNonRoot != true',
    detail: printDetail(ofPod === false, refused ?? []),
    violations: [
      ...(ofPod === false
        ? [violation(`spec.${FIELD}`, false, 'the pod sets runAsNonRoot to false; set it to true')]
        : []),
      ...(refused ?? []).map(({ path, container }) =>
        violation(
          `${path}.${FIELD}`,
          container.securityContext?.runAsNonRoot,
          allowsRoot(container)
            ? `container "${container.name}" sets runAsNonRoot to false; set it to true`
            : `container "${container.name}" does not set runAsNonRoot, nor does its pod; set it to true`,
        ),
      ),
    ],
  };
}

/** Of those that say nothing Pod Security speaks only where nobody says false. */
function printDetail(podAllowsRoot: boolean, refused: readonly PlacedContainer[]): string {
  const allowing = refused.filter(({ container }) => allowsRoot(container));
  return podAllowsRoot || allowing.length > 0
    ? `${nameSetters(podAllowsRoot, allowing)} must not set ${FIELD}=false`
    : `pod or ${nameContainers(refused)} must set ${FIELD}=true`;
}

function lacksNonRoot({ securityContext }: Container): boolean {
  return securityContext?.runAsNonRoot !== true;
}

function allowsRoot({ securityContext }: Container): boolean {
  return securityContext?.runAsNonRoot === false;
}
