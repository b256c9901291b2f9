import { seLinuxOptions } from '../../../src/pod-security/checks/se-linux-options.ts';
import { testCheck } from '../check-tester.ts';

testCheck(seLinuxOptions, [
  {
    name: 'the types for containers pass',
    version: 0,
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { type: container_t, level: "s0:c1,c2" } }
  containers:
    - { name: a, securityContext: { seLinuxOptions: { type: container_init_t } } }
    - { name: b, securityContext: { seLinuxOptions: { type: container_kvm_t } } }
    - { name: c, securityContext: { seLinuxOptions: { type: "", user: "", role: "" } } }
    - { name: d, securityContext: { seLinuxOptions: {} } }
    - { name: e }
`,
    passes: true,
  },
  {
    name: 'v1.30 refuses the type of container engines',
    version: 30,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: engine, securityContext: { seLinuxOptions: { type: container_engine_t } } }
`,
    refused: {
      reason: 'seLinuxOptions',
      detail: 'container "engine" set forbidden securityContext.seLinuxOptions: type "container_engine_t"',
      violations: [
        {
          path: 'spec.containers[0].securityContext.seLinuxOptions.type',
          observed: 'container_engine_t',
          message: 'container "engine" chooses the SELinux type "container_engine_t"; remove it',
        },
      ],
    },
  },
  {
    name: 'v1.31 allows it',
    version: 31,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: engine, securityContext: { seLinuxOptions: { type: container_engine_t } } }
`,
    passes: true,
  },
  {
    name: 'the pod itself is judged',
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { type: spc_t } }
  containers:
    - { name: web, securityContext: { seLinuxOptions: { type: container_t } } }
`,
    refused: {
      reason: 'seLinuxOptions',
      detail: 'pod set forbidden securityContext.seLinuxOptions: type "spc_t"',
      violations: [
        {
          path: 'spec.securityContext.seLinuxOptions.type',
          observed: 'spc_t',
          message: 'the pod chooses the SELinux type "spc_t"; remove it',
        },
      ],
    },
  },
  {
    name: 'no user may be set',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { seLinuxOptions: { user: system_u } } }
`,
    refused: {
      reason: 'seLinuxOptions',
      detail: 'container "web" set forbidden securityContext.seLinuxOptions: user may not be set',
      violations: [{ path: 'spec.containers[0].securityContext.seLinuxOptions.user', observed: 'system_u' }],
    },
  },
  {
    name: 'no role may be set',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { seLinuxOptions: { type: container_t, role: system_r } } }
`,
    refused: {
      reason: 'seLinuxOptions',
      detail: 'container "web" set forbidden securityContext.seLinuxOptions: role may not be set',
      violations: [{ path: 'spec.containers[0].securityContext.seLinuxOptions.role', observed: 'system_r' }],
    },
  },
  {
    name: 'pod and containers of every list are named together, and every fault once',
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { type: z_t, user: u } }
  containers:
    - { name: web, securityContext: { seLinuxOptions: { type: a_t, role: r } } }
    - { name: fine, securityContext: { seLinuxOptions: { type: container_t } } }
  initContainers:
    - { name: setup, securityContext: { seLinuxOptions: { type: z_t } } }
  ephemeralContainers:
    - { name: debug, securityContext: { seLinuxOptions: { user: u } } }
`,
    refused: {
      reason: 'seLinuxOptions',
      detail:
        'pod and containers "setup", "web", "debug" set forbidden securityContext.seLinuxOptions: types "a_t", "z_t"; user may not be set; role may not be set',
      violations: [
        { path: 'spec.securityContext.seLinuxOptions.type', observed: 'z_t' },
        { path: 'spec.securityContext.seLinuxOptions.user', observed: 'u' },
        { path: 'spec.initContainers[0].securityContext.seLinuxOptions.type', observed: 'z_t' },
        { path: 'spec.containers[0].securityContext.seLinuxOptions.type', observed: 'a_t' },
        { path: 'spec.containers[0].securityContext.seLinuxOptions.role', observed: 'r' },
        { path: 'spec.ephemeralContainers[0].securityContext.seLinuxOptions.user', observed: 'u' },
      ],
    },
  },
  {
    name: 'a pod that does not speak of it passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a type that is no text is nothing that passes',
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { type: 1 } }
  containers:
    - { name: web }
`,
    malformed: 'spec.securityContext.seLinuxOptions.type',
  },
]);
