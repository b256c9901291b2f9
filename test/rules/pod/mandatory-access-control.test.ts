import { mandatoryAccessControl } from '../../../src/rules/pod/mandatory-access-control.ts';
import { testRule } from '../rule-tester.ts';

testRule(mandatoryAccessControl, [
  {
    name: 'a profile of the pod holds for all its containers',
    yaml: `
kind: Pod
spec:
  securityContext:
    appArmorProfile: { type: RuntimeDefault }
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
    name: 'so do SELinux options of the pod',
    yaml: `
kind: Pod
spec:
  securityContext:
    seLinuxOptions: { type: container_t }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'containers that each have either of the two pass',
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup, securityContext: { appArmorProfile: { type: Localhost, localhostProfile: setup } } }
  containers:
    - { name: web, securityContext: { seLinuxOptions: { level: 's0:c123,c456' } } }
`,
    passes: true,
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
    - { name: sidecar, securityContext: { appArmorProfile: { type: RuntimeDefault } } }
  ephemeralContainers:
    - { name: debug }
`,
    fails: [
      {
        path: 'spec.initContainers[0].securityContext.appArmorProfile.type',
        message: /^container "setup" is confined by neither AppArmor nor SELinux/,
      },
      'spec.containers[0].securityContext.appArmorProfile.type',
      'spec.ephemeralContainers[0].securityContext.appArmorProfile.type',
    ],
  },
  {
    name: 'a container that wants to be unconfined fails although its pod has a profile',
    yaml: `
kind: Pod
spec:
  securityContext:
    appArmorProfile: { type: RuntimeDefault }
  containers:
    - { name: web, securityContext: { appArmorProfile: { type: Unconfined } } }
`,
    fails: [{ path: 'spec.containers[0].securityContext.appArmorProfile.type', observed: 'Unconfined' }],
  },
  {
    name: 'a pod that wants to be unconfined has no profile',
    yaml: `
kind: Pod
spec:
  securityContext:
    appArmorProfile: { type: Unconfined }
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.appArmorProfile.type'],
  },
  {
    name: 'a type of profile that does not exist is none',
    yaml: `
kind: Pod
spec:
  securityContext:
    appArmorProfile: { type: runtime/default }
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.appArmorProfile.type'],
  },
  {
    name: 'who is unconfined by AppArmor may be confined by SELinux',
    yaml: `
kind: Pod
spec:
  securityContext:
    seLinuxOptions: { type: container_t }
  containers:
    - { name: web, securityContext: { appArmorProfile: { type: Unconfined } } }
`,
    passes: true,
  },
  {
    name: 'annotations of old clusters name the profile of a container',
    yaml: `
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: runtime/default
    container.apparmor.security.beta.kubernetes.io/sidecar: localhost/sidecar
spec:
  containers:
    - { name: web }
    - { name: sidecar }
`,
    passes: true,
  },
  {
    name: 'an annotation is about its own container only, and may say unconfined',
    yaml: `
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: unconfined
    container.apparmor.security.beta.kubernetes.io/gone: runtime/default
    container.apparmor.security.beta.kubernetes.io/sidecar: runtime/default
spec:
  containers:
    - { name: web }
    - { name: other }
    - { name: sidecar, securityContext: { appArmorProfile: { type: Unconfined } } }
`,
    fails: [
      'spec.containers[0].securityContext.appArmorProfile.type',
      'spec.containers[1].securityContext.appArmorProfile.type',
      'spec.containers[2].securityContext.appArmorProfile.type',
    ],
  },
  {
    name: 'an annotation comes before the profile of the pod, unless it makes no sense',
    yaml: `
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: unconfined
    container.apparmor.security.beta.kubernetes.io/sidecar: default
spec:
  securityContext:
    appArmorProfile: { type: RuntimeDefault }
  containers:
    - { name: web }
    - { name: sidecar }
`,
    fails: ['spec.containers[0].securityContext.appArmorProfile.type'],
  },
  {
    name: 'SELinux options of a container take the place of those of its pod',
    yaml: `
kind: Pod
spec:
  securityContext:
    seLinuxOptions: { type: container_t }
  containers:
    - { name: web, securityContext: { seLinuxOptions: {} } }
    - { name: sidecar, securityContext: { seLinuxOptions: { type: spc_t, level: s0 } } }
    - { name: other }
`,
    fails: [
      'spec.containers[0].securityContext.appArmorProfile.type',
      'spec.containers[1].securityContext.appArmorProfile.type',
    ],
  },
  {
    name: 'Windows has neither',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    notApplicable: /Windows/,
  },
  {
    name: 'the annotations of a template are those of its pods',
    yaml: `
kind: Deployment
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/sidecar: runtime/default
spec:
  template:
    metadata:
      annotations:
        container.apparmor.security.beta.kubernetes.io/web: runtime/default
    spec:
      containers:
        - { name: web }
        - { name: sidecar }
`,
    fails: ['spec.containers[1].securityContext.appArmorProfile.type'],
  },
  {
    name: 'a profile without its type is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { appArmorProfile: {} } }
`,
    unknown: /"spec\.containers\[0\]\.securityContext\.appArmorProfile\.type" must be present/,
  },
  {
    name: 'SELinux options that are no object are unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: container_t }
  containers:
    - { name: web }
`,
    unknown: /"spec\.securityContext\.seLinuxOptions" must be an object/,
  },
]);
