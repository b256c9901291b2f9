import { runAsNonRoot } from '../../../src/pod-security/checks/run-as-non-root.ts';
import { testCheck } from '../check-tester.ts';

testCheck(runAsNonRoot, [
  {
    name: 'who says nothing is refused, in every list of containers',
    version: 0,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { runAsUser: 1000 } }
    - { name: fine, securityContext: { runAsNonRoot: true } }
  initContainers:
    - { name: setup, securityContext: { runAsNonRoot: null } }
  ephemeralContainers:
    - { name: debug }
`,
    refused: {
      reason: 'runAsNonRoot != true',
      detail: 'pod or containers "setup", "web", "debug" must set securityContext.runAsNonRoot=true',
      violations: [
        { path: 'spec.initContainers[0].securityContext.runAsNonRoot' },
        {
          path: 'spec.containers[0].securityContext.runAsNonRoot',
          message: 'container "web" does not set runAsNonRoot, nor does its pod; set it to true',
        },
        { path: 'spec.ephemeralContainers[0].securityContext.runAsNonRoot' },
      ],
    },
  },
  {
    name: 'what the pod requires its containers require',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: a }
    - { name: b, securityContext: { runAsNonRoot: true } }
`,
    passes: true,
  },
  {
    name: 'containers that all require it need nothing of the pod',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { runAsNonRoot: true } }
  initContainers:
    - { name: b, securityContext: { runAsNonRoot: true } }
`,
    passes: true,
  },
  {
    name: 'the pod may not say false, even where every container says true',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: false }
  containers:
    - { name: web, securityContext: { runAsNonRoot: true } }
`,
    refused: {
      reason: 'runAsNonRoot != true',
      detail: 'pod must not set securityContext.runAsNonRoot=false',
      violations: [
        {
          path: 'spec.securityContext.runAsNonRoot',
          observed: 'false',
          message: 'the pod sets runAsNonRoot to false; set it to true',
        },
      ],
    },
  },
  {
    name: 'the false of the pod is one violation, not one of each container that inherits it',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: false }
  containers:
    - { name: web }
    - { name: worse, securityContext: { runAsNonRoot: false } }
`,
    refused: {
      reason: 'runAsNonRoot != true',
      detail: 'pod and container "worse" must not set securityContext.runAsNonRoot=false',
      violations: [
        { path: 'spec.securityContext.runAsNonRoot', observed: 'false' },
        {
          path: 'spec.containers[1].securityContext.runAsNonRoot',
          observed: 'false',
          message: 'container "worse" sets runAsNonRoot to false; set it to true',
        },
      ],
    },
  },
  {
    name: 'the true of the pod does not excuse the false of a container, in any list',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: web, securityContext: { runAsNonRoot: false } }
    - { name: inherits }
  initContainers:
    - { name: setup, securityContext: { runAsNonRoot: false } }
  ephemeralContainers:
    - { name: debug, securityContext: { runAsNonRoot: false } }
`,
    refused: {
      reason: 'runAsNonRoot != true',
      detail: 'containers "setup", "web", "debug" must not set securityContext.runAsNonRoot=false',
      violations: [
        { path: 'spec.initContainers[0].securityContext.runAsNonRoot', observed: 'false' },
        { path: 'spec.containers[0].securityContext.runAsNonRoot', observed: 'false' },
        { path: 'spec.ephemeralContainers[0].securityContext.runAsNonRoot', observed: 'false' },
      ],
    },
  },
  {
    name: 'where one says false Pod Security is silent of those that say nothing',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: silent }
    - { name: bad, securityContext: { runAsNonRoot: false } }
`,
    refused: {
      reason: 'runAsNonRoot != true',
      detail: 'container "bad" must not set securityContext.runAsNonRoot=false',
      violations: [
        { path: 'spec.containers[0].securityContext.runAsNonRoot' },
        { path: 'spec.containers[1].securityContext.runAsNonRoot', observed: 'false' },
      ],
    },
  },
  {
    name: 'v1.34 asks it in a user namespace, too',
    version: 34,
    yaml: `
kind: Pod
spec:
  hostUsers: false
  containers:
    - { name: web }
`,
    refused: {
      reason: 'runAsNonRoot != true',
      detail: 'pod or container "web" must set securityContext.runAsNonRoot=true',
      violations: [{ path: 'spec.containers[0].securityContext.runAsNonRoot' }],
    },
  },
  {
    name: 'v1.35 does not',
    version: 35,
    yaml: `
kind: Pod
spec:
  hostUsers: false
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
  containers:
    - { name: web }
`,
    refused: {
      reason: 'runAsNonRoot != true',
      detail: 'pod or container "web" must set securityContext.runAsNonRoot=true',
      violations: [{ path: 'spec.containers[0].securityContext.runAsNonRoot' }],
    },
  },
  {
    name: 'Windows is not excused',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'runAsNonRoot != true',
      detail: 'pod or container "web" must set securityContext.runAsNonRoot=true',
      violations: [{ path: 'spec.containers[0].securityContext.runAsNonRoot' }],
    },
  },
  {
    name: 'a value of a wrong type is nothing that passes',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: "true" }
  containers:
    - { name: web }
`,
    malformed: 'spec.securityContext.runAsNonRoot',
  },
]);
