import { volumeTypes } from '../../../src/rules/pod/volume-types.ts';
import { testRule } from '../rule-tester.ts';

testRule(volumeTypes, [
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
    name: 'the types that the cluster manages itself pass',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: a, configMap: { name: web } }
    - { name: b, emptyDir: {} }
    - { name: c, projected: { sources: [] } }
    - { name: d, secret: { secretName: web } }
    - { name: e, downwardAPI: {} }
    - { name: f, persistentVolumeClaim: { claimName: web } }
`,
    passes: true,
  },
  {
    name: 'others fail, those that the level restricted allows among them',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: tmp, emptyDir: {} }
    - { name: node, hostPath: { path: / } }
    - { name: files, nfs: { server: files.example, path: / } }
    - { name: drive, csi: { driver: inline.example } }
    - { name: scratch, ephemeral: {} }
    - { name: model, image: { reference: registry.example/model:1 } }
`,
    fails: [
      {
        path: 'spec.volumes[1].hostPath',
        observed: 'hostPath',
        message:
          /^volume "node" is of type hostPath; allowed is configMap, emptyDir, projected, secret, downwardAPI, pers/,
      },
      'spec.volumes[2].nfs',
      'spec.volumes[3].csi',
      'spec.volumes[4].ephemeral',
      'spec.volumes[5].image',
    ],
  },
  {
    name: 'a type that nobody knows yet fails as unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: new, brandNew: {} }
`,
    fails: [
      {
        path: 'spec.volumes[0]',
        observed: 'unknown',
        message: /^volume "new" is of a type that this Merlon does not know/,
      },
    ],
  },
  {
    name: 'an allowed type beside another one excuses nothing',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: two, emptyDir: {}, hostPath: { path: / } }
`,
    fails: ['spec.volumes[0].hostPath'],
  },
  {
    name: 'a policy allows other types, and no longer what is allowed by default',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: drive, csi: { driver: inline.example } }
    - { name: tmp, emptyDir: {} }
`,
    params: { allowed: ['csi', 'ephemeral'] },
    fails: [{ path: 'spec.volumes[1].emptyDir', message: /allowed is csi, ephemeral$/ }],
  },
  {
    name: 'a policy allows no type',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: tmp, emptyDir: {} }
`,
    params: { allowed: [] },
    fails: [{ path: 'spec.volumes[0].emptyDir', message: /no type is allowed$/ }],
  },
  {
    name: 'a policy allows every type, also those that nobody knows yet',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: node, hostPath: { path: / } }
    - { name: new, brandNew: {} }
`,
    params: { allowed: ['secret', '*'] },
    passes: true,
  },
  {
    name: 'Windows pods are judged too',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
  volumes:
    - { name: node, hostPath: { path: 'C:\\' } }
`,
    fails: ['spec.volumes[0].hostPath'],
  },
  {
    name: 'the template of a CronJob is judged',
    yaml: `
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - { name: report }
          volumes:
            - { name: code, gitRepo: { repository: git.example/report } }
`,
    fails: ['spec.volumes[0].gitRepo'],
  },
  {
    name: 'null is no source',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: tmp, emptyDir: {}, hostPath: null }
`,
    passes: true,
  },
  {
    name: 'a source that is no object is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: tmp, emptyDir: 'yes' }
`,
    unknown: /"spec\.volumes\[0\]\.emptyDir" must be an object, found the string "yes"/,
  },
  {
    name: 'volumes that are no list are unknown, whatever is allowed',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes: { tmp: { emptyDir: {} } }
`,
    params: { allowed: ['*'] },
    unknown: /"spec\.volumes" must be a list/,
  },
]);
