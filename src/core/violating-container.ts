/** Which container breaks a rule: a violation says where, and the templates say who stands there. */
import type { PodTemplate } from './pod-template.ts';
import { readOr } from './shape.ts';

/** The end of what leads there: a pod's own path, or that of a template in its owner. */
const PLACE = /^(?:.*\.)?spec\.(containers|initContainers|ephemeralContainers)\[(\d+)\]/;

/**
 * @param templates what runs, and what the owner would run next, which may differ between revisions
 * @param path of a violation: `spec.template.spec.containers[0].image`
 * @returns every name that stands there: more than one means that it could be any of them; none that it is not about a
 *   container
 */
export function containerNamesAt(templates: readonly PodTemplate[], path: string): readonly string[] {
  const [, list, index] = PLACE.exec(path) ?? [];
  if (list === undefined || index === undefined) return [];
  return [...new Set(templates.flatMap((one) => nameAt(one, list as ContainerList, Number(index)) ?? []))];
}

type ContainerList = 'containers' | 'initContainers' | 'ephemeralContainers';

/** Undefined where nothing stands there, or nothing that can be read. */
function nameAt(template: PodTemplate, list: ContainerList, index: number): string | undefined {
  return readOr(
    () => template.spec[list]?.[index]?.name,
    () => undefined,
  );
}
