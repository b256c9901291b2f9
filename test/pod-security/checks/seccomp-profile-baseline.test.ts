import { seccompProfileBaseline } from '../../../src/pod-security/checks/seccomp-profile-baseline.ts';
import { testCheck } from '../check-tester.ts';

testCheck(seccompProfileBaseline, [
  {
    name: 'v1.18 reads annotations and no fields',
    version: 18,
    yaml: `
kind: Pod
metadata:
  name: any
  annotations:
    seccomp.security.alpha.kubernetes.io/pod: unconfined
spec:
  containers:
    - { name: web, securityContext: { seccompProfile: { type: Unconfined } } }
`,
    refused: {
      reason: 'seccompProfile',
      detail: 'forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined"',
      violations: [
        {
          path: 'metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"]',
          observed: 'unconfined',
          message:
            'annotation "seccomp.security.alpha.kubernetes.io/pod" chooses the seccomp profile "unconfined"; set it to runtime/default',
        },
      ],
    },
  },
  {
    name: 'v1.19 reads fields and no annotations',
    version: 19,
    yaml: `
kind: Pod
metadata:
  name: any
  annotations:
    seccomp.security.alpha.kubernetes.io/pod: unconfined
spec:
  containers:
    - { name: web, securityContext: { seccompProfile: { type: Unconfined } } }
`,
    refused: {
      reason: 'seccompProfile',
      detail: 'container "web" must not set securityContext.seccompProfile.type to "Unconfined"',
      violations: [
        {
          path: 'spec.containers[0].securityContext.seccompProfile.type',
          observed: 'Unconfined',
          message: 'container "web" chooses the seccomp profile "Unconfined"; set it to RuntimeDefault or Localhost',
        },
      ],
    },
  },
  {
    name: 'v1.18 lets every field pass',
    version: 18,
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: Unconfined } }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'v1.19 lets every annotation pass',
    version: 19,
    yaml: `
kind: Pod
metadata:
  name: any
  annotations:
    container.seccomp.security.alpha.kubernetes.io/web: unconfined
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'the annotations of containers of every list are read and sorted, and none of containers that are not there',
    version: 0,
    yaml: `
kind: Pod
metadata:
  name: any
  annotations:
    container.seccomp.security.alpha.kubernetes.io/web: unconfined
    container.seccomp.security.alpha.kubernetes.io/setup: localhost
    container.seccomp.security.alpha.kubernetes.io/debug: ""
    container.seccomp.security.alpha.kubernetes.io/absent: unconfined
    seccomp.security.alpha.kubernetes.io/pod: "say \\"no\\"\\n"
spec:
  containers:
    - { name: web }
  initContainers:
    - { name: setup }
  ephemeralContainers:
    - { name: debug }
`,
    refused: {
      reason: 'seccompProfile',
      detail:
        'forbidden annotations container.seccomp.security.alpha.kubernetes.io/debug="", container.seccomp.security.alpha.kubernetes.io/setup="localhost", container.seccomp.security.alpha.kubernetes.io/web="unconfined", seccomp.security.alpha.kubernetes.io/pod="say \\"no\\"\\n"',
      violations: [
        { path: 'metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"]', observed: 'say "no"\n' },
        {
          path: 'metadata.annotations["container.seccomp.security.alpha.kubernetes.io/setup"]',
          observed: 'localhost',
        },
        {
          path: 'metadata.annotations["container.seccomp.security.alpha.kubernetes.io/web"]',
          observed: 'unconfined',
        },
        { path: 'metadata.annotations["container.seccomp.security.alpha.kubernetes.io/debug"]', observed: '' },
      ],
    },
  },
  {
    name: 'the annotations that keep a profile pass',
    version: 0,
    yaml: `
kind: Pod
metadata:
  name: any
  annotations:
    seccomp.security.alpha.kubernetes.io/pod: runtime/default
    container.seccomp.security.alpha.kubernetes.io/a: docker/default
    container.seccomp.security.alpha.kubernetes.io/b: localhost/
    container.seccomp.security.alpha.kubernetes.io/c: localhost/profile.json
spec:
  containers:
    - { name: a }
    - { name: b }
    - { name: c }
`,
    passes: true,
  },
  {
    name: 'pod and containers of every list are named together, and each type once',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: Unconfined } }
  containers:
    - { name: web, securityContext: { seccompProfile: { type: Unconfined } } }
    - { name: fine, securityContext: { seccompProfile: { type: RuntimeDefault } } }
    - { name: inherits }
  initContainers:
    - { name: setup, securityContext: { seccompProfile: { type: localhost } } }
  ephemeralContainers:
    - { name: debug, securityContext: { seccompProfile: { type: Unconfined } } }
`,
    refused: {
      reason: 'seccompProfile',
      detail:
        'pod and containers "setup", "web", "debug" must not set securityContext.seccompProfile.type to "Unconfined", "localhost"',
      violations: [
        { path: 'spec.securityContext.seccompProfile.type', observed: 'Unconfined' },
        { path: 'spec.initContainers[0].securityContext.seccompProfile.type', observed: 'localhost' },
        { path: 'spec.containers[0].securityContext.seccompProfile.type', observed: 'Unconfined' },
        { path: 'spec.ephemeralContainers[0].securityContext.seccompProfile.type', observed: 'Unconfined' },
      ],
    },
  },
  {
    name: 'the pod alone is refused for what it sets',
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
      violations: [
        {
          path: 'spec.securityContext.seccompProfile.type',
          observed: 'Unconfined',
          message: 'the pod chooses the seccomp profile "Unconfined"; set it to RuntimeDefault or Localhost',
        },
      ],
    },
  },
  {
    name: 'to say nothing passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { seccompProfile: null } }
    - { name: b, securityContext: { seccompProfile: { type: Localhost, localhostProfile: a.json } } }
    - { name: c }
`,
    passes: true,
  },
  {
    name: 'a profile without a type is nothing that passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { seccompProfile: {} } }
`,
    malformed: 'spec.containers[0].securityContext.seccompProfile.type',
  },
]);
