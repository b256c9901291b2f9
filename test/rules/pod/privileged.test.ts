import { privileged } from '../../../src/rules/pod/privileged.ts';
import { testRule } from '../rule-tester.ts';

testRule(privileged, [
  {
    name: 'a privileged container fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { privileged: true } }
`,
    fails: [
      { path: 'spec.containers[0].securityContext.privileged', observed: 'true', message: /^container "web" is priv/ },
    ],
  },
  {
    name: 'a container that says it is not privileged passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { privileged: false } }
`,
    passes: true,
  },
  {
    name: 'a container whose security context does not speak of it passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { runAsNonRoot: true } }
`,
    passes: true,
  },
  {
    name: 'a container without a security context passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'null is absent',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { privileged: null } }
`,
    passes: true,
  },
  {
    name: 'a null security context is absent',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: null }
`,
    passes: true,
  },
  {
    name: 'a pod without containers is no pod that passes',
    yaml: `
kind: Pod
spec: { containers: [] }
`,
    unknown: /"spec\.containers" must be present, found an empty list/,
  },
  {
    name: 'every list of containers is judged, in the order in which the API server visits them',
    yaml: `
kind: Pod
spec:
  ephemeralContainers:
    - { name: debug, securityContext: { privileged: true } }
  containers:
    - { name: web }
    - { name: sidecar, securityContext: { privileged: true } }
  initContainers:
    - { name: setup, securityContext: { privileged: true } }
`,
    fails: [
      'spec.initContainers[0].securityContext.privileged',
      'spec.containers[1].securityContext.privileged',
      'spec.ephemeralContainers[0].securityContext.privileged',
    ],
  },
  {
    name: 'the template of a Deployment is judged',
    yaml: `
kind: Deployment
spec:
  template:
    spec:
      containers:
        - { name: web, securityContext: { privileged: true } }
`,
    fails: ['spec.containers[0].securityContext.privileged'],
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
            - { name: job, securityContext: { privileged: true } }
`,
    fails: ['spec.containers[0].securityContext.privileged'],
  },
  {
    name: 'a value that is no boolean is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { privileged: 'true' } }
`,
    unknown: /^field "spec\.containers\[0\]\.securityContext\.privileged" must be a boolean, found the string "true"$/,
  },
  {
    name: 'a security context that is no object is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: [privileged] }
`,
    unknown: /"spec\.containers\[0\]\.securityContext" must be an object, found a list/,
  },
  {
    name: 'containers that are no list are unknown',
    yaml: `
kind: Pod
spec:
  containers: { name: web }
`,
    unknown: /"spec\.containers" must be a list, found an object/,
  },
  {
    name: 'a template that is no object is unknown',
    yaml: `
kind: Deployment
spec: { template: web }
`,
    unknown: /"spec\.template" must be an object, found the string "web"/,
  },
  {
    name: 'a field of a wrong type that the rule does not read is no hindrance',
    yaml: `
kind: Pod
spec:
  hostPID: 'yes'
  containers:
    - { name: web, image: 7 }
`,
    passes: true,
  },
  {
    name: 'it is decided where the version of the API server is unknown: it is the same in all of them',
    missing: [{ source: 'ServerVersion', state: 'unreachable', message: 'the version could not be read' }],
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { privileged: true } }
`,
    fails: ['spec.containers[0].securityContext.privileged'],
  },
]);
