import { procMountRestricted } from '../../../src/pod-security/checks/proc-mount-restricted.ts';
import { testCheck } from '../check-tester.ts';

testCheck(procMountRestricted, [
  {
    name: 'v1.34 does not have it yet',
    version: 34,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    notApplicable: 'Pod Security has no such check in v1.34; it begins with v1.35',
  },
  {
    name: 'v1.35 refuses an unmasked /proc in a user namespace, which baseline then allows',
    version: 35,
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
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
  initContainers:
    - { name: setup, securityContext: { procMount: Unmasked } }
  ephemeralContainers:
    - { name: debug, securityContext: { procMount: Unmasked } }
`,
    refused: {
      reason: 'procMount',
      detail: 'containers "setup", "web", "debug" must not set securityContext.procMount to "Unmasked"',
      violations: [
        { path: 'spec.initContainers[0].securityContext.procMount', observed: 'Unmasked' },
        { path: 'spec.containers[0].securityContext.procMount', observed: 'Unmasked' },
        { path: 'spec.ephemeralContainers[0].securityContext.procMount', observed: 'Unmasked' },
      ],
    },
  },
  {
    name: 'Default and nothing pass',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { procMount: Default } }
    - { name: b }
`,
    passes: true,
  },
]);
