/** The part of a pod that pod rules judge, in one form for pods and for the templates that make them. */
import { MIRROR_ANNOTATION } from './pod-shape.ts';
import type { ObjectOf } from './kinds.ts';
import type { PodSpec } from './pod-shape.ts';

/** A pod as its rules see it: a running pod's spec, or the template of an owner that runs nothing. */
export interface PodTemplate {
  readonly metadata?: {
    readonly annotations?: Readonly<Record<string, string>>;
    /** Of a pod that an API server has admitted; neither templates nor manifests that wait for one have it. */
    readonly uid?: string;
  };
  readonly spec: PodSpec;
}

/** The API server names the token volume of each pod anew; the name says nothing. */
const TOKEN_VOLUME = /^kube-api-access-[a-z0-9]{5}$/;
const TOKEN_VOLUME_NAME = 'kube-api-access';

/**
 * The pod without what differs between pods of one template: the random name of its token volume. Then the specs of
 * such pods are equal, and can be held and judged once.
 */
export function canonicalPod(pod: ObjectOf<'Pod'>): ObjectOf<'Pod'> {
  const { annotations, ...metadata } = pod.metadata;
  return {
    metadata: annotations === undefined ? metadata : { ...metadata, annotations: withoutHash(annotations) },
    spec: withoutRandomName(pod.spec),
  };
}

function withoutRandomName(whole: PodSpec): PodSpec {
  const { volumes, containers, initContainers, ephemeralContainers, ...spec } = whole;
  // People may give such names too; what has two of them is left alone, or two volumes would have one name.
  const [tokenVolume, ...others] = (volumes ?? []).filter(({ name }) => TOKEN_VOLUME.test(name));
  const isTaken = volumes?.some(({ name }) => name === TOKEN_VOLUME_NAME) === true;
  if (volumes === undefined || tokenVolume === undefined || others.length > 0 || isTaken) return whole;
  return {
    ...spec,
    volumes: volumes.map(renameTokenVolume),
    containers: containers.map(renameTokenMount),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(renameTokenMount) }),
    ...(ephemeralContainers === undefined ? {} : { ephemeralContainers: ephemeralContainers.map(renameTokenMount) }),
  };
}

/** A mirror pod's annotation holds the hash of its file; that it is there is all that matters. */
function withoutHash(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return MIRROR_ANNOTATION in annotations ? { ...annotations, [MIRROR_ANNOTATION]: '' } : annotations;
}

function renameTokenVolume<V extends { readonly name: string }>(volume: V): V {
  return TOKEN_VOLUME.test(volume.name) ? { ...volume, name: TOKEN_VOLUME_NAME } : volume;
}

function renameTokenMount<C extends { readonly volumeMounts?: readonly { readonly name: string }[] }>(container: C): C {
  return container.volumeMounts?.some((mount) => TOKEN_VOLUME.test(mount.name)) === true
    ? { ...container, volumeMounts: container.volumeMounts.map(renameTokenVolume) }
    : container;
}
