import { seccompProfileRestricted } from '../../../src/pod-security/checks/seccomp-profile-restricted.ts';
import { testCheck } from '../check-tester.ts';

testCheck(seccompProfileRestricted, [
  {
    name: 'v1.18 does not have it yet',
    version: 18,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    notApplicable: 'Pod Security has no such check in v1.18; it begins with v1.19',
  },
  {
    name: 'v1.19 refuses who says nothing',
    version: 19,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    refused: {
      reason: 'seccompProfile',
      detail: 'pod or container "web" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
      violations: [
        {
          path: 'spec.containers[0].securityContext.seccompProfile.type',
          message: 'container "web" has no seccomp profile, nor has its pod; set it to RuntimeDefault',
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
      reason: 'seccompProfile',
      detail: 'pod or container "web" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
      violations: [{ path: 'spec.containers[0].securityContext.seccompProfile.type' }],
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
    name: 'the profile of the pod is that of its containers',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: a }
    - { name: b, securityContext: { seccompProfile: { type: Localhost, localhostProfile: b.json } } }
`,
    passes: true,
  },
  {
    name: 'without one of the pod each container needs its own, in every list',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: {} }
    - { name: fine, securityContext: { seccompProfile: { type: RuntimeDefault } } }
  initContainers:
    - { name: setup, securityContext: { seccompProfile: null } }
  ephemeralContainers:
    - { name: debug }
`,
    refused: {
      reason: 'seccompProfile',
      detail:
        'pod or containers "setup", "web", "debug" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
      violations: [
        { path: 'spec.initContainers[0].securityContext.seccompProfile.type' },
        { path: 'spec.containers[0].securityContext.seccompProfile.type' },
        { path: 'spec.ephemeralContainers[0].securityContext.seccompProfile.type' },
      ],
    },
  },
  {
    name: 'containers with profiles of their own need none of the pod',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { seccompProfile: { type: RuntimeDefault } } }
    - { name: b, securityContext: { seccompProfile: { type: Localhost, localhostProfile: b.json } } }
`,
    passes: true,
  },
  {
    name: 'a forbidden profile of the pod is one violation, not one of each container that inherits it',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: Unconfined } }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'seccompProfile',
      detail: 'pod must not set securityContext.seccompProfile.type to "Unconfined"',
      violations: [{ path: 'spec.securityContext.seccompProfile.type', observed: 'Unconfined' }],
    },
  },
  {
    name: 'a forbidden profile of the pod is refused although every container has its own',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: Unconfined } }
  containers:
    - { name: web, securityContext: { seccompProfile: { type: RuntimeDefault } } }
`,
    refused: {
      reason: 'seccompProfile',
      detail: 'pod must not set securityContext.seccompProfile.type to "Unconfined"',
      violations: [{ path: 'spec.securityContext.seccompProfile.type', observed: 'Unconfined' }],
    },
  },
  {
    name: 'where one sets a forbidden profile Pod Security is silent of those that set none',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: bad, securityContext: { seccompProfile: { type: Unconfined } } }
    - { name: silent }
`,
    refused: {
      reason: 'seccompProfile',
      detail: 'container "bad" must not set securityContext.seccompProfile.type to "Unconfined"',
      violations: [
        { path: 'spec.containers[0].securityContext.seccompProfile.type', observed: 'Unconfined' },
        { path: 'spec.containers[1].securityContext.seccompProfile.type' },
      ],
    },
  },
  {
    name: 'the profile of the pod does not excuse that of a container',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { seccompProfile: { type: Unconfined } } }
    - { name: inherits }
`,
    refused: {
      reason: 'seccompProfile',
      detail: 'container "web" must not set securityContext.seccompProfile.type to "Unconfined"',
      violations: [{ path: 'spec.containers[0].securityContext.seccompProfile.type', observed: 'Unconfined' }],
    },
  },
  {
    name: 'a profile of a wrong type is nothing that passes',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: RuntimeDefault }
  containers:
    - { name: web }
`,
    malformed: 'spec.securityContext.seccompProfile',
  },
]);
