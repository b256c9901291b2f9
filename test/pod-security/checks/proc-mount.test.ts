import { procMount } from '../../../src/pod-security/checks/proc-mount.ts';
import { testCheck } from '../check-tester.ts';

testCheck(procMount, [
  {
    name: 'an unmasked /proc is refused',
    version: 0,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    refused: {
      reason: 'procMount',
      detail: 'container "web" must not set securityContext.procMount to "Unmasked"',
      violations: [
        {
          path: 'spec.containers[0].securityContext.procMount',
          observed: 'Unmasked',
          message: 'container "web" has another procMount than Default; remove it',
        },
      ],
    },
  },
  {
    name: 'every list of containers is judged, and anything but Default refused',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
    - { name: other, securityContext: { procMount: default } }
  initContainers:
    - { name: setup, securityContext: { procMount: "" } }
  ephemeralContainers:
    - { name: debug, securityContext: { procMount: Unmasked } }
`,
    refused: {
      reason: 'procMount',
      detail:
        'containers "setup", "web", "other", "debug" must not set securityContext.procMount to "", "Unmasked", "default"',
      violations: [
        { path: 'spec.initContainers[0].securityContext.procMount', observed: '' },
        { path: 'spec.containers[0].securityContext.procMount', observed: 'Unmasked' },
        { path: 'spec.containers[1].securityContext.procMount', observed: 'default' },
        { path: 'spec.ephemeralContainers[0].securityContext.procMount', observed: 'Unmasked' },
      ],
    },
  },
  {
    name: 'v1.34 refuses it in a user namespace, too',
    version: 34,
    yaml: `
kind: Pod
spec:
  hostUsers: false
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    refused: {
      reason: 'procMount',
      detail: 'container "web" must not set securityContext.procMount to "Unmasked"',
      violations: [{ path: 'spec.containers[0].securityContext.procMount', observed: 'Unmasked' }],
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
    - { name: web, securityContext: { procMount: Unmasked } }
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
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    refused: {
      reason: 'procMount',
      detail: 'container "web" must not set securityContext.procMount to "Unmasked"',
      violations: [{ path: 'spec.containers[0].securityContext.procMount', observed: 'Unmasked' }],
    },
  },
  {
    name: 'Default and nothing pass',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { procMount: Default } }
    - { name: b, securityContext: {} }
    - { name: c }
`,
    passes: true,
  },
  {
    name: 'a user namespace of a wrong type excuses nothing',
    yaml: `
kind: Pod
spec:
  hostUsers: "false"
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    malformed: 'spec.hostUsers',
  },
]);
