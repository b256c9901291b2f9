import { sysctls } from '../../../src/rules/pod/sysctls.ts';
import { testRule } from '../rule-tester.ts';

testRule(sysctls, [
  {
    name: 'each sysctl that is not safe is one violation',
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: kernel.msgmax, value: '65536' }
      - { name: kernel.shm_rmid_forced, value: '1' }
      - { name: net.core.somaxconn, value: '1024' }
`,
    fails: [
      {
        path: 'spec.securityContext.sysctls[0].name',
        observed: 'kernel.msgmax',
        message: /^sysctl "kernel\.msgmax" is not among those that are safe/,
      },
      { path: 'spec.securityContext.sysctls[2].name', observed: 'net.core.somaxconn' },
    ],
  },
  {
    name: 'those that are safe in all versions pass',
    podSecurityVersion: 0,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: kernel.shm_rmid_forced }
      - { name: net.ipv4.ip_local_port_range }
      - { name: net.ipv4.tcp_syncookies }
      - { name: net.ipv4.ping_group_range }
      - { name: net.ipv4.ip_unprivileged_port_start }
`,
    passes: true,
  },
  {
    name: 'a pod that sets none passes',
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [] }
`,
    passes: true,
  },
  {
    name: 'a pod without a security context passes',
    yaml: `
kind: Pod
spec: {}
`,
    passes: true,
  },
  {
    name: 'ip_local_reserved_ports is safe from v1.27 on',
    podSecurityVersion: 27,
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ name: net.ipv4.ip_local_reserved_ports }] }
`,
    passes: true,
  },
  {
    name: 'ip_local_reserved_ports is not before v1.27',
    podSecurityVersion: 26,
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ name: net.ipv4.ip_local_reserved_ports }] }
`,
    fails: ['spec.securityContext.sysctls[0].name'],
  },
  {
    name: 'those of keepalive are safe from v1.29 on',
    podSecurityVersion: 29,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.tcp_keepalive_time }
      - { name: net.ipv4.tcp_fin_timeout }
      - { name: net.ipv4.tcp_keepalive_intvl }
      - { name: net.ipv4.tcp_keepalive_probes }
`,
    passes: true,
  },
  {
    name: 'those of keepalive are not before v1.29',
    podSecurityVersion: 28,
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ name: net.ipv4.tcp_keepalive_time }] }
`,
    fails: ['spec.securityContext.sysctls[0].name'],
  },
  {
    name: 'the buffers of TCP are safe from v1.32 on',
    podSecurityVersion: 32,
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ name: net.ipv4.tcp_rmem }, { name: net.ipv4.tcp_wmem }] }
`,
    passes: true,
  },
  {
    name: 'the buffers of TCP are not before v1.32',
    podSecurityVersion: 31,
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ name: net.ipv4.tcp_rmem }, { name: net.ipv4.tcp_wmem }] }
`,
    fails: ['spec.securityContext.sysctls[0].name', 'spec.securityContext.sysctls[1].name'],
  },
  {
    name: 'tcp_slow_start_after_idle and tcp_notsent_lowat are safe from v1.37 on',
    podSecurityVersion: 37,
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ name: net.ipv4.tcp_slow_start_after_idle }, { name: net.ipv4.tcp_notsent_lowat }] }
`,
    passes: true,
  },
  {
    name: 'tcp_slow_start_after_idle and tcp_notsent_lowat are not before v1.37',
    podSecurityVersion: 36,
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ name: net.ipv4.tcp_slow_start_after_idle }, { name: net.ipv4.tcp_notsent_lowat }] }
`,
    fails: ['spec.securityContext.sysctls[0].name', 'spec.securityContext.sysctls[1].name'],
  },
  {
    name: 'a policy allows some by name and some by how they begin',
    params: { allowed: ['kernel.msgmax', 'net.core.*'] },
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: kernel.msgmax }
      - { name: net.core.somaxconn }
      - { name: kernel.msgmaxx }
      - { name: net.corex }
`,
    fails: ['spec.securityContext.sysctls[2].name', 'spec.securityContext.sysctls[3].name'],
  },
  {
    name: 'a policy allows every one of them',
    params: { allowed: ['*'] },
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ name: kernel.msgmax }] }
`,
    passes: true,
  },
  {
    name: 'a policy forbids also what is safe, and what it allows, each once',
    params: { allowed: ['kernel.*'], forbidden: ['kernel.shm_rmid_forced', 'kernel.msg*'] },
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: kernel.shm_rmid_forced }
      - { name: kernel.msgmax }
      - { name: kernel.sem }
      - { name: net.core.somaxconn }
`,
    fails: [
      'spec.securityContext.sysctls[3].name',
      { path: 'spec.securityContext.sysctls[0].name', message: /^sysctl "kernel\.shm_rmid_forced" is forbidden here/ },
      { path: 'spec.securityContext.sysctls[1].name', observed: 'kernel.msgmax' },
    ],
  },
  {
    name: 'what is unsafe and forbidden is one violation',
    params: { forbidden: ['kernel.msgmax'] },
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ name: kernel.msgmax }] }
`,
    fails: ['spec.securityContext.sysctls[0].name'],
  },
  {
    name: 'a sysctl without a name is unknown',
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ value: '1' }] }
`,
    unknown: /"spec\.securityContext\.sysctls\[0\]\.name" must be present/,
  },
]);
