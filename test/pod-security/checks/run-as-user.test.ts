import { runAsUser } from '../../../src/pod-security/checks/run-as-user.ts';
import { testCheck } from '../check-tester.ts';

testCheck(runAsUser, [
  {
    name: 'v1.22 does not have it yet',
    version: 22,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { runAsUser: 0 } }
`,
    notApplicable: 'Pod Security has no such check in v1.22; it begins with v1.23',
  },
  {
    name: 'v1.23 refuses user 0',
    version: 23,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { runAsUser: 0 } }
`,
    refused: {
      reason: 'runAsUser=0',
      detail: 'container "web" must not set runAsUser=0',
      violations: [
        {
          path: 'spec.containers[0].securityContext.runAsUser',
          observed: '0',
          message: 'container "web" runs as user 0, which is root; choose another user',
        },
      ],
    },
  },
  {
    name: 'the user of the pod is refused, whatever its containers choose',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 0, runAsNonRoot: true }
  containers:
    - { name: web, securityContext: { runAsUser: 1000 } }
`,
    refused: {
      reason: 'runAsUser=0',
      detail: 'pod must not set runAsUser=0',
      violations: [
        {
          path: 'spec.securityContext.runAsUser',
          observed: '0',
          message: 'the pod runs as user 0, which is root; choose another user',
        },
      ],
    },
  },
  {
    name: 'pod and containers of every list are named together',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 0 }
  containers:
    - { name: web, securityContext: { runAsUser: 0 } }
    - { name: inherits }
  initContainers:
    - { name: setup, securityContext: { runAsUser: 0 } }
  ephemeralContainers:
    - { name: debug, securityContext: { runAsUser: 0 } }
`,
    refused: {
      reason: 'runAsUser=0',
      detail: 'pod and containers "setup", "web", "debug" must not set runAsUser=0',
      violations: [
        { path: 'spec.securityContext.runAsUser', observed: '0' },
        { path: 'spec.initContainers[0].securityContext.runAsUser', observed: '0' },
        { path: 'spec.containers[0].securityContext.runAsUser', observed: '0' },
        { path: 'spec.ephemeralContainers[0].securityContext.runAsUser', observed: '0' },
      ],
    },
  },
  {
    name: 'other users, null and nothing pass',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 1 }
  containers:
    - { name: a, securityContext: { runAsUser: 65534 } }
    - { name: b, securityContext: { runAsUser: null } }
    - { name: c }
`,
    passes: true,
  },
  {
    name: 'v1.34 refuses user 0 in a user namespace, too',
    version: 34,
    yaml: `
kind: Pod
spec:
  hostUsers: false
  securityContext: { runAsUser: 0 }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'runAsUser=0',
      detail: 'pod must not set runAsUser=0',
      violations: [{ path: 'spec.securityContext.runAsUser', observed: '0' }],
    },
  },
  {
    name: 'v1.35 does not',
    version: 35,
    yaml: `
kind: Pod
spec:
  hostUsers: false
  securityContext: { runAsUser: 0 }
  containers:
    - { name: web }
`,
    notApplicable: 'the pod has a user namespace of its own, in which root is nobody on the node',
  },
  {
    name: 'but it does in the user namespace of the node',
    version: 35,
    yaml: `
kind: Pod
spec:
  hostUsers: true
  securityContext: { runAsUser: 0 }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'runAsUser=0',
      detail: 'pod must not set runAsUser=0',
      violations: [{ path: 'spec.securityContext.runAsUser', observed: '0' }],
    },
  },
  {
    name: 'a user in words is nothing that passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { runAsUser: "0" } }
`,
    malformed: 'spec.containers[0].securityContext.runAsUser',
  },
]);
