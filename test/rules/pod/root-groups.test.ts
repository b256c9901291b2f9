import { rootGroups } from '../../../src/rules/pod/root-groups.ts';
import { testRule } from '../rule-tester.ts';

testRule(rootGroups, [
  {
    name: 'a pod that sets its groups, and lets its image add none, passes',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsGroup: 10001, fsGroup: 1, supplementalGroups: [1, 65535], supplementalGroupsPolicy: Strict }
  initContainers:
    - { name: setup }
  containers:
    - { name: web, securityContext: { runAsGroup: 1 } }
  ephemeralContainers:
    - { name: debug }
`,
    passes: true,
  },
  {
    name: 'containers that each set their group pass',
    yaml: `
kind: Pod
spec:
  securityContext: { supplementalGroupsPolicy: Strict }
  containers:
    - { name: web, securityContext: { runAsGroup: 10001 } }
`,
    passes: true,
  },
  {
    name: 'each way into the group of root fails',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsGroup: 0, fsGroup: 0, supplementalGroups: [100, 0], supplementalGroupsPolicy: Strict }
  containers:
    - { name: web }
`,
    fails: [
      { path: 'spec.securityContext.runAsGroup', observed: '0', message: /^the pod sets runAsGroup to 0/ },
      { path: 'spec.securityContext.fsGroup', observed: '0' },
      { path: 'spec.securityContext.supplementalGroups[1]', observed: '0' },
    ],
  },
  {
    name: 'every list of containers is judged, whatever their pod sets',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsGroup: 10001, supplementalGroupsPolicy: Strict }
  initContainers:
    - { name: setup, securityContext: { runAsGroup: 0 } }
  containers:
    - { name: web }
    - { name: sidecar, securityContext: { runAsGroup: 0 } }
  ephemeralContainers:
    - { name: debug, securityContext: { runAsGroup: 0 } }
`,
    fails: [
      { path: 'spec.initContainers[0].securityContext.runAsGroup', observed: '0', message: /^container "setup"/ },
      'spec.containers[1].securityContext.runAsGroup',
      'spec.ephemeralContainers[0].securityContext.runAsGroup',
    ],
  },
  {
    name: 'what the image may choose is a note',
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup, securityContext: { runAsGroup: 10001 } }
  containers:
    - { name: web }
  ephemeralContainers:
    - { name: debug }
`,
    fails: [
      {
        path: 'spec.securityContext.supplementalGroupsPolicy',
        severity: 'info',
        message: /the image's \/etc\/group may add/,
      },
      {
        path: 'spec.containers[0].securityContext.runAsGroup',
        severity: 'info',
        message: /^container "web" does not set/,
      },
      { path: 'spec.ephemeralContainers[0].securityContext.runAsGroup', severity: 'info' },
    ],
  },
  {
    name: 'Merge is what is meant where nothing is said',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsGroup: 10001, supplementalGroupsPolicy: Merge }
  containers:
    - { name: web }
`,
    fails: [{ path: 'spec.securityContext.supplementalGroupsPolicy', observed: 'Merge', severity: 'info' }],
  },
  {
    name: 'a failure comes before the notes',
    yaml: `
kind: Pod
spec:
  securityContext: { fsGroup: 0 }
  containers:
    - { name: web, securityContext: { runAsGroup: 10001 } }
`,
    fails: [
      'spec.securityContext.fsGroup',
      { path: 'spec.securityContext.supplementalGroupsPolicy', severity: 'info' },
    ],
  },
  {
    name: 'a policy refuses what the image may choose',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    params: { imageGroups: 'refuse' },
    fails: ['spec.securityContext.supplementalGroupsPolicy', 'spec.containers[0].securityContext.runAsGroup'],
  },
  {
    name: 'a policy ignores what the image may choose',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    params: { imageGroups: 'ignore' },
    passes: true,
  },
  {
    name: 'and still no zero',
    yaml: `
kind: Pod
spec:
  securityContext: { supplementalGroups: [0] }
  containers:
    - { name: web }
`,
    params: { imageGroups: 'ignore' },
    fails: ['spec.securityContext.supplementalGroups[0]'],
  },
  {
    name: 'null in a list of groups is the group 0',
    yaml: `
kind: Pod
spec:
  securityContext: { supplementalGroups: [null] }
  containers:
    - { name: web }
`,
    params: { imageGroups: 'ignore' },
    fails: ['spec.securityContext.supplementalGroups[0]'],
  },
  {
    name: 'Windows has no such groups',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  securityContext: { fsGroup: 0 }
  containers:
    - { name: web }
`,
    notApplicable: /Windows/,
  },
  {
    name: 'the template of a StatefulSet is judged',
    yaml: `
kind: StatefulSet
spec:
  template:
    spec:
      securityContext: { runAsGroup: 10001, fsGroup: 0, supplementalGroupsPolicy: Strict }
      containers:
        - { name: db }
`,
    fails: ['spec.securityContext.fsGroup'],
  },
  {
    name: 'a group that is no number is unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsGroup: '0' }
  containers:
    - { name: web }
`,
    unknown: /"spec\.securityContext\.runAsGroup" must be an integer, found the string "0"/,
  },
  {
    name: 'groups that are no list are unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { supplementalGroups: 0 }
  containers:
    - { name: web }
`,
    unknown: /"spec\.securityContext\.supplementalGroups" must be a list/,
  },
]);
