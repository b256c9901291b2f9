/** Volumes that a driver on the node mounts, held against the drivers that are allowed. */
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';

export const driverParams = {
  type: 'object',
  properties: {
    drivers: {
      type: 'array',
      description: 'The names of the drivers that are allowed, exactly; without items none is.',
      maxItems: 100,
      'x-kubernetes-list-type': 'set',
      items: { type: 'string', minLength: 1, maxLength: 253 },
      default: [],
    },
  },
} as const;

export function findOtherDrivers(
  { spec }: PodTemplate,
  source: 'flexVolume' | 'csi',
  drivers: readonly string[],
): readonly Violation[] {
  return (spec.volumes ?? []).flatMap((volume, index) => {
    const driver = volume[source]?.driver;
    if (driver === undefined || drivers.includes(driver)) return [];
    const allowed = drivers.length === 0 ? 'no driver is allowed' : `allowed is ${drivers.join(', ')}`;
    return violation(
      `spec.volumes[${index}].${source}.driver`,
      driver,
      `volume "${volume.name}" uses the driver ${JSON.stringify(driver)}; ${allowed}`,
    );
  });
}
