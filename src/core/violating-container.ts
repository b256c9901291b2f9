/** Which container breaks a rule: a violation says where, and the templates say who stands there. */
import type { ExemptedWorkload } from './exemption-matcher.ts';
import type { PodTemplate } from './pod-template.ts';
import { readOr } from './shape.ts';
import type { Workload } from './workload.ts';

/** The end of what leads there: a pod's own path, or that of a template in its owner. */
const PLACE = /^(?:.*\.)?spec\.(containers|initContainers|ephemeralContainers)\[(\d+)\]/;

/**
 * @param path of a violation: `spec.template.spec.containers[0].image`
 * @returns every name that stands there in what runs and in the owner's template, which may differ between revisions:
 *   more than one means that it could be any of them; none that it is not about a container
 */
export function containerNamesAt({ template, running }: Workload, path: string): readonly string[] {
  const [, list, index] = PLACE.exec(path) ?? [];
  if (list === undefined || index === undefined) return [];
  const templates = [...(template === undefined ? [] : [template]), ...running.map((one) => one.template)];
  return [...new Set(templates.flatMap((one) => nameAt(one, list as ContainerList, Number(index)) ?? []))];
}

/** What exemptions may ask of a workload. */
export function toExempted(workload: Workload): ExemptedWorkload {
  const { template } = workload;
  return {
    containersAt: (path) => containerNamesAt(workload, path),
    ...(template === undefined ? {} : { template }),
  };
}

type ContainerList = 'containers' | 'initContainers' | 'ephemeralContainers';

/** Undefined where nothing stands there, or nothing that can be read. */
function nameAt(template: PodTemplate, list: ContainerList, index: number): string | undefined {
  return readOr(
    () => template.spec[list]?.[index]?.name,
    () => undefined,
  );
}
