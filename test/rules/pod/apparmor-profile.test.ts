import { apparmorProfile } from '../../../src/rules/pod/apparmor-profile.ts';
import { testRule } from '../rule-tester.ts';

testRule(apparmorProfile, [
  {
    name: 'a pod and each container that switch it off are one violation each',
    yaml: `
kind: Pod
spec:
  securityContext: { appArmorProfile: { type: Unconfined } }
  initContainers:
    - { name: setup, securityContext: { appArmorProfile: { type: Unconfined } } }
  containers:
    - { name: web, securityContext: { appArmorProfile: { type: Unconfined } } }
    - { name: sidecar }
  ephemeralContainers:
    - { name: debug, securityContext: { appArmorProfile: { type: unconfined } } }
`,
    fails: [
      {
        path: 'spec.securityContext.appArmorProfile.type',
        observed: 'Unconfined',
        message: /^the pod chooses the AppArmor profile "Unconfined"/,
      },
      'spec.initContainers[0].securityContext.appArmorProfile.type',
      'spec.containers[0].securityContext.appArmorProfile.type',
      { path: 'spec.ephemeralContainers[0].securityContext.appArmorProfile.type', observed: 'unconfined' },
    ],
  },
  {
    name: 'a profile of the runtime or of the node passes',
    yaml: `
kind: Pod
spec:
  securityContext: { appArmorProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { appArmorProfile: { type: Localhost, localhostProfile: web } } }
`,
    passes: true,
  },
  {
    name: 'a pod that says nothing passes: it has the profile of its runtime',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'an annotation that switches it off is one violation, of a container that is not there, too',
    yaml: `
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: unconfined
    container.apparmor.security.beta.kubernetes.io/nobody: docker/default
spec:
  containers:
    - { name: web }
`,
    fails: [
      {
        path: 'metadata.annotations["container.apparmor.security.beta.kubernetes.io/web"]',
        observed: 'unconfined',
        message: /^annotation "container\.apparmor.*\/web" chooses the AppArmor profile "unconfined"/,
      },
      {
        path: 'metadata.annotations["container.apparmor.security.beta.kubernetes.io/nobody"]',
        observed: 'docker/default',
      },
    ],
  },
  {
    name: 'annotations that choose a profile pass',
    yaml: `
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: runtime/default
    container.apparmor.security.beta.kubernetes.io/sidecar: localhost/web
    container.apparmor.security.beta.kubernetes.io/proxy: ''
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'it is the same in all versions',
    podSecurityVersion: 0,
    yaml: `
kind: Pod
spec:
  securityContext: { appArmorProfile: { type: Unconfined } }
  containers:
    - { name: web }
`,
    fails: ['spec.securityContext.appArmorProfile.type'],
  },
  {
    name: 'a policy allows one profile and no other, in fields and in annotations',
    params: { allowed: ['RuntimeDefault'] },
    yaml: `
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/noted: localhost/noted
    container.apparmor.security.beta.kubernetes.io/proxy: runtime/default
spec:
  initContainers:
    - { name: setup, securityContext: { appArmorProfile: { type: Localhost, localhostProfile: setup } } }
  containers:
    - { name: web, securityContext: { appArmorProfile: { type: RuntimeDefault } } }
    - { name: noted }
    - { name: proxy }
  ephemeralContainers:
    - { name: debug }
`,
    fails: [
      {
        path: 'spec.initContainers[0].securityContext.appArmorProfile',
        observed: 'Localhost/setup',
        message:
          /^container "setup" chooses the AppArmor profile "Localhost\/setup"; it must be one of RuntimeDefault$/,
      },
      { path: 'spec.ephemeralContainers[0].securityContext.appArmorProfile', message: /chooses no AppArmor profile/ },
      {
        path: 'metadata.annotations["container.apparmor.security.beta.kubernetes.io/noted"]',
        observed: 'localhost/noted',
      },
    ],
  },
  {
    name: 'a policy allows what Pod Security does not, and to choose none',
    params: { allowed: ['', 'Unconfined', 'Localhost'] },
    yaml: `
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: unconfined
spec:
  containers:
    - { name: web }
    - { name: sidecar, securityContext: { appArmorProfile: { type: Localhost, localhostProfile: web } } }
    - { name: proxy }
`,
    passes: true,
  },
  {
    name: 'an annotation in no form that Kubernetes knows is never what a policy allows',
    params: { allowed: ['Unconfined', 'RuntimeDefault', 'Localhost'] },
    yaml: `
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: RuntimeDefault
    container.apparmor.security.beta.kubernetes.io/sidecar: Localhost/web
spec:
  containers:
    - { name: web }
`,
    fails: [
      'metadata.annotations["container.apparmor.security.beta.kubernetes.io/web"]',
      'metadata.annotations["container.apparmor.security.beta.kubernetes.io/sidecar"]',
    ],
  },
  {
    name: 'a Windows pod, which has no AppArmor, need not choose a profile',
    params: { allowed: ['RuntimeDefault'] },
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'an annotation that is no string is unknown',
    yaml: `
kind: Pod
metadata:
  annotations:
    container.apparmor.security.beta.kubernetes.io/web: true
spec:
  containers:
    - { name: web }
`,
    unknown: /annotations.*container\.apparmor\.security\.beta\.kubernetes\.io\/web.*must be a string/,
  },
  {
    name: 'a profile that is no object is unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { appArmorProfile: unconfined }
`,
    unknown: /"spec\.securityContext\.appArmorProfile" must be an object, found the string "unconfined"/,
  },
]);
