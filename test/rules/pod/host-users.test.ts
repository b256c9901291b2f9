import { hostUsers } from '../../../src/rules/pod/host-users.ts';
import { testRule } from '../rule-tester.ts';

testRule(hostUsers, [
  {
    name: 'a pod in a user namespace passes',
    yaml: `
kind: Pod
spec:
  hostUsers: false
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a pod that says nothing shares the user ids of its node',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    fails: [{ path: 'spec.hostUsers', message: /^the pod shares the user ids of its node/ }],
  },
  {
    name: 'a pod that says true does so too',
    yaml: `
kind: Pod
spec:
  hostUsers: true
  containers:
    - { name: web }
`,
    fails: [{ path: 'spec.hostUsers', observed: 'true' }],
  },
  {
    name: 'Windows has no user namespaces',
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
    name: 'the template of a Deployment is judged',
    yaml: `
kind: Deployment
spec:
  template:
    spec:
      containers:
        - { name: web }
`,
    fails: ['spec.hostUsers'],
  },
  {
    name: 'a setting that is no boolean is unknown',
    yaml: `
kind: Pod
spec:
  hostUsers: 'false'
  containers:
    - { name: web }
`,
    unknown: /"spec\.hostUsers" must be a boolean, found the string "false"/,
  },
]);
