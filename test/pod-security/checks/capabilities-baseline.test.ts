import { capabilitiesBaseline } from '../../../src/pod-security/checks/capabilities-baseline.ts';
import { testCheck } from '../check-tester.ts';

testCheck(capabilitiesBaseline, [
  {
    name: 'the thirteen that every container runtime grants pass',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      securityContext:
        capabilities:
          add: [AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT]
`,
    passes: true,
  },
  {
    name: 'NET_RAW is not among them',
    version: 0,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [NET_RAW] } } }
`,
    refused: {
      reason: 'non-default capabilities',
      detail: 'container "web" must not include "NET_RAW" in securityContext.capabilities.add',
      violations: [
        {
          path: 'spec.containers[0].securityContext.capabilities.add[0]',
          observed: 'NET_RAW',
          message: 'container "web" adds capability "NET_RAW"; remove it',
        },
      ],
    },
  },
  {
    name: 'a name is read exactly as it is written',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [chown, CAP_CHOWN, "", CHOWN] } } }
`,
    refused: {
      reason: 'non-default capabilities',
      detail: 'container "web" must not include "", "CAP_CHOWN", "chown" in securityContext.capabilities.add',
      violations: [
        { path: 'spec.containers[0].securityContext.capabilities.add[0]', observed: 'chown' },
        { path: 'spec.containers[0].securityContext.capabilities.add[1]', observed: 'CAP_CHOWN' },
        { path: 'spec.containers[0].securityContext.capabilities.add[2]', observed: '' },
      ],
    },
  },
  {
    name: 'every list of containers is judged, and each capability named once',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [SYS_ADMIN, KILL, NET_ADMIN] } } }
    - { name: idle, securityContext: { capabilities: { add: [KILL] } } }
  initContainers:
    - { name: setup, securityContext: { capabilities: { add: [SYS_ADMIN] } } }
  ephemeralContainers:
    - { name: debug, securityContext: { capabilities: { add: [ALL] } } }
`,
    refused: {
      reason: 'non-default capabilities',
      detail:
        'containers "setup", "web", "debug" must not include "ALL", "NET_ADMIN", "SYS_ADMIN" in securityContext.capabilities.add',
      violations: [
        { path: 'spec.initContainers[0].securityContext.capabilities.add[0]', observed: 'SYS_ADMIN' },
        { path: 'spec.containers[0].securityContext.capabilities.add[0]', observed: 'SYS_ADMIN' },
        { path: 'spec.containers[0].securityContext.capabilities.add[2]', observed: 'NET_ADMIN' },
        { path: 'spec.ephemeralContainers[0].securityContext.capabilities.add[0]', observed: 'ALL' },
      ],
    },
  },
  {
    name: 'who adds none passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { capabilities: { add: [] } } }
    - { name: b, securityContext: { capabilities: { drop: [ALL] } } }
    - { name: c, securityContext: {} }
    - { name: d }
`,
    passes: true,
  },
  {
    name: 'a capability that is no text is nothing that passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [CHOWN, 1] } } }
`,
    malformed: 'spec.containers[0].securityContext.capabilities.add[1]',
  },
]);
