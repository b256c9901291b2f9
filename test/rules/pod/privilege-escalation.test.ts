import { privilegeEscalation } from '../../../src/rules/pod/privilege-escalation.ts';
import { testRule } from '../rule-tester.ts';

testRule(privilegeEscalation, [
  {
    name: 'a container that allows it fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: true } }
`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.allowPrivilegeEscalation',
        observed: 'true',
        message: /^container "web" must set allowPrivilegeEscalation to false$/,
      },
    ],
  },
  {
    name: 'a container that refuses it passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false } }
`,
    passes: true,
  },
  {
    name: 'a container that does not speak of it fails, because the default is to allow it',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: {} }
`,
    fails: ['spec.containers[0].securityContext.allowPrivilegeEscalation'],
  },
  {
    name: 'a container without a security context fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.allowPrivilegeEscalation'],
  },
  {
    name: 'null is absent, so it fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: null } }
`,
    fails: ['spec.containers[0].securityContext.allowPrivilegeEscalation'],
  },
  {
    name: 'a container without a name cannot be named, so the rule is undecided',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false } }
    - null
`,
    unknown: /"spec\.containers\[1\]\.name" must be present/,
  },
  {
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: first, securityContext: { allowPrivilegeEscalation: false } }
    - { name: second }
  containers:
    - { name: web }
  ephemeralContainers:
    - { name: debug }
`,
    fails: [
      'spec.initContainers[1].securityContext.allowPrivilegeEscalation',
      'spec.containers[0].securityContext.allowPrivilegeEscalation',
      'spec.ephemeralContainers[0].securityContext.allowPrivilegeEscalation',
    ],
  },
  {
    name: 'a Windows pod is exempt',
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
    fails: ['spec.containers[0].securityContext.allowPrivilegeEscalation'],
  },
  {
    name: 'the check begins with v1.8',
    podSecurityVersion: 8,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.allowPrivilegeEscalation'],
  },
  {
    name: 'before v1.8 there is no such check',
    podSecurityVersion: 7,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    notApplicable: /no such check in v1\.7; it begins with v1\.8/,
  },
  {
    name: 'a Linux pod is not',
    yaml: `
kind: Pod
spec:
  os: { name: linux }
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.allowPrivilegeEscalation'],
  },
  {
    name: 'the template of a StatefulSet is judged',
    yaml: `
kind: StatefulSet
spec:
  template:
    spec:
      containers:
        - { name: db }
`,
    fails: ['spec.containers[0].securityContext.allowPrivilegeEscalation'],
  },
  {
    name: 'an operating system of a wrong type is unknown',
    yaml: `
kind: Pod
spec:
  os: windows
  containers:
    - { name: web }
`,
    unknown: /"spec\.os" must be an object, found the string "windows"/,
  },
  {
    name: 'a value that is no boolean is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: 0 } }
`,
    unknown: /"spec\.containers\[0\]\.securityContext\.allowPrivilegeEscalation" must be a boolean, found the number 0/,
  },
]);
