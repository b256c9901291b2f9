import { idFloor } from '../../../src/rules/pod/id-floor.ts';
import { testRule } from '../rule-tester.ts';

testRule(idFloor, [
  {
    name: 'ids of the pod hold for all its containers',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 10000, runAsGroup: 10000 }
  initContainers:
    - { name: setup }
  containers:
    - { name: web, securityContext: { runAsUser: 20000 } }
  ephemeralContainers:
    - { name: debug }
`,
    passes: true,
  },
  {
    name: 'containers that each set their ids pass',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { runAsUser: 65532, runAsGroup: 65532 } }
`,
    passes: true,
  },
  {
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 10001, runAsGroup: 10001 }
  initContainers:
    - { name: setup, securityContext: { runAsUser: 0 } }
  containers:
    - { name: web, securityContext: { runAsGroup: 9999 } }
  ephemeralContainers:
    - { name: debug, securityContext: { runAsUser: 1000, runAsGroup: 1000 } }
`,
    fails: [
      {
        path: 'spec.initContainers[0].securityContext.runAsUser',
        observed: '0',
        message: /^container "setup" sets runAsUser to 0; 10000 is the least/,
      },
      { path: 'spec.ephemeralContainers[0].securityContext.runAsUser', observed: '1000' },
      { path: 'spec.containers[0].securityContext.runAsGroup', observed: '9999' },
      { path: 'spec.ephemeralContainers[0].securityContext.runAsGroup', observed: '1000' },
    ],
  },
  {
    name: 'where nobody sets an id the image chooses, which fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
    - { name: sidecar, securityContext: { runAsUser: 10001, runAsGroup: 10001 } }
`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.runAsUser',
        message: /^container "web" does not set runAsUser, nor does its pod: the image chooses/,
      },
      'spec.containers[0].securityContext.runAsGroup',
    ],
  },
  {
    name: 'a low id of the pod fails once, not for each container that inherits it',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 1000, runAsGroup: 10001 }
  containers:
    - { name: web }
    - { name: sidecar }
`,
    fails: [
      {
        path: 'spec.securityContext.runAsUser',
        observed: '1000',
        message: /^the pod sets runAsUser to 1000; 10000 is the least/,
      },
    ],
  },
  {
    name: 'it fails although each container has another: what is added for debugging inherits it',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 10001, runAsGroup: 0 }
  containers:
    - { name: web, securityContext: { runAsGroup: 10001 } }
`,
    fails: [{ path: 'spec.securityContext.runAsGroup', observed: '0' }],
  },
  {
    name: 'a policy sets other floors',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 1000, runAsGroup: 1000 }
  containers:
    - { name: web }
`,
    params: { minimumUser: 1000, minimumGroup: 1001 },
    fails: [{ path: 'spec.securityContext.runAsGroup', message: /1001 is the least/ }],
  },
  {
    name: 'the ids of a pod in a user namespace are none of the node',
    yaml: `
kind: Pod
spec:
  hostUsers: false
  containers:
    - { name: web, securityContext: { runAsUser: 0 } }
`,
    passes: true,
  },
  {
    name: 'Windows has no users by number',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    notApplicable: /Windows/,
  },
  {
    name: 'the template of a ReplicationController is judged',
    yaml: `
kind: ReplicationController
spec:
  template:
    spec:
      securityContext: { runAsUser: 10001, runAsGroup: 1 }
      containers:
        - { name: web }
`,
    fails: ['spec.securityContext.runAsGroup'],
  },
  {
    name: 'an id that is no number is unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 10001, runAsGroup: 10001 }
  containers:
    - { name: web, securityContext: { runAsUser: '20000' } }
`,
    unknown: /"spec\.containers\[0\]\.securityContext\.runAsUser" must be an integer, found the string "20000"/,
  },
]);
