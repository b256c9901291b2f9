import { windowsHostProcess } from '../../../src/pod-security/checks/windows-host-process.ts';
import { testCheck } from '../check-tester.ts';

testCheck(windowsHostProcess, [
  {
    name: 'a container that runs on the node is refused',
    version: 0,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { windowsOptions: { hostProcess: true } } }
`,
    refused: {
      reason: 'hostProcess',
      detail: 'container "web" must not set securityContext.windowsOptions.hostProcess=true',
      violations: [
        {
          path: 'spec.containers[0].securityContext.windowsOptions.hostProcess',
          observed: 'true',
          message: 'container "web" runs on the Windows node itself; remove hostProcess',
        },
      ],
    },
  },
  {
    name: 'so is the pod',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  securityContext: { windowsOptions: { hostProcess: true } }
  containers:
    - { name: web, securityContext: { windowsOptions: { hostProcess: false } } }
`,
    refused: {
      reason: 'hostProcess',
      detail: 'pod must not set securityContext.windowsOptions.hostProcess=true',
      violations: [
        {
          path: 'spec.securityContext.windowsOptions.hostProcess',
          observed: 'true',
          message: 'the pod runs on the Windows node itself; remove hostProcess',
        },
      ],
    },
  },
  {
    name: 'pod and containers of every list are named together',
    yaml: `
kind: Pod
spec:
  securityContext: { windowsOptions: { hostProcess: true } }
  containers:
    - { name: web, securityContext: { windowsOptions: { hostProcess: true } } }
  initContainers:
    - { name: setup, securityContext: { windowsOptions: { hostProcess: true } } }
  ephemeralContainers:
    - { name: debug, securityContext: { windowsOptions: { hostProcess: true } } }
`,
    refused: {
      reason: 'hostProcess',
      detail: 'pod and containers "setup", "web", "debug" must not set securityContext.windowsOptions.hostProcess=true',
      violations: [
        { path: 'spec.securityContext.windowsOptions.hostProcess', observed: 'true' },
        { path: 'spec.initContainers[0].securityContext.windowsOptions.hostProcess', observed: 'true' },
        { path: 'spec.containers[0].securityContext.windowsOptions.hostProcess', observed: 'true' },
        { path: 'spec.ephemeralContainers[0].securityContext.windowsOptions.hostProcess', observed: 'true' },
      ],
    },
  },
  {
    name: 'false, null and nothing pass, and so does the name of an administrator',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  securityContext: { windowsOptions: { runAsUserName: ContainerAdministrator } }
  containers:
    - { name: a, securityContext: { windowsOptions: { hostProcess: false } } }
    - { name: b, securityContext: { windowsOptions: { hostProcess: null } } }
    - { name: c, securityContext: { windowsOptions: {} } }
    - { name: d }
`,
    passes: true,
  },
  {
    name: 'a value of a wrong type is nothing that passes',
    yaml: `
kind: Pod
spec:
  securityContext: { windowsOptions: { hostProcess: "yes" } }
  containers:
    - { name: web }
`,
    malformed: 'spec.securityContext.windowsOptions.hostProcess',
  },
]);
