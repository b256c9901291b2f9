import { readOnlyRootFilesystem } from '../../../src/rules/pod/read-only-root-filesystem.ts';
import { testRule } from '../rule-tester.ts';

testRule(readOnlyRootFilesystem, [
  {
    name: 'a pod whose containers all set it passes',
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup, securityContext: { readOnlyRootFilesystem: true } }
  containers:
    - { name: web, securityContext: { readOnlyRootFilesystem: true } }
  ephemeralContainers:
    - { name: debug, securityContext: { readOnlyRootFilesystem: true } }
`,
    passes: true,
  },
  {
    name: 'every list of containers is judged, and to say nothing is to write',
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup }
  containers:
    - { name: web, securityContext: { readOnlyRootFilesystem: true } }
    - { name: sidecar, securityContext: {} }
  ephemeralContainers:
    - { name: debug }
`,
    fails: [
      {
        path: 'spec.initContainers[0].securityContext.readOnlyRootFilesystem',
        message: /^container "setup" must set readOnlyRootFilesystem to true/,
      },
      'spec.containers[1].securityContext.readOnlyRootFilesystem',
      'spec.ephemeralContainers[0].securityContext.readOnlyRootFilesystem',
    ],
  },
  {
    name: 'a container that says false fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { readOnlyRootFilesystem: false } }
`,
    fails: [{ path: 'spec.containers[0].securityContext.readOnlyRootFilesystem', observed: 'false' }],
  },
  {
    name: 'a pod cannot set it for its containers',
    yaml: `
kind: Pod
spec:
  securityContext: { readOnlyRootFilesystem: true }
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.readOnlyRootFilesystem'],
  },
  {
    name: 'Windows cannot do it',
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
    name: 'the template of a ReplicaSet is judged',
    yaml: `
kind: ReplicaSet
spec:
  template:
    spec:
      containers:
        - { name: web }
`,
    fails: ['spec.containers[0].securityContext.readOnlyRootFilesystem'],
  },
  {
    name: 'a setting that is no boolean is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { readOnlyRootFilesystem: 'true' } }
`,
    unknown: /"spec\.containers\[0\]\.securityContext\.readOnlyRootFilesystem" must be a boolean/,
  },
]);
