import { hostPathVolumes } from '../../../src/pod-security/checks/host-path-volumes.ts';
import { testCheck } from '../check-tester.ts';

testCheck(hostPathVolumes, [
  {
    name: 'a directory of the node is refused',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: data, emptyDir: {} }
    - { name: run, hostPath: { path: /var/run } }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'hostPath volumes',
      detail: 'volume "run"',
      violations: [
        {
          path: 'spec.volumes[1].hostPath',
          observed: '/var/run',
          message: 'volume "run" is a directory of the node; use a volume of another type',
        },
      ],
    },
  },
  {
    name: 'several are named in the order of the pod',
    version: 0,
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: z, hostPath: { path: /z } }
    - { name: a, hostPath: { path: /a, type: Directory } }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'hostPath volumes',
      detail: 'volumes "z", "a"',
      violations: [
        { path: 'spec.volumes[0].hostPath', observed: '/z' },
        { path: 'spec.volumes[1].hostPath', observed: '/a' },
      ],
    },
  },
  {
    name: 'volumes of other types pass, null is none',
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: a, nfs: { server: nfs.example, path: / } }
    - { name: b, hostPath: null, emptyDir: {} }
    - { name: c }
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
    name: 'volumes of a wrong type are nothing that passes',
    yaml: `
kind: Pod
spec:
  volumes: { name: a }
  containers:
    - { name: web }
`,
    malformed: 'spec.volumes',
  },
]);
