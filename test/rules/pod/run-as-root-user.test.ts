import { runAsRootUser } from '../../../src/rules/pod/run-as-root-user.ts';
import { testRule } from '../rule-tester.ts';

testRule(runAsRootUser, [
  {
    name: 'a pod and each container that choose root are one violation each',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 0 }
  initContainers:
    - { name: setup, securityContext: { runAsUser: 0 } }
  containers:
    - { name: web, securityContext: { runAsUser: 0 } }
    - { name: sidecar }
  ephemeralContainers:
    - { name: debug, securityContext: { runAsUser: 0 } }
`,
    fails: [
      { path: 'spec.securityContext.runAsUser', observed: '0', message: /^the pod runs as user 0, which is root/ },
      'spec.initContainers[0].securityContext.runAsUser',
      { path: 'spec.containers[0].securityContext.runAsUser', message: /^container "web" runs as user 0/ },
      'spec.ephemeralContainers[0].securityContext.runAsUser',
    ],
  },
  {
    name: 'another user passes',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 10001 }
  containers:
    - { name: web, securityContext: { runAsUser: 1 } }
`,
    passes: true,
  },
  {
    name: 'a pod that leaves it to its images passes: that they may not be root is another rule',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { runAsUser: null } }
    - { name: sidecar }
`,
    passes: true,
  },
  {
    name: 'a container that chooses root fails although its pod does not',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 10001, runAsNonRoot: true }
  containers:
    - { name: web, securityContext: { runAsUser: 0 } }
`,
    fails: ['spec.containers[0].securityContext.runAsUser'],
  },
  {
    name: 'a pod in a user namespace of its own is exempt from v1.35 on',
    podSecurityVersion: 35,
    yaml: `
kind: Pod
spec:
  hostUsers: false
  securityContext: { runAsUser: 0 }
  containers:
    - { name: web }
`,
    notApplicable: /user namespace of its own/,
  },
  {
    name: 'a pod in a user namespace of its own is judged before v1.35',
    podSecurityVersion: 34,
    yaml: `
kind: Pod
spec:
  hostUsers: false
  securityContext: { runAsUser: 0 }
  containers:
    - { name: web }
`,
    fails: ['spec.securityContext.runAsUser'],
  },
  {
    name: 'the check begins with v1.23',
    podSecurityVersion: 23,
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 0 }
  containers:
    - { name: web }
`,
    fails: ['spec.securityContext.runAsUser'],
  },
  {
    name: 'before v1.23 there is no such check',
    podSecurityVersion: 22,
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: 0 }
  containers:
    - { name: web }
`,
    notApplicable: /no such check in v1\.22; it begins with v1\.23/,
  },
  {
    name: 'a user that is no number is unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsUser: root }
`,
    unknown: /"spec\.securityContext\.runAsUser" must be an integer, found the string "root"/,
  },
]);
