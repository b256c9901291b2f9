/** Finds the volumes that a check is about; of a pod that passes nothing is allocated. */
import type { Volume } from '../core/pod-shape.ts';
import type { PodTemplate } from '../core/pod-template.ts';

export interface PlacedVolume {
  /** `spec.volumes[0]` */
  readonly path: string;
  readonly volume: Volume;
}

/** @returns undefined if there is none */
export function findVolumes(
  { spec }: PodTemplate,
  isMeant: (volume: Volume) => boolean,
): readonly PlacedVolume[] | undefined {
  const { volumes } = spec;
  if (volumes === undefined) return undefined;
  let found: PlacedVolume[] | undefined;
  for (let index = 0; index < volumes.length; index += 1) {
    const volume = volumes[index];
    if (volume === undefined || !isMeant(volume)) continue;
    found ??= [];
    found.push({ path: `spec.volumes[${index}]`, volume });
  }
  return found;
}
