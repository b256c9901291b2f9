/**
 * The containers of a pod, each with its place, so that no rule forgets the init or the ephemeral ones: init containers,
 * then containers, then ephemeral ones, as the API server visits them. Of a pod that passes, which is nearly every one,
 * nothing is allocated.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/visitor.go.
 */
import type { Container } from './pod-shape.ts';
import type { PodTemplate } from './pod-template.ts';

export interface PlacedContainer {
  /** `spec.initContainers[0]` */
  readonly path: string;
  readonly container: Container;
}

/** All of them. */
export function containersOf(pod: PodTemplate): readonly PlacedContainer[] {
  return findContainers(pod, isAny) ?? [];
}

function isAny(): boolean {
  return true;
}

/**
 * @param isMeant a function that lives as long as the program; a closure made for each pod would cost more than it does
 * @returns undefined if there is none
 */
export function findContainers(
  { spec }: PodTemplate,
  isMeant: (container: Container) => boolean,
): readonly PlacedContainer[] | undefined {
  const ofInit = addContainers(undefined, spec.initContainers, 'spec.initContainers', isMeant);
  const ofBoth = addContainers(ofInit, spec.containers, 'spec.containers', isMeant);
  return addContainers(ofBoth, spec.ephemeralContainers, 'spec.ephemeralContainers', isMeant);
}

function addContainers(
  found: PlacedContainer[] | undefined,
  containers: readonly Container[] | undefined,
  path: string,
  isMeant: (container: Container) => boolean,
): PlacedContainer[] | undefined {
  if (containers === undefined) return found;
  for (let index = 0; index < containers.length; index += 1) {
    const container = containers[index];
    if (container === undefined || !isMeant(container)) continue;
    found ??= [];
    found.push({ path: `${path}[${index}]`, container });
  }
  return found;
}
