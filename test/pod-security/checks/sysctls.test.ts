import { sysctls } from '../../../src/pod-security/checks/sysctls.ts';
import { testCheck } from '../check-tester.ts';

testCheck(sysctls, [
  {
    name: 'v1.0 allows five',
    version: 0,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: kernel.shm_rmid_forced, value: "0" }
      - { name: net.ipv4.ip_local_port_range, value: "0" }
      - { name: net.ipv4.tcp_syncookies, value: "0" }
      - { name: net.ipv4.ping_group_range, value: "0" }
      - { name: net.ipv4.ip_unprivileged_port_start, value: "0" }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'v1.26 refuses reserved ports',
    version: 26,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.tcp_syncookies, value: "0" }
      - { name: net.ipv4.ip_local_reserved_ports, value: "0" }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'forbidden sysctls',
      detail: 'net.ipv4.ip_local_reserved_ports',
      violations: [
        {
          path: 'spec.securityContext.sysctls[1].name',
          observed: 'net.ipv4.ip_local_reserved_ports',
          message:
            'sysctl "net.ipv4.ip_local_reserved_ports" is not among those that are safe on a shared node; remove it',
        },
      ],
    },
  },
  {
    name: 'v1.27 allows them',
    version: 27,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.tcp_syncookies, value: "0" }
      - { name: net.ipv4.ip_local_reserved_ports, value: "0" }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'v1.28 refuses what keeps connections alive',
    version: 28,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.tcp_keepalive_time, value: "0" }
      - { name: net.ipv4.tcp_fin_timeout, value: "0" }
      - { name: net.ipv4.tcp_keepalive_intvl, value: "0" }
      - { name: net.ipv4.tcp_keepalive_probes, value: "0" }
      - { name: net.ipv4.ip_local_reserved_ports, value: "0" }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'forbidden sysctls',
      detail:
        'net.ipv4.tcp_keepalive_time, net.ipv4.tcp_fin_timeout, net.ipv4.tcp_keepalive_intvl, net.ipv4.tcp_keepalive_probes',
      violations: [
        { path: 'spec.securityContext.sysctls[0].name', observed: 'net.ipv4.tcp_keepalive_time' },
        { path: 'spec.securityContext.sysctls[1].name', observed: 'net.ipv4.tcp_fin_timeout' },
        { path: 'spec.securityContext.sysctls[2].name', observed: 'net.ipv4.tcp_keepalive_intvl' },
        { path: 'spec.securityContext.sysctls[3].name', observed: 'net.ipv4.tcp_keepalive_probes' },
      ],
    },
  },
  {
    name: 'v1.29 allows it',
    version: 29,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.tcp_keepalive_time, value: "0" }
      - { name: net.ipv4.tcp_fin_timeout, value: "0" }
      - { name: net.ipv4.tcp_keepalive_intvl, value: "0" }
      - { name: net.ipv4.tcp_keepalive_probes, value: "0" }
      - { name: net.ipv4.ip_local_reserved_ports, value: "0" }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'v1.31 refuses the buffers of connections',
    version: 31,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.tcp_wmem, value: "0" }
      - { name: net.ipv4.tcp_rmem, value: "0" }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'forbidden sysctls',
      detail: 'net.ipv4.tcp_wmem, net.ipv4.tcp_rmem',
      violations: [
        { path: 'spec.securityContext.sysctls[0].name', observed: 'net.ipv4.tcp_wmem' },
        { path: 'spec.securityContext.sysctls[1].name', observed: 'net.ipv4.tcp_rmem' },
      ],
    },
  },
  {
    name: 'v1.32 allows them',
    version: 32,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.tcp_wmem, value: "0" }
      - { name: net.ipv4.tcp_rmem, value: "0" }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'v1.36 refuses what v1.37 added',
    version: 36,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.tcp_slow_start_after_idle, value: "0" }
      - { name: net.ipv4.tcp_notsent_lowat, value: "0" }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'forbidden sysctls',
      detail: 'net.ipv4.tcp_slow_start_after_idle, net.ipv4.tcp_notsent_lowat',
      violations: [
        { path: 'spec.securityContext.sysctls[0].name', observed: 'net.ipv4.tcp_slow_start_after_idle' },
        { path: 'spec.securityContext.sysctls[1].name', observed: 'net.ipv4.tcp_notsent_lowat' },
      ],
    },
  },
  {
    name: 'v1.37 allows it',
    version: 37,
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.tcp_slow_start_after_idle, value: "0" }
      - { name: net.ipv4.tcp_notsent_lowat, value: "0" }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'others are named in the order of the pod and as often as it names them, in dots only',
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net/ipv4/tcp_syncookies, value: "0" }
      - { name: kernel.msgmax, value: "1" }
      - { name: net.ipv4.tcp_wmem, value: "1" }
      - { name: kernel.msgmax, value: "2" }
  containers:
    - { name: web }
`,
    refused: {
      reason: 'forbidden sysctls',
      detail: 'net/ipv4/tcp_syncookies, kernel.msgmax, kernel.msgmax',
      violations: [
        { path: 'spec.securityContext.sysctls[0].name', observed: 'net/ipv4/tcp_syncookies' },
        { path: 'spec.securityContext.sysctls[1].name', observed: 'kernel.msgmax' },
        { path: 'spec.securityContext.sysctls[3].name', observed: 'kernel.msgmax' },
      ],
    },
  },
  {
    name: 'a pod without any passes',
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [] }
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a sysctl without a name is nothing that passes',
    yaml: `
kind: Pod
spec:
  securityContext: { sysctls: [{ value: "1" }] }
  containers:
    - { name: web }
`,
    malformed: 'spec.securityContext.sysctls[0].name',
  },
]);
