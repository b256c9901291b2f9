import { restrictedVolumes } from '../../../src/rules/pod/restricted-volumes.ts';
import { testRule } from '../rule-tester.ts';

testRule(restrictedVolumes, [
  {
    name: 'each volume of another type is one violation',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: data, nfs: { server: files.example, path: /data } }
    - { name: scratch, emptyDir: {} }
    - { name: logs, hostPath: { path: /var/log } }
    - { name: code, gitRepo: { repository: 'https://git.example/code' } }
`,
    fails: [
      { path: 'spec.volumes[0]', observed: 'nfs', message: /^volume "data" is of type "nfs"/ },
      { path: 'spec.volumes[2]', observed: 'hostPath' },
      { path: 'spec.volumes[3]', observed: 'gitRepo' },
    ],
  },
  {
    name: 'the types that the cluster manages pass',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: a, configMap: { name: a } }
    - { name: b, csi: { driver: csi.example } }
    - { name: c, downwardAPI: {} }
    - { name: d, emptyDir: {} }
    - { name: e, ephemeral: {} }
    - { name: f, image: { reference: registry.example/f:1 } }
    - { name: g, persistentVolumeClaim: { claimName: g } }
    - { name: h, projected: {} }
    - { name: i, secret: { secretName: i } }
`,
    passes: true,
  },
  {
    name: 'a pod without volumes passes',
    yaml: `
kind: Pod
spec: {}
`,
    passes: true,
  },
  {
    name: 'a type that nobody knows fails',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: data, holographic: {} }
`,
    fails: [{ path: 'spec.volumes[0]', observed: 'unknown' }],
  },
  {
    name: 'it is the same in all versions',
    podSecurityVersion: 0,
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: data, iscsi: {} }
    - { name: code, image: { reference: registry.example/code:1 } }
`,
    fails: [{ path: 'spec.volumes[0]', observed: 'iscsi' }],
  },
  {
    name: 'the template of a StatefulSet is judged',
    yaml: `
kind: StatefulSet
spec:
  template:
    spec:
      volumes:
        - { name: data, cephfs: {} }
`,
    fails: ['spec.volumes[0]'],
  },
  {
    name: 'a source that is no object is unknown',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: scratch, emptyDir: 'yes' }
`,
    unknown: /"spec\.volumes\[0\]\.emptyDir" must be an object, found the string "yes"/,
  },
]);
