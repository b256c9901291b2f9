import { netRaw } from '../../../src/rules/pod/net-raw.ts';
import { testRule } from '../rule-tester.ts';

testRule(netRaw, [
  {
    name: 'containers that drop it, or all, pass',
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup, securityContext: { capabilities: { drop: [NET_RAW] } } }
  containers:
    - { name: web, securityContext: { capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] } } }
  ephemeralContainers:
    - { name: debug, securityContext: { capabilities: { drop: [CHOWN, NET_RAW] } } }
`,
    passes: true,
  },
  {
    name: 'every list of containers is judged, and who drops nothing has it by default',
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup }
  containers:
    - { name: web, securityContext: { capabilities: { drop: [CHOWN] } } }
  ephemeralContainers:
    - { name: debug, securityContext: {} }
`,
    fails: [
      {
        path: 'spec.initContainers[0].securityContext.capabilities.drop',
        severity: 'low',
        message: /^container "setup" keeps the capability NET_RAW/,
      },
      { path: 'spec.containers[0].securityContext.capabilities.drop', severity: 'low', observed: '["CHOWN"]' },
      { path: 'spec.ephemeralContainers[0].securityContext.capabilities.drop', severity: 'low' },
    ],
  },
  {
    name: 'to add it is worse, and no drop of all undoes it',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: [ALL], add: [CHOWN, NET_RAW] } } }
`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.capabilities.add[1]',
        observed: 'NET_RAW',
        message: /^container "web" adds capability "NET_RAW"/,
      },
    ],
  },
  {
    name: 'it is added in every spelling that a runtime accepts',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { capabilities: { drop: [ALL], add: [net_raw] } } }
    - { name: b, securityContext: { capabilities: { drop: [ALL], add: [CAP_NET_RAW] } } }
    - { name: c, securityContext: { capabilities: { drop: [ALL], add: [all] } } }
    - { name: d, securityContext: { capabilities: { drop: [NET_RAW], add: [NET_RAW] } } }
`,
    fails: [
      'spec.containers[0].securityContext.capabilities.add[0]',
      'spec.containers[1].securityContext.capabilities.add[0]',
      'spec.containers[2].securityContext.capabilities.add[0]',
      'spec.containers[3].securityContext.capabilities.add[0]',
    ],
  },
  {
    name: 'it is dropped only as the API spells it',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, securityContext: { capabilities: { drop: [all] } } }
    - { name: b, securityContext: { capabilities: { drop: [CAP_NET_RAW] } } }
`,
    fails: [
      { path: 'spec.containers[0].securityContext.capabilities.drop', severity: 'low' },
      { path: 'spec.containers[1].securityContext.capabilities.drop', severity: 'low' },
    ],
  },
  {
    name: 'who adds all and drops it by name does not have it',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [ALL], drop: [NET_RAW] } } }
`,
    passes: true,
  },
  {
    name: 'a privileged container has it whatever it drops',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { privileged: true, capabilities: { drop: [ALL] } } }
`,
    fails: [{ path: 'spec.containers[0].securityContext.privileged', observed: 'true' }],
  },
  {
    name: 'Windows has no capabilities',
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
    name: 'the template of a Job is judged',
    yaml: `
kind: Job
spec:
  template:
    spec:
      containers:
        - { name: import }
`,
    fails: [{ path: 'spec.containers[0].securityContext.capabilities.drop', severity: 'low' }],
  },
  {
    name: 'capabilities that are no list are unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: ALL } } }
`,
    unknown: /"spec\.containers\[0\]\.securityContext\.capabilities\.drop" must be a list/,
  },
  {
    name: 'a capability that is no text is unknown although all are dropped',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: [ALL], add: [13] } } }
`,
    unknown: /"spec\.containers\[0\]\.securityContext\.capabilities\.add\[0\]" must be a string/,
  },
]);
