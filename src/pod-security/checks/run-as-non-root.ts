/**
 * Nothing but runAsNonRoot keeps a container from starting as uid 0: without it the image decides.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_runAsNonRoot.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck, Refusal } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import type { PlacedContainer } from '../../core/containers.ts';
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
  if (ofPod === false) {
    const ofPodItself = violation(`spec.${FIELD}`, false, 'the pod sets runAsNonRoot to false; set it to true');
    return refuse(printAllowing(true, refused ?? []), [ofPodItself, ...(refused ?? []).map(describe)]);
  }
  if (refused === undefined) return undefined;
  const allowing = refused.filter(({ container }) => allowsRoot(container));
  // Of those that say nothing Pod Security speaks only where nobody says false.
  const detail =
    allowing.length > 0 ? printAllowing(false, allowing) : `pod or ${nameContainers(refused)} must set ${FIELD}=true`;
  return refuse(detail, refused.map(describe));
}

function refuse(detail: string, violations: readonly Violation[]): Refusal {
  return { reason: 'runAsNonRoot != true', detail, violations };
}

function printAllowing(podAllows: boolean, allowing: readonly PlacedContainer[]): string {
  return `${nameSetters(podAllows, allowing)} must not set ${FIELD}=false`;
}

function describe({ path, container }: PlacedContainer): Violation {
  const own = container.securityContext?.runAsNonRoot;
  const fault = own === false ? 'sets runAsNonRoot to false' : 'does not set runAsNonRoot, nor does its pod';
  return violation(`${path}.${FIELD}`, own, `container "${container.name}" ${fault}; set it to true`);
}

function lacksNonRoot({ securityContext }: Container): boolean {
  return securityContext?.runAsNonRoot !== true;
}

function allowsRoot({ securityContext }: Container): boolean {
  return securityContext?.runAsNonRoot === false;
}
