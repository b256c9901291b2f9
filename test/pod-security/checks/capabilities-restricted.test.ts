import { capabilitiesRestricted } from '../../../src/pod-security/checks/capabilities-restricted.ts';
import { testCheck } from '../check-tester.ts';

testCheck(capabilitiesRestricted, [
  {
    name: 'v1.21 does not have it yet',
    version: 21,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    notApplicable: 'Pod Security has no such check in v1.21; it begins with v1.22',
  },
  {
    name: 'v1.22 refuses who says nothing',
    version: 22,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    refused: {
      reason: 'unrestricted capabilities',
      detail: 'container "web" must set securityContext.capabilities.drop=["ALL"]',
      violations: [
        {
          path: 'spec.containers[0].securityContext.capabilities.drop',
          message: 'container "web" does not drop every capability; set drop to ["ALL"]',
        },
      ],
    },
  },
  {
    name: 'v1.24 asks it of Windows, too',
    version: 24,
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'unrestricted capabilities',
      detail: 'container "web" must set securityContext.capabilities.drop=["ALL"]',
      violations: [{ path: 'spec.containers[0].securityContext.capabilities.drop' }],
    },
  },
  {
    name: 'v1.25 does not',
    version: 25,
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    notApplicable: 'the field has no meaning on Windows',
  },
  {
    name: 'but of Linux it does',
    version: 25,
    yaml: `
kind: Pod
spec:
  os: { name: linux }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'unrestricted capabilities',
      detail: 'container "web" must set securityContext.capabilities.drop=["ALL"]',
      violations: [{ path: 'spec.containers[0].securityContext.capabilities.drop' }],
    },
  },
  {
    name: 'who drops ALL and adds at most NET_BIND_SERVICE passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { capabilities: { drop: [ALL] } } }
    - { name: b, securityContext: { capabilities: { drop: [KILL, ALL], add: [NET_BIND_SERVICE] } } }
`,
    passes: true,
  },
  {
    name: 'every other drop is not enough',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { capabilities: { drop: [all] } } }
    - { name: b, securityContext: { capabilities: { drop: [] } } }
    - { name: c, securityContext: { capabilities: {} } }
    - { name: d, securityContext: { capabilities: { drop: [CAP_ALL, NET_RAW] } } }
`,
    refused: {
      reason: 'unrestricted capabilities',
      detail: 'containers "a", "b", "c", "d" must set securityContext.capabilities.drop=["ALL"]',
      violations: [
        { path: 'spec.containers[0].securityContext.capabilities.drop', observed: '["all"]' },
        { path: 'spec.containers[1].securityContext.capabilities.drop' },
        { path: 'spec.containers[2].securityContext.capabilities.drop' },
        { path: 'spec.containers[3].securityContext.capabilities.drop', observed: '["CAP_ALL","NET_RAW"]' },
      ],
    },
  },
  {
    name: 'whoever drops ALL may still add too much',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: [ALL], add: [NET_BIND_SERVICE, CHOWN] } } }
`,
    refused: {
      reason: 'unrestricted capabilities',
      detail: 'container "web" must not include "CHOWN" in securityContext.capabilities.add',
      violations: [{ path: 'spec.containers[0].securityContext.capabilities.add[1]', observed: 'CHOWN' }],
    },
  },
  {
    name: 'both faults are named, and every list of containers is judged',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [SYS_TIME, AUDIT_WRITE] } } }
  initContainers:
    - { name: setup, securityContext: { capabilities: { drop: [ALL], add: [SYS_TIME] } } }
  ephemeralContainers:
    - { name: debug }
`,
    refused: {
      reason: 'unrestricted capabilities',
      detail:
        'containers "web", "debug" must set securityContext.capabilities.drop=["ALL"]; containers "setup", "web" must not include "AUDIT_WRITE", "SYS_TIME" in securityContext.capabilities.add',
      violations: [
        { path: 'spec.containers[0].securityContext.capabilities.drop' },
        { path: 'spec.ephemeralContainers[0].securityContext.capabilities.drop' },
        { path: 'spec.initContainers[0].securityContext.capabilities.add[0]', observed: 'SYS_TIME' },
        { path: 'spec.containers[0].securityContext.capabilities.add[0]', observed: 'SYS_TIME' },
        { path: 'spec.containers[0].securityContext.capabilities.add[1]', observed: 'AUDIT_WRITE' },
      ],
    },
  },
  {
    name: 'a list of a wrong type is nothing that passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: ALL } } }
`,
    malformed: 'spec.containers[0].securityContext.capabilities.drop',
  },
]);
