import { allowPrivilegeEscalation } from '../../../src/pod-security/checks/allow-privilege-escalation.ts';
import { testCheck } from '../check-tester.ts';

testCheck(allowPrivilegeEscalation, [
  {
    name: 'v1.7 does not have it yet',
    version: 7,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: true } }
`,
    notApplicable: 'Pod Security has no such check in v1.7; it begins with v1.8',
  },
  {
    name: 'v1.8 refuses who allows it',
    version: 8,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: true } }
`,
    refused: {
      reason: 'allowPrivilegeEscalation != false',
      detail: 'container "web" must set securityContext.allowPrivilegeEscalation=false',
      violations: [
        {
          path: 'spec.containers[0].securityContext.allowPrivilegeEscalation',
          observed: 'true',
          message: 'container "web" must set allowPrivilegeEscalation to false',
        },
      ],
    },
  },
  {
    name: 'v1.24 asks it of Windows, too',
    version: 24,
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'allowPrivilegeEscalation != false',
      detail: 'container "web" must set securityContext.allowPrivilegeEscalation=false',
      violations: [{ path: 'spec.containers[0].securityContext.allowPrivilegeEscalation' }],
    },
  },
  {
    name: 'v1.25 does not',
    version: 25,
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    notApplicable: 'the field has no meaning on Windows',
  },
  {
    name: 'who says nothing is refused, in every list of containers',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: web, securityContext: {} }
    - { name: fine, securityContext: { allowPrivilegeEscalation: false } }
  initContainers:
    - { name: setup, securityContext: { allowPrivilegeEscalation: null } }
  ephemeralContainers:
    - { name: debug }
`,
    refused: {
      reason: 'allowPrivilegeEscalation != false',
      detail: 'containers "setup", "web", "debug" must set securityContext.allowPrivilegeEscalation=false',
      violations: [
        { path: 'spec.initContainers[0].securityContext.allowPrivilegeEscalation' },
        { path: 'spec.containers[0].securityContext.allowPrivilegeEscalation' },
        { path: 'spec.ephemeralContainers[0].securityContext.allowPrivilegeEscalation' },
      ],
    },
  },
  {
    name: 'false passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false } }
`,
    passes: true,
  },
  {
    name: 'an operating system of a wrong type excuses nothing',
    yaml: `
kind: Pod
spec:
  os: windows
  containers:
    - { name: web }
`,
    malformed: 'spec.os',
  },
]);
