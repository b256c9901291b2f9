import { windowsHostProcess } from '../../../src/rules/pod/windows-host-process.ts';
import { testRule } from '../rule-tester.ts';

testRule(windowsHostProcess, [
  {
    name: 'a pod and each container that run on the node are one violation each',
    yaml: `
kind: Pod
spec:
  securityContext: { windowsOptions: { hostProcess: true } }
  initContainers:
    - { name: setup, securityContext: { windowsOptions: { hostProcess: true } } }
  containers:
    - { name: agent, securityContext: { windowsOptions: { hostProcess: true } } }
    - { name: sidecar }
  ephemeralContainers:
    - { name: debug, securityContext: { windowsOptions: { hostProcess: true } } }
`,
    fails: [
      {
        path: 'spec.securityContext.windowsOptions.hostProcess',
        observed: 'true',
        message: /^the pod runs on the Windows node itself/,
      },
      'spec.initContainers[0].securityContext.windowsOptions.hostProcess',
      { path: 'spec.containers[0].securityContext.windowsOptions.hostProcess', message: /^container "agent" runs on/ },
      'spec.ephemeralContainers[0].securityContext.windowsOptions.hostProcess',
    ],
  },
  {
    name: 'a pod that says it does not passes',
    yaml: `
kind: Pod
spec:
  securityContext: { windowsOptions: { hostProcess: false } }
  containers:
    - { name: agent, securityContext: { windowsOptions: { runAsUserName: ContainerUser } } }
`,
    passes: true,
  },
  {
    name: 'a pod that does not speak of it passes',
    yaml: `
kind: Pod
spec:
  securityContext: { windowsOptions: { hostProcess: null } }
  containers:
    - { name: agent, securityContext: {} }
    - { name: sidecar }
`,
    passes: true,
  },
  {
    name: 'the template of a DaemonSet is judged',
    yaml: `
kind: DaemonSet
spec:
  template:
    spec:
      securityContext: { windowsOptions: { hostProcess: true } }
      containers:
        - { name: web }
`,
    fails: ['spec.securityContext.windowsOptions.hostProcess'],
  },
  {
    name: 'a value that is no boolean is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: agent, securityContext: { windowsOptions: { hostProcess: 'true' } } }
`,
    unknown: /windowsOptions\.hostProcess" must be a boolean, found the string "true"/,
  },
]);
