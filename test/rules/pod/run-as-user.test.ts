import { runAsUser } from '../../../src/rules/pod/run-as-user.ts';
import { testRule } from '../rule-tester.ts';

testRule(runAsUser, [
  {
    name: 'a user of the ranges passes, both ends included',
    params: { ranges: [{ min: 100, max: 200 }] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { runAsUser: 100 } }
    - { name: b, securityContext: { runAsUser: 200 } }
`,
    passes: true,
  },
  {
    name: 'a user outside of every range fails, in each list of containers',
    params: {
      ranges: [
        { min: 100, max: 200 },
        { min: 7, max: 7 },
      ],
    },
    yaml: `
kind: Pod
spec:
  initContainers: [{ name: a, securityContext: { runAsUser: 99 } }]
  containers: [{ name: b, securityContext: { runAsUser: 7 } }]
  ephemeralContainers: [{ name: c, securityContext: { runAsUser: 201 } }]
`,
    fails: [
      {
        path: 'spec.initContainers[0].securityContext.runAsUser',
        observed: '99',
        message: /^container "a" has 99 as runAsUser; it must be from 100 to 200 or 7$/,
      },
      'spec.ephemeralContainers[0].securityContext.runAsUser',
    ],
  },
  {
    name: 'by default every user passes but root',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { runAsUser: 0 } }
    - { name: b, securityContext: { runAsUser: 1 } }
`,
    fails: ['spec.containers[0].securityContext.runAsUser'],
  },
  {
    name: "the pod's own user is one violation, however many containers have it",
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 0 }
  containers: [{ name: a }, { name: b }]
`,
    fails: ['spec.securityContext.runAsUser'],
  },
  {
    name: "the pod's user does not matter where every container has its own",
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 0 }
  containers: [{ name: a, securityContext: { runAsUser: 5 } }]
`,
    passes: true,
  },
  {
    name: 'a pod that says nothing passes',
    yaml: `
kind: Pod
spec: { containers: [{ name: a }] }
`,
    passes: true,
  },
  {
    name: 'a pod that says nothing fails where it must be set',
    params: { mustBeSet: true },
    yaml: `
kind: Pod
spec: { containers: [{ name: a }, { name: b, securityContext: { runAsUser: 5 } }] }
`,
    fails: [{ path: 'spec.containers[0].securityContext.runAsUser', message: /sets no runAsUser, nor does its pod/ }],
  },
  {
    name: 'without a range no user is allowed',
    params: { ranges: [] },
    yaml: `
kind: Pod
spec: { containers: [{ name: a, securityContext: { runAsUser: 5 } }] }
`,
    fails: [{ path: 'spec.containers[0].securityContext.runAsUser', message: /no id is allowed/ }],
  },
  {
    name: 'a template is judged as its pods',
    yaml: `
kind: Deployment
spec: { template: { spec: { securityContext: { runAsUser: 0 }, containers: [{ name: a }] } } }
`,
    fails: ['spec.securityContext.runAsUser'],
  },
  {
    name: 'Windows has no such users',
    yaml: `
kind: Pod
spec: { os: { name: windows }, containers: [{ name: a }] }
`,
    notApplicable: /Windows/,
  },
  {
    name: 'a user of a wrong type is unknown',
    yaml: `
kind: Pod
spec: { containers: [{ name: a, securityContext: { runAsUser: "5" } }] }
`,
    unknown: /must be an integer/,
  },
]);
