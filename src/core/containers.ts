/** Every container of a pod, with its place, so that no rule forgets the init or the ephemeral ones. */
import type { Container } from './pod-shape.ts';
import type { PodTemplate } from './pod-template.ts';

export interface PlacedContainer {
  /** `spec.initContainers[0]` */
  readonly path: string;
  readonly container: Container;
}

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Init containers, then containers, then ephemeral ones: the order in which the API server visits them. */
export function containersOf(pod: PodTemplate): readonly PlacedContainer[] {
  const placed: PlacedContainer[] = [];
  for (const list of lists) {
    for (const [index, container] of pod.spec[list]?.entries() ?? []) {
      placed.push({ path: `spec.${list}[${index}]`, container });
    }
  }
  return placed;
}
