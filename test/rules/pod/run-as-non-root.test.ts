import { runAsNonRoot } from '../../../src/rules/pod/run-as-non-root.ts';
import { testRule } from '../rule-tester.ts';

testRule(runAsNonRoot, [
  {
    name: 'a pod that requires it of all its containers passes',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true }
  initContainers:
    - { name: setup }
  containers:
    - { name: web }
  ephemeralContainers:
    - { name: debug }
`,
    passes: true,
  },
  {
    name: 'containers that each require it pass',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { runAsNonRoot: true } }
    - { name: sidecar, securityContext: { runAsNonRoot: true } }
`,
    passes: true,
  },
  {
    name: 'a container that does not require it fails where its pod does not either',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { runAsNonRoot: true } }
    - { name: sidecar }
`,
    fails: [
      {
        path: 'spec.containers[1].securityContext.runAsNonRoot',
        message: /^container "sidecar" does not set runAsNonRoot, nor does its pod/,
      },
    ],
  },
  {
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup }
  containers:
    - { name: web }
  ephemeralContainers:
    - { name: debug }
`,
    fails: [
      'spec.initContainers[0].securityContext.runAsNonRoot',
      'spec.containers[0].securityContext.runAsNonRoot',
      'spec.ephemeralContainers[0].securityContext.runAsNonRoot',
    ],
  },
  {
    name: 'a container that allows root fails although its pod forbids it',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: web, securityContext: { runAsNonRoot: false } }
`,
    fails: [{ path: 'spec.containers[0].securityContext.runAsNonRoot', observed: 'false' }],
  },
  {
    name: 'a pod that allows root fails once, not for each container that inherits it',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: false }
  containers:
    - { name: web }
    - { name: sidecar }
`,
    fails: [{ path: 'spec.securityContext.runAsNonRoot', observed: 'false' }],
  },
  {
    name: 'a pod that allows root fails although each of its containers forbids it',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: false }
  containers:
    - { name: web, securityContext: { runAsNonRoot: true } }
`,
    fails: ['spec.securityContext.runAsNonRoot'],
  },
  {
    name: 'a pod and a container that both allow root are two violations',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: false }
  containers:
    - { name: web, securityContext: { runAsNonRoot: false } }
`,
    fails: ['spec.securityContext.runAsNonRoot', 'spec.containers[0].securityContext.runAsNonRoot'],
  },
  {
    name: 'a user other than root does not replace the requirement',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 1000 }
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.runAsNonRoot'],
  },
  {
    name: 'null is absent',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: null }
  containers:
    - { name: web, securityContext: null }
`,
    fails: ['spec.containers[0].securityContext.runAsNonRoot'],
  },
  {
    name: 'a pod in a user namespace of its own is exempt: its root is nobody on the node',
    yaml: `
kind: Pod
spec:
  hostUsers: false
  securityContext: { runAsNonRoot: false }
  containers:
    - { name: web }
`,
    notApplicable: /user namespace of its own/,
  },
  {
    name: 'a pod in a user namespace of its own is exempt from v1.35 on',
    podSecurityVersion: 35,
    yaml: `
kind: Pod
spec:
  hostUsers: false
  containers:
    - { name: web }
`,
    notApplicable: /user namespace of its own/,
  },
  {
    name: 'a pod in a user namespace of its own is judged before v1.35',
    podSecurityVersion: 34,
    yaml: `
kind: Pod
spec:
  hostUsers: false
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.runAsNonRoot'],
  },
  {
    name: 'it is unknown where the version of the API server is',
    missing: [{ source: 'ServerVersion', state: 'unreachable', message: 'the version could not be read' }],
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: web }
`,
    unknown: /^the version could not be read$/,
  },
  {
    name: 'a pod in the user namespace of its node has no such excuse',
    yaml: `
kind: Pod
spec:
  hostUsers: true
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.runAsNonRoot'],
  },
  {
    name: 'a Windows pod is judged too',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.runAsNonRoot'],
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
    fails: ['spec.containers[0].securityContext.runAsNonRoot'],
  },
  {
    name: 'a setting of the pod that is no boolean is unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: 'true' }
  containers:
    - { name: web }
`,
    unknown: /"spec\.securityContext\.runAsNonRoot" must be a boolean, found the string "true"/,
  },
  {
    name: 'a setting of a container that is no boolean is unknown although its pod requires it',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: web, securityContext: { runAsNonRoot: 'no' } }
`,
    unknown: /"spec\.containers\[0\]\.securityContext\.runAsNonRoot" must be a boolean, found the string "no"/,
  },
]);
