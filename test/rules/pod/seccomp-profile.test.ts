import { seccompProfile } from '../../../src/rules/pod/seccomp-profile.ts';
import { testRule } from '../rule-tester.ts';

testRule(seccompProfile, [
  {
    name: 'a container without a profile fails where its pod has none either',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
    - { name: sidecar, securityContext: { seccompProfile: { type: RuntimeDefault } } }
`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.seccompProfile.type',
        message: /^container "web" has no seccomp profile, nor has its pod/,
      },
    ],
  },
  {
    name: 'the profile of the pod is that of its containers',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web }
    - { name: sidecar, securityContext: { seccompProfile: { type: Localhost, localhostProfile: web.json } } }
`,
    passes: true,
  },
  {
    name: 'a container that switches it off fails although its pod has one',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { seccompProfile: { type: Unconfined } } }
`,
    fails: [{ path: 'spec.containers[0].securityContext.seccompProfile.type', observed: 'Unconfined' }],
  },
  {
    name: 'a pod that switches it off fails once, not for each container that inherits it',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: Unconfined } }
  containers:
    - { name: web }
    - { name: sidecar, securityContext: { seccompProfile: { type: RuntimeDefault } } }
`,
    fails: [{ path: 'spec.securityContext.seccompProfile.type', observed: 'Unconfined' }],
  },
  {
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup }
  containers:
    - { name: web, securityContext: { seccompProfile: null } }
  ephemeralContainers:
    - { name: debug }
`,
    fails: [
      'spec.initContainers[0].securityContext.seccompProfile.type',
      'spec.containers[0].securityContext.seccompProfile.type',
      'spec.ephemeralContainers[0].securityContext.seccompProfile.type',
    ],
  },
  {
    name: 'a Windows pod is exempt from v1.25 on',
    podSecurityVersion: 25,
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
    name: 'a Windows pod is judged before v1.25',
    podSecurityVersion: 24,
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.seccompProfile.type'],
  },
  {
    name: 'the check begins with v1.19',
    podSecurityVersion: 19,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.seccompProfile.type'],
  },
  {
    name: 'before v1.19 there is no such check',
    podSecurityVersion: 18,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    notApplicable: /no such check in v1\.18; it begins with v1\.19/,
  },
  {
    name: 'a policy allows one profile and no other, of the pod and of each container',
    params: { allowed: ['RuntimeDefault'] },
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: Localhost, localhostProfile: pod.json } }
  initContainers:
    - { name: setup, securityContext: { seccompProfile: { type: Unconfined } } }
  containers:
    - { name: web, securityContext: { seccompProfile: { type: RuntimeDefault } } }
    - { name: sidecar }
  ephemeralContainers:
    - { name: debug, securityContext: { seccompProfile: { type: Localhost, localhostProfile: debug.json } } }
`,
    fails: [
      {
        path: 'spec.securityContext.seccompProfile',
        observed: 'Localhost/pod.json',
        message: /^the pod chooses the seccomp profile "Localhost\/pod.json"; it must be one of RuntimeDefault$/,
      },
      { path: 'spec.initContainers[0].securityContext.seccompProfile', observed: 'Unconfined' },
      { path: 'spec.ephemeralContainers[0].securityContext.seccompProfile', observed: 'Localhost/debug.json' },
    ],
  },
  {
    name: 'where a policy names profiles, to choose none is not enough',
    params: { allowed: ['RuntimeDefault', 'Unconfined'] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
    - { name: sidecar, securityContext: { seccompProfile: { type: Unconfined } } }
`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.seccompProfile',
        message: /^container "web" chooses no seccomp profile; it must be one of RuntimeDefault, Unconfined$/,
      },
    ],
  },
  {
    name: 'unless it says so with an empty item',
    params: { allowed: ['', 'RuntimeDefault'] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a profile without a type is not none',
    params: { allowed: [''] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { seccompProfile: { type: '' } } }
`,
    fails: ['spec.containers[0].securityContext.seccompProfile'],
  },
  {
    name: 'a policy allows one file of the node',
    params: { allowed: ['Localhost/web.json'] },
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: Localhost, localhostProfile: web.json } }
  containers:
    - { name: web, securityContext: { seccompProfile: { type: Localhost, localhostProfile: web.json.old } } }
`,
    fails: ['spec.containers[0].securityContext.seccompProfile'],
  },
  {
    name: 'a policy allows any file of the node',
    params: { allowed: ['Localhost'] },
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: Localhost, localhostProfile: web.json } }
  containers:
    - { name: web, securityContext: { seccompProfile: { type: RuntimeDefault } } }
`,
    fails: ['spec.containers[0].securityContext.seccompProfile'],
  },
  {
    name: 'a Windows pod is exempt from what a policy allows, too',
    params: { allowed: ['RuntimeDefault'] },
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
    name: 'a profile that is no object is unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { seccompProfile: RuntimeDefault } }
`,
    unknown: /"spec\.containers\[0\]\.securityContext\.seccompProfile" must be an object/,
  },
]);
