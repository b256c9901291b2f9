import { procMount } from '../../../src/rules/pod/proc-mount.ts';
import { testRule } from '../rule-tester.ts';

testRule(procMount, [
  {
    name: 'an unmasked /proc fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.procMount',
        observed: 'Unmasked',
        message: /^container "web" has another procMount than Default/,
      },
    ],
  },
  {
    name: 'the default mount passes, said or unsaid',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Default } }
    - { name: sidecar, securityContext: { procMount: null } }
    - { name: proxy }
`,
    passes: true,
  },
  {
    name: 'a type that nobody knows fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: default } }
    - { name: sidecar, securityContext: { procMount: '' } }
`,
    fails: ['spec.containers[0].securityContext.procMount', 'spec.containers[1].securityContext.procMount'],
  },
  {
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  ephemeralContainers:
    - { name: debug, securityContext: { procMount: Unmasked } }
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
  initContainers:
    - { name: setup, securityContext: { procMount: Unmasked } }
`,
    fails: [
      'spec.initContainers[0].securityContext.procMount',
      'spec.containers[0].securityContext.procMount',
      'spec.ephemeralContainers[0].securityContext.procMount',
    ],
  },
  {
    name: 'a pod in a user namespace of its own is exempt from v1.35 on',
    podSecurityVersion: 35,
    yaml: `
kind: Pod
spec:
  hostUsers: false
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
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
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    fails: ['spec.containers[0].securityContext.procMount'],
  },
  {
    name: 'a policy allows what it names and nothing else',
    params: { allowed: ['Unmasked'] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
    - { name: sidecar, securityContext: { procMount: unmasked } }
`,
    fails: ['spec.containers[1].securityContext.procMount'],
  },
  {
    name: 'a pod that has what the policy allows passes',
    params: { allowed: ['Default', 'Unmasked'] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    passes: true,
  },
  {
    name: 'a mount that is no string is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: true } }
`,
    unknown: /procMount" must be a string, found the boolean true/,
  },
]);
