import { capabilities } from '../../../src/rules/pod/capabilities.ts';
import { testRule } from '../rule-tester.ts';

testRule(capabilities, [
  {
    name: 'each capability that is added beyond the default ones is one violation',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [CHOWN, SYS_ADMIN, NET_ADMIN] } } }
`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.capabilities.add[1]',
        observed: 'SYS_ADMIN',
        message: /^container "web" adds capability "SYS_ADMIN"/,
      },
      { path: 'spec.containers[0].securityContext.capabilities.add[2]', observed: 'NET_ADMIN' },
    ],
  },
  {
    name: 'one that does not lead out of the container is less bad',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [NET_RAW, SYS_PTRACE] } } }
`,
    fails: [
      { path: 'spec.containers[0].securityContext.capabilities.add[0]', severity: 'medium', observed: 'NET_RAW' },
      { path: 'spec.containers[0].securityContext.capabilities.add[1]', observed: 'SYS_PTRACE' },
    ],
  },
  {
    name: 'the default ones may be added',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      securityContext:
        capabilities:
          add:
            - AUDIT_WRITE
            - CHOWN
            - DAC_OVERRIDE
            - FOWNER
            - FSETID
            - KILL
            - MKNOD
            - NET_BIND_SERVICE
            - SETFCAP
            - SETGID
            - SETPCAP
            - SETUID
            - SYS_CHROOT
`,
    passes: true,
  },
  {
    name: 'their names are written exactly so',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [chown, CAP_CHOWN, net_raw] } } }
`,
    fails: [
      'spec.containers[0].securityContext.capabilities.add[0]',
      'spec.containers[0].securityContext.capabilities.add[1]',
      'spec.containers[0].securityContext.capabilities.add[2]',
    ],
  },
  {
    name: 'a container that adds none passes, whether it drops any or not',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
    - { name: sidecar, securityContext: { capabilities: { drop: [ALL] } } }
    - { name: proxy, securityContext: { capabilities: null } }
`,
    passes: true,
  },
  {
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  ephemeralContainers:
    - { name: debug, securityContext: { capabilities: { add: [SYS_PTRACE] } } }
  containers:
    - { name: web, securityContext: { capabilities: { add: [ALL] } } }
  initContainers:
    - { name: setup, securityContext: { capabilities: { add: [NET_ADMIN] } } }
`,
    fails: [
      'spec.initContainers[0].securityContext.capabilities.add[0]',
      'spec.containers[0].securityContext.capabilities.add[0]',
      'spec.ephemeralContainers[0].securityContext.capabilities.add[0]',
    ],
  },
  {
    name: 'a policy allows some of them',
    params: { allowed: ['NET_ADMIN', 'NET_RAW'] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [NET_ADMIN, NET_RAW, SYS_ADMIN] } } }
`,
    fails: ['spec.containers[0].securityContext.capabilities.add[2]'],
  },
  {
    name: 'a policy allows every one of them',
    params: { allowed: ['*'] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [NET_ADMIN, ALL] } } }
`,
    passes: true,
  },
  {
    name: 'ALL in a policy is the capability of that name, not every one',
    params: { allowed: ['ALL'] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [ALL, SYS_ADMIN] } } }
`,
    fails: ['spec.containers[0].securityContext.capabilities.add[1]'],
  },
  {
    name: 'a policy requires some to be dropped, of each container',
    params: { requiredDrop: ['NET_RAW', 'MKNOD'] },
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup }
  containers:
    - { name: web, securityContext: { capabilities: { drop: [NET_RAW] } } }
  ephemeralContainers:
    - { name: debug, securityContext: { capabilities: { drop: [MKNOD, NET_RAW] } } }
`,
    fails: [
      {
        path: 'spec.initContainers[0].securityContext.capabilities.drop',
        severity: 'medium',
        message: /^container "setup" must drop capability "NET_RAW"$/,
      },
      { path: 'spec.initContainers[0].securityContext.capabilities.drop', severity: 'medium', message: /"MKNOD"$/ },
      { path: 'spec.containers[0].securityContext.capabilities.drop', severity: 'medium', observed: '["NET_RAW"]' },
    ],
  },
  {
    name: 'whoever drops ALL has dropped each of them',
    params: { requiredDrop: ['NET_RAW', 'MKNOD'] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: [ALL] } } }
`,
    passes: true,
  },
  {
    name: 'but not what is added again',
    params: { requiredDrop: ['MKNOD'], allowed: ['ALL'] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: again, securityContext: { capabilities: { drop: [ALL], add: [MKNOD] } } }
    - { name: every, securityContext: { capabilities: { drop: [ALL], add: [ALL] } } }
    - { name: named, securityContext: { capabilities: { drop: [ALL, MKNOD], add: [MKNOD] } } }
`,
    fails: [
      { path: 'spec.containers[0].securityContext.capabilities.drop', severity: 'medium' },
      { path: 'spec.containers[1].securityContext.capabilities.drop', severity: 'medium' },
    ],
  },
  {
    name: 'where ALL must be dropped, names do not do',
    params: { requiredDrop: ['ALL'] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { drop: [NET_RAW] } } }
    - { name: sidecar, securityContext: { capabilities: { drop: [ALL] } } }
`,
    fails: [{ path: 'spec.containers[0].securityContext.capabilities.drop', severity: 'medium' }],
  },
  {
    name: 'a Windows pod, which has no capabilities, need not drop them',
    params: { requiredDrop: ['ALL'] },
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'capabilities that are no list are unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: SYS_ADMIN } } }
`,
    unknown: /capabilities\.add" must be a list, found the string "SYS_ADMIN"/,
  },
  {
    name: 'a capability that is no string is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [7] } } }
`,
    unknown: /capabilities\.add\[0\]" must be a string, found the number 7/,
  },
]);
