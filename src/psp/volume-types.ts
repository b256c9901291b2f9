/** How PodSecurityPolicy names the types of volumes, and the field of a volume that each of them stands for. */
import type { volumeSourceNames } from '../core/pod-shape.ts';

export type VolumeSourceName = (typeof volumeSourceNames)[number];

/** In `spec.volumes`: every type, also those that came later. */
export const allVolumes = '*';

/**
 * By PodSecurityPolicy's name. Source: k8s.io/api v0.24, policy/v1beta1, FSType; only the name of cephfs differs from
 * the field's. `image` came after PodSecurityPolicy was removed: nothing but `*` allows it.
 */
export const volumeTypes: ReadonlyMap<string, VolumeSourceName> = new Map<string, VolumeSourceName>([
  ['awsElasticBlockStore', 'awsElasticBlockStore'],
  ['azureDisk', 'azureDisk'],
  ['azureFile', 'azureFile'],
  ['cephFS', 'cephfs'],
  ['cinder', 'cinder'],
  ['configMap', 'configMap'],
  ['csi', 'csi'],
  ['downwardAPI', 'downwardAPI'],
  ['emptyDir', 'emptyDir'],
  ['ephemeral', 'ephemeral'],
  ['fc', 'fc'],
  ['flexVolume', 'flexVolume'],
  ['flocker', 'flocker'],
  ['gcePersistentDisk', 'gcePersistentDisk'],
  ['gitRepo', 'gitRepo'],
  ['glusterfs', 'glusterfs'],
  ['hostPath', 'hostPath'],
  ['iscsi', 'iscsi'],
  ['nfs', 'nfs'],
  ['persistentVolumeClaim', 'persistentVolumeClaim'],
  ['photonPersistentDisk', 'photonPersistentDisk'],
  ['portworxVolume', 'portworxVolume'],
  ['projected', 'projected'],
  ['quobyte', 'quobyte'],
  ['rbd', 'rbd'],
  ['scaleIO', 'scaleIO'],
  ['secret', 'secret'],
  ['storageos', 'storageos'],
  ['vsphereVolume', 'vsphereVolume'],
]);

export function allowsVolumeType(volumes: readonly string[], source: VolumeSourceName): boolean {
  return volumes.some((type) => type === allVolumes || volumeTypes.get(type) === source);
}

/** The fields of volumes that a policy allows, without `*`. */
export function allowedSources(volumes: readonly string[]): readonly VolumeSourceName[] {
  return volumes.flatMap((type) => volumeTypes.get(type) ?? []);
}
