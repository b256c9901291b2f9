import { privileged } from '../../../src/pod-security/checks/privileged.ts';
import { testCheck } from '../check-tester.ts';

testCheck(privileged, [
  {
    name: 'a privileged container is refused',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { privileged: true } }
`,
    refused: {
      reason: 'privileged',
      detail: 'container "web" must not set securityContext.privileged=true',
      violations: [
        {
          path: 'spec.containers[0].securityContext.privileged',
          observed: 'true',
          message: 'container "web" is privileged; remove it or set it to false',
        },
      ],
    },
  },
  {
    name: 'every list of containers is judged, init containers first',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
    - { name: proxy, securityContext: { privileged: true } }
  ephemeralContainers:
    - { name: debug, securityContext: { privileged: true } }
  initContainers:
    - { name: setup, securityContext: { privileged: true } }
`,
    refused: {
      reason: 'privileged',
      detail: 'containers "setup", "proxy", "debug" must not set securityContext.privileged=true',
      violations: [
        { path: 'spec.initContainers[0].securityContext.privileged', observed: 'true' },
        { path: 'spec.containers[1].securityContext.privileged', observed: 'true' },
        { path: 'spec.ephemeralContainers[0].securityContext.privileged', observed: 'true' },
      ],
    },
  },
  {
    name: 'it was refused in v1.0 already',
    version: 0,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { privileged: true } }
`,
    refused: {
      reason: 'privileged',
      detail: 'container "web" must not set securityContext.privileged=true',
      violations: [{ path: 'spec.containers[0].securityContext.privileged', observed: 'true' }],
    },
  },
  {
    name: 'false, null and nothing pass',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { privileged: false } }
    - { name: b, securityContext: { privileged: null } }
    - { name: c, securityContext: {} }
    - { name: d }
`,
    passes: true,
  },
  {
    name: 'a value of a wrong type is neither',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { privileged: "true" } }
`,
    malformed: 'spec.containers[0].securityContext.privileged',
  },
  {
    name: 'a pod without containers is none that passes',
    yaml: `
kind: Pod
spec: {}
`,
    malformed: 'spec.containers',
  },
]);
