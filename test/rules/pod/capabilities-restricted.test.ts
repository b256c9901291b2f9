import { capabilitiesRestricted } from '../../../src/rules/pod/capabilities-restricted.ts';
import { testRule } from '../rule-tester.ts';

testRule(capabilitiesRestricted, [
  {
    name: 'a container that drops ALL and adds no more than NET_BIND_SERVICE passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] } } }
    - { name: sidecar, securityContext: { capabilities: { drop: [ALL] } } }
`,
    passes: true,
  },
  {
    name: 'a container that says nothing fails, because it has those of its runtime',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.capabilities.drop',
        message: /^container "web" does not drop every capability/,
      },
    ],
  },
  {
    name: 'to drop them by name is not enough, nor is another spelling of ALL',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: [NET_RAW] } } }
    - { name: sidecar, securityContext: { capabilities: { drop: [all] } } }
`,
    fails: [
      { path: 'spec.containers[0].securityContext.capabilities.drop', observed: '["NET_RAW"]' },
      { path: 'spec.containers[1].securityContext.capabilities.drop', observed: '["all"]' },
    ],
  },
  {
    name: 'what baseline allows to be added is too much',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: [ALL], add: [CHOWN, NET_BIND_SERVICE] } } }
`,
    fails: [{ path: 'spec.containers[0].securityContext.capabilities.add[0]', observed: 'CHOWN' }],
  },
  {
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  ephemeralContainers:
    - { name: debug, securityContext: { capabilities: { add: [SYS_PTRACE] } } }
  containers:
    - { name: web, securityContext: { capabilities: null } }
  initContainers:
    - { name: setup, securityContext: { capabilities: { drop: [ALL] } } }
    - { name: second }
`,
    fails: [
      'spec.initContainers[1].securityContext.capabilities.drop',
      'spec.containers[0].securityContext.capabilities.drop',
      'spec.ephemeralContainers[0].securityContext.capabilities.drop',
      'spec.ephemeralContainers[0].securityContext.capabilities.add[0]',
    ],
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
    fails: ['spec.containers[0].securityContext.capabilities.drop'],
  },
  {
    name: 'the check begins with v1.22',
    podSecurityVersion: 22,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    fails: ['spec.containers[0].securityContext.capabilities.drop'],
  },
  {
    name: 'before v1.22 there is no such check',
    podSecurityVersion: 21,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    notApplicable: /no such check in v1\.21; it begins with v1\.22/,
  },
  {
    name: 'what is dropped and no list is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: ALL } } }
`,
    unknown: /capabilities\.drop" must be a list, found the string "ALL"/,
  },
]);
