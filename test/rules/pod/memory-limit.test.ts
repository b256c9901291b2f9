import { memoryLimit } from '../../../src/rules/pod/memory-limit.ts';
import { testRule } from '../rule-tester.ts';

testRule(memoryLimit, [
  {
    name: 'a container with a memory limit passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, resources: { limits: { memory: 128Mi } } }
    - { name: log, resources: { limits: { memory: 134217728 } } }
`,
    passes: true,
  },
  {
    name: 'a container without one fails, whatever else is limited or requested',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a }
    - { name: b, resources: {} }
    - { name: c, resources: { requests: { memory: 128Mi } } }
    - { name: d, resources: { limits: { cpu: 1 } } }
    - { name: e, resources: { limits: { memory: null } } }
`,
    fails: [
      {
        path: 'spec.containers[0].resources.limits.memory',
        message: /^container "a" has no memory limit, nor has its pod; set/,
      },
      'spec.containers[1].resources.limits.memory',
      'spec.containers[2].resources.limits.memory',
      'spec.containers[3].resources.limits.memory',
      'spec.containers[4].resources.limits.memory',
    ],
  },
  {
    name: 'a limit of zero is none',
    yaml: `
kind: Pod
spec:
  resources: { limits: { memory: 0Mi } }
  containers:
    - { name: web, resources: { limits: { memory: '0' } } }
    - { name: log, resources: { limits: { memory: 0 } } }
`,
    fails: ['spec.containers[0].resources.limits.memory', 'spec.containers[1].resources.limits.memory'],
  },
  {
    name: 'the limit of the pod holds for all of it',
    yaml: `
kind: Pod
spec:
  resources: { limits: { memory: 1Gi } }
  containers:
    - { name: web }
  initContainers:
    - { name: setup }
`,
    passes: true,
  },
  {
    name: 'containers and init containers are judged; ephemeral ones cannot have limits',
    yaml: `
kind: Pod
spec:
  ephemeralContainers:
    - { name: debug }
  containers:
    - { name: web }
  initContainers:
    - { name: setup }
`,
    fails: ['spec.initContainers[0].resources.limits.memory', 'spec.containers[0].resources.limits.memory'],
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
            - { name: job }
`,
    fails: ['spec.containers[0].resources.limits.memory'],
  },
  {
    name: 'limits that are no object are unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, resources: { limits: [memory] } }
`,
    unknown: /"spec\.containers\[0\]\.resources\.limits" must be a map of strings, found a list/,
  },
  {
    name: 'a limit that is no quantity is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, resources: { limits: { memory: much } } }
`,
    unknown: /limits\["memory"\]" must be a quantity, found the string "much"/,
  },
]);
