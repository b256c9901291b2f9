import { hostPathVolumes } from '../../../src/rules/pod/host-path-volumes.ts';
import { testRule } from '../rule-tester.ts';

testRule(hostPathVolumes, [
  {
    name: 'each volume that is a directory of the node is one violation',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: scratch, emptyDir: {} }
    - { name: logs, hostPath: { path: /var/log } }
    - { name: root, hostPath: { path: / } }
`,
    fails: [
      { path: 'spec.volumes[1].hostPath', observed: '/var/log', message: /^volume "logs" is a directory of the node/ },
      { path: 'spec.volumes[2].hostPath', observed: '/' },
    ],
  },
  {
    name: 'volumes of other types pass',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: scratch, emptyDir: {} }
    - { name: settings, configMap: { name: settings } }
    - { name: data, nfs: { server: files.example, path: /data } }
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
    name: 'null is absent',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: scratch, hostPath: null }
`,
    passes: true,
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
          volumes:
            - { name: logs, hostPath: { path: /var/log } }
`,
    fails: ['spec.volumes[0].hostPath'],
  },
  {
    name: 'volumes that are no list are unknown',
    yaml: `
kind: Pod
spec:
  volumes: { name: logs }
`,
    unknown: /"spec\.volumes" must be a list, found an object/,
  },
  {
    name: 'a volume without a path is unknown',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: logs, hostPath: {} }
`,
    unknown: /"spec\.volumes\[0\]\.hostPath\.path" must be present/,
  },
]);
