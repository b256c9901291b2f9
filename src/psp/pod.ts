/**
 * The part of a pod that PodSecurityPolicy looks at: what Merlon's rules read, and the sources of the volume that holds
 * a service account's token, by which it is told from other projected volumes.
 *
 * Source: k8s.io/api v0.37.2, core/v1/generated.proto.
 */
import { kinds } from '../core/kinds.ts';
import type { Container } from '../core/pod-shape.ts';
import { inline, list, message, pointer, required, string, value } from '../core/shape.ts';
import type { Infer } from '../core/shape.ts';

const { metadata: podMeta, spec: podSpec } = kinds.Pod.shape.fields;
const { fields } = podSpec.shape;
const { name, volumeSource } = fields.volumes.shape.of.fields;

const projection = message({
  ...volumeSource.shape.fields.projected.shape.fields.sources.shape.of.fields,
  serviceAccountToken: pointer(4, message({ audience: value(1, string), path: value(3, string) })),
  configMap: pointer(3, message({ localObjectReference: inline(1, message({ name: value(1, string) })) })),
  downwardAPI: pointer(
    2,
    message({
      items: value(
        1,
        list(
          message({
            path: value(1, string),
            fieldRef: pointer(2, message({ apiVersion: value(1, string), fieldPath: value(2, string) })),
          }),
        ),
      ),
    }),
  ),
});

const volume = message({
  name,
  volumeSource: inline(
    2,
    message({
      ...volumeSource.shape.fields,
      projected: pointer(26, message({ sources: value(1, list(projection)) })),
    }),
  ),
});

/** Of a pod, and of a template, which has the same two fields. */
export const podShape = message({
  metadata: value(1, message({ annotations: podMeta.shape.fields.annotations })),
  spec: required(2, message({ ...fields, volumes: value(1, list(volume)) })),
});

export type Pod = Infer<typeof podShape>;
export type PodVolume = Infer<typeof volume>;

export interface PlacedContainer {
  /** `spec.initContainers[0]` */
  readonly path: string;
  readonly container: Container;
}

export const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** In the order in which the API server visits them. */
export function containersOf({ spec }: Pod): readonly PlacedContainer[] {
  return containerLists.flatMap((list) =>
    (spec[list] ?? []).map((container, index) => ({ path: `spec.${list}[${index}]`, container })),
  );
}

/** `metadata.annotations["kubernetes.io/x"]` */
export function annotationPath(key: string): string {
  return `metadata.annotations[${JSON.stringify(key)}]`;
}
