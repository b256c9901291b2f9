import { procMountRestricted } from '../../../src/rules/pod/proc-mount-restricted.ts';
import { testRule } from '../rule-tester.ts';

testRule(procMountRestricted, [
  {
    name: 'a user namespace of its own does not excuse an unmasked /proc',
    yaml: `
kind: Pod
spec:
  hostUsers: false
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    fails: [{ path: 'spec.containers[0].securityContext.procMount', observed: 'Unmasked' }],
  },
  {
    name: 'the default mount passes, said or unsaid',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Default } }
    - { name: sidecar, securityContext: null }
    - { name: proxy }
`,
    passes: true,
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
    name: 'the check begins with v1.35',
    podSecurityVersion: 35,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    fails: ['spec.containers[0].securityContext.procMount'],
  },
  {
    name: 'before v1.35 there is no such check',
    podSecurityVersion: 34,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    notApplicable: /no such check in v1\.34; it begins with v1\.35/,
  },
  {
    name: 'a mount that is no string is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { procMount: [Default] } }
`,
    unknown: /procMount" must be a string, found a list/,
  },
]);
