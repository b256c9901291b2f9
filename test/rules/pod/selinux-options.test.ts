import { selinuxOptions } from '../../../src/rules/pod/selinux-options.ts';
import { testRule } from '../rule-tester.ts';

testRule(selinuxOptions, [
  {
    name: 'a type, user or role of its own is one violation each, of the pod and of each container',
    yaml: `
kind: Pod
spec:
  securityContext:
    seLinuxOptions: { user: system_u, role: system_r, type: spc_t, level: s0 }
  initContainers:
    - { name: setup, securityContext: { seLinuxOptions: { type: init_t } } }
  containers:
    - { name: web, securityContext: { seLinuxOptions: { role: system_r } } }
  ephemeralContainers:
    - { name: debug, securityContext: { seLinuxOptions: { user: root } } }
`,
    fails: [
      { path: 'spec.securityContext.seLinuxOptions.type', observed: 'spc_t', message: /^the pod chooses .* "spc_t"/ },
      { path: 'spec.securityContext.seLinuxOptions.user', observed: 'system_u' },
      { path: 'spec.securityContext.seLinuxOptions.role', observed: 'system_r' },
      { path: 'spec.initContainers[0].securityContext.seLinuxOptions.type', observed: 'init_t' },
      { path: 'spec.containers[0].securityContext.seLinuxOptions.role', observed: 'system_r' },
      { path: 'spec.ephemeralContainers[0].securityContext.seLinuxOptions.user', observed: 'root' },
    ],
  },
  {
    name: 'the types of containers pass, and any level',
    yaml: `
kind: Pod
spec:
  securityContext:
    seLinuxOptions: { type: container_t, level: 's0:c1,c2' }
  containers:
    - { name: web, securityContext: { seLinuxOptions: { type: container_init_t } } }
    - { name: vm, securityContext: { seLinuxOptions: { type: container_kvm_t } } }
`,
    passes: true,
  },
  {
    name: 'a pod that says nothing passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'an empty label is none',
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { user: '', role: '', type: '' } }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'container_engine_t is allowed from v1.31 on',
    podSecurityVersion: 31,
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { type: container_engine_t } }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'container_engine_t is forbidden before v1.31',
    podSecurityVersion: 30,
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { type: container_engine_t } }
  containers:
    - { name: web }
`,
    fails: ['spec.securityContext.seLinuxOptions.type'],
  },
  {
    name: 'what a policy demands is allowed, whatever Pod Security says of it',
    params: { user: 'system_u', type: 'spc_t' },
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { user: system_u, type: spc_t } }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'what a policy does not speak of is left to Pod Security',
    params: { type: 'spc_t' },
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { user: system_u, type: spc_t } }
  containers:
    - { name: web }
`,
    fails: ['spec.securityContext.seLinuxOptions.user'],
  },
  {
    name: 'what differs from what a policy demands fails once, where it is set',
    params: { type: 'web_t' },
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { type: container_t } }
  containers:
    - { name: web }
    - { name: sidecar, securityContext: { seLinuxOptions: { type: spc_t } } }
    - { name: proxy, securityContext: { seLinuxOptions: { type: web_t } } }
`,
    fails: [
      {
        path: 'spec.securityContext.seLinuxOptions.type',
        observed: 'container_t',
        message: /^the pod has the SELinux type "container_t"; set it to "web_t"$/,
      },
      { path: 'spec.containers[1].securityContext.seLinuxOptions.type', observed: 'spc_t' },
    ],
  },
  {
    name: 'where a policy demands a label, none is not enough',
    params: { level: 's0:c1' },
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup }
  containers:
    - { name: web, securityContext: { seLinuxOptions: { level: 's0:c1' } } }
  ephemeralContainers:
    - { name: debug, securityContext: { seLinuxOptions: {} } }
`,
    fails: [
      {
        path: 'spec.initContainers[0].securityContext.seLinuxOptions.level',
        message: /^container "setup" sets no SELinux level; set it to "s0:c1"$/,
      },
      'spec.ephemeralContainers[0].securityContext.seLinuxOptions.level',
    ],
  },
  {
    name: "a container's options replace those of its pod as a whole",
    params: { role: 'web_r' },
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { role: web_r } }
  containers:
    - { name: web, securityContext: { seLinuxOptions: { level: s0 } } }
`,
    fails: ['spec.containers[0].securityContext.seLinuxOptions.role'],
  },
  {
    name: 'the categories of a level have no order',
    params: { level: 's0:c1,c2' },
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { level: 's0:c2,c1' } }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'but its sensitivity has its place',
    params: { level: 's0:s1' },
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { level: 's1:s0' } }
  containers:
    - { name: web }
`,
    fails: ['spec.securityContext.seLinuxOptions.level'],
  },
  {
    name: 'a Windows pod, which has no SELinux, need not have what a policy demands',
    params: { type: 'web_t' },
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
    name: 'a label that is no string is unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { type: 7 } }
`,
    unknown: /"spec\.securityContext\.seLinuxOptions\.type" must be a string, found the number 7/,
  },
]);
