/** Volumes of every type that the API server accepts, as small as it accepts them. */
import type { Json } from './generator.ts';
import { chance, pick, pickSome } from './generator-dice.ts';
import type { Dice } from './generator-dice.ts';

const sourcesAllowedEverywhere: readonly Json[] = [
  { emptyDir: {} },
  { emptyDir: { medium: 'Memory' } },
  // The API server makes an emptyDir of it.
  {},
  { configMap: { name: 'settings' } },
  { secret: { secretName: 'password' } },
  { downwardAPI: {} },
  { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
  { projected: {} },
  { projected: { sources: [{ configMap: { name: 'settings' } }, { secret: { name: 'password' } }] } },
  { persistentVolumeClaim: { claimName: 'data' } },
  { csi: { driver: 'csi.example.com' } },
  {
    ephemeral: {
      volumeClaimTemplate: {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    },
  },
  { image: { reference: 'registry.example.com/data:1' } },
];

const hostPaths: readonly Json[] = [
  { hostPath: { path: '/' } },
  { hostPath: { path: '/var/run/docker.sock', type: 'Socket' } },
];

const sourcesRefusedByRestricted: readonly Json[] = [
  { gcePersistentDisk: { pdName: 'disk' } },
  { awsElasticBlockStore: { volumeID: 'vol-1' } },
  { gitRepo: { repository: 'https://example.com/repository.git' } },
  { nfs: { server: 'nfs.example.com', path: '/' } },
  { iscsi: { targetPortal: '10.0.0.1:3260', iqn: 'iqn.2001-04.com.example:storage', lun: 0 } },
  { glusterfs: { endpoints: 'gluster', path: 'volume' } },
  { rbd: { monitors: ['10.0.0.1:6789'], image: 'image' } },
  { flexVolume: { driver: 'example.com/driver' } },
  { cinder: { volumeID: 'vol-1' } },
  { cephfs: { monitors: ['10.0.0.1:6789'] } },
  { flocker: { datasetName: 'data' } },
  { fc: { targetWWNs: ['500a0982991b8dc5'], lun: 0 } },
  { azureFile: { secretName: 'azure', shareName: 'share' } },
  { vsphereVolume: { volumePath: '[store] volume' } },
  { quobyte: { registry: 'registry.example.com:7861', volume: 'volume' } },
  { azureDisk: { diskName: 'disk', diskURI: 'https://example.blob.core.windows.net/vhds/disk.vhd' } },
  { photonPersistentDisk: { pdID: 'disk' } },
  { portworxVolume: { volumeID: 'vol-1' } },
  { scaleIO: { gateway: 'https://10.0.0.1', system: 'system', volumeName: 'volume', secretRef: { name: 'scaleio' } } },
  { storageos: { volumeName: 'volume' } },
];

const names: readonly string[] = ['data', 'a', 'z', '10', '9', '1', 'host', 'a-b', 'a0', 'x'.repeat(63)];

export function generateVolumes(dice: Dice): Json[] {
  return pickSome(dice, names, 4).map((name) => withNulls(dice, { name, ...generateSource(dice) }));
}

function generateSource(dice: Dice): Json {
  if (!chance(dice, dice.badness)) return pick(dice, sourcesAllowedEverywhere);
  return pick(dice, chance(dice, 0.3) ? hostPaths : sourcesRefusedByRestricted);
}

/** Other sources may be there as null. */
function withNulls(dice: Dice, volume: Json): Json {
  return chance(dice, 0.05) ? { hostPath: null, configMap: null, ...volume } : volume;
}
