import { restrictedVolumes } from '../../../src/pod-security/checks/restricted-volumes.ts';
import { testCheck } from '../check-tester.ts';

testCheck(restrictedVolumes, [
  {
    name: 'the nine types that Kubernetes manages itself pass',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: a, configMap: { name: a } }
    - { name: b, csi: { driver: csi.example } }
    - { name: c, downwardAPI: {} }
    - { name: d, emptyDir: {} }
    - { name: e, ephemeral: {} }
    - { name: f, image: { reference: registry.example/data:1 } }
    - { name: g, persistentVolumeClaim: { claimName: g } }
    - { name: h, projected: {} }
    - { name: i, secret: { secretName: i } }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'they passed in v1.0 already, image among them',
    version: 0,
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: f, image: { reference: registry.example/data:1 } }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'every other type is refused, and named once, in the order of its bytes',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: a, hostPath: { path: / } }
    - { name: b, gcePersistentDisk: { pdName: b } }
    - { name: c, awsElasticBlockStore: { volumeID: c } }
    - { name: d, gitRepo: { repository: d } }
    - { name: e, nfs: { server: e, path: / } }
    - { name: f, iscsi: {} }
    - { name: g, glusterfs: {} }
    - { name: h, rbd: {} }
    - { name: i, flexVolume: { driver: example/flex } }
    - { name: j, cinder: {} }
    - { name: k, cephfs: {} }
    - { name: l, flocker: {} }
    - { name: m, fc: {} }
    - { name: n, azureFile: {} }
    - { name: o, vsphereVolume: {} }
    - { name: p, quobyte: {} }
    - { name: q, azureDisk: {} }
    - { name: r, portworxVolume: {} }
    - { name: s, photonPersistentDisk: {} }
    - { name: t, scaleIO: {} }
    - { name: u, storageos: {} }
    - { name: v, nfs: { server: v, path: / } }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'restricted volume types',
      detail:
        'volumes "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v" use restricted volume types "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "fc", "flexVolume", "flocker", "gcePersistentDisk", "gitRepo", "glusterfs", "hostPath", "iscsi", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"',
      violations: [
        { path: 'spec.volumes[0]', observed: 'hostPath' },
        { path: 'spec.volumes[1]', observed: 'gcePersistentDisk' },
        { path: 'spec.volumes[2]', observed: 'awsElasticBlockStore' },
        { path: 'spec.volumes[3]', observed: 'gitRepo' },
        { path: 'spec.volumes[4]', observed: 'nfs' },
        { path: 'spec.volumes[5]', observed: 'iscsi' },
        { path: 'spec.volumes[6]', observed: 'glusterfs' },
        { path: 'spec.volumes[7]', observed: 'rbd' },
        { path: 'spec.volumes[8]', observed: 'flexVolume' },
        { path: 'spec.volumes[9]', observed: 'cinder' },
        { path: 'spec.volumes[10]', observed: 'cephfs' },
        { path: 'spec.volumes[11]', observed: 'flocker' },
        { path: 'spec.volumes[12]', observed: 'fc' },
        { path: 'spec.volumes[13]', observed: 'azureFile' },
        { path: 'spec.volumes[14]', observed: 'vsphereVolume' },
        { path: 'spec.volumes[15]', observed: 'quobyte' },
        { path: 'spec.volumes[16]', observed: 'azureDisk' },
        { path: 'spec.volumes[17]', observed: 'portworxVolume' },
        { path: 'spec.volumes[18]', observed: 'photonPersistentDisk' },
        { path: 'spec.volumes[19]', observed: 'scaleIO' },
        { path: 'spec.volumes[20]', observed: 'storageos' },
        { path: 'spec.volumes[21]', observed: 'nfs' },
      ],
    },
  },
  {
    name: 'one volume uses one type',
    version: 0,
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: share, nfs: { server: nfs.example, path: / } }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'restricted volume types',
      detail: 'volume "share" uses restricted volume type "nfs"',
      violations: [
        {
          path: 'spec.volumes[0]',
          observed: 'nfs',
          message:
            'volume "share" is of type "nfs"; use a persistentVolumeClaim, emptyDir or another type that restricted allows',
        },
      ],
    },
  },
  {
    name: 'two volumes use one type',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: b, fc: {} }
    - { name: a, fc: {} }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'restricted volume types',
      detail: 'volumes "b", "a" use restricted volume type "fc"',
      violations: [
        { path: 'spec.volumes[0]', observed: 'fc' },
        { path: 'spec.volumes[1]', observed: 'fc' },
      ],
    },
  },
  {
    name: 'a source that nobody knows is refused',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: new, inventedSource: {} }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'restricted volume types',
      detail: 'volume "new" uses restricted volume type "unknown"',
      violations: [{ path: 'spec.volumes[0]', observed: 'unknown' }],
    },
  },
  {
    name: 'a volume with an allowed and another source counts as allowed; the API server stores no such pod',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: both, emptyDir: {}, hostPath: { path: / } }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a pod without volumes passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a source of a wrong type is nothing that passes',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: scratch, emptyDir: true }
  containers:
    - { name: web }
`,
    malformed: 'spec.volumes[0].emptyDir',
  },
]);
