import { seccompUnconfined } from '../../../src/rules/pod/seccomp-unconfined.ts';
import { testRule } from '../rule-tester.ts';

testRule(seccompUnconfined, [
  {
    name: 'a pod and each container that switch it off are one violation each',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: Unconfined } }
  initContainers:
    - { name: setup, securityContext: { seccompProfile: { type: Unconfined } } }
  containers:
    - { name: web, securityContext: { seccompProfile: { type: Unconfined } } }
    - { name: sidecar }
  ephemeralContainers:
    - { name: debug, securityContext: { seccompProfile: { type: unconfined } } }
`,
    fails: [
      {
        path: 'spec.securityContext.seccompProfile.type',
        observed: 'Unconfined',
        message: /^the pod chooses the seccomp profile "Unconfined"/,
      },
      'spec.initContainers[0].securityContext.seccompProfile.type',
      'spec.containers[0].securityContext.seccompProfile.type',
      { path: 'spec.ephemeralContainers[0].securityContext.seccompProfile.type', observed: 'unconfined' },
    ],
  },
  {
    name: 'a profile of the runtime or of the node passes',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { seccompProfile: { type: Localhost, localhostProfile: web.json } } }
`,
    passes: true,
  },
  {
    name: 'a pod that says nothing passes: that it should is another rule',
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
  securityContext: { seccompProfile: null }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'annotations count for nothing from v1.19 on',
    podSecurityVersion: 19,
    yaml: `
kind: Pod
metadata:
  annotations: { seccomp.security.alpha.kubernetes.io/pod: unconfined }
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'annotations are what counts before v1.19',
    podSecurityVersion: 18,
    yaml: `
kind: Pod
metadata:
  annotations:
    seccomp.security.alpha.kubernetes.io/pod: unconfined
    container.seccomp.security.alpha.kubernetes.io/web: runtime/default
    container.seccomp.security.alpha.kubernetes.io/sidecar: unconfined
    container.seccomp.security.alpha.kubernetes.io/nobody: unconfined
spec:
  securityContext: { seccompProfile: { type: Unconfined } }
  containers:
    - { name: web }
    - { name: sidecar }
`,
    fails: [
      { path: 'metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"]', observed: 'unconfined' },
      'metadata.annotations["container.seccomp.security.alpha.kubernetes.io/sidecar"]',
    ],
  },
  {
    name: 'the template of a Deployment is judged',
    yaml: `
kind: Deployment
spec:
  template:
    spec:
      securityContext: { seccompProfile: { type: Unconfined } }
      containers:
        - { name: web }
`,
    fails: ['spec.securityContext.seccompProfile.type'],
  },
  {
    name: 'a profile without a type is unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: {} }
`,
    unknown: /"spec\.securityContext\.seccompProfile\.type" must be present/,
  },
  {
    name: 'a profile that is no object is unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: RuntimeDefault }
`,
    unknown: /"spec\.securityContext\.seccompProfile" must be an object, found the string "RuntimeDefault"/,
  },
]);
