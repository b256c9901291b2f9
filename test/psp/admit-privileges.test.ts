/** What a container may do: privileges, capabilities, ports, the root file system, and the namespaces of the host. */
import { testAdmission } from './admission-rows.ts';

testAdmission('privileged', [
  {
    name: 'is refused where the policy says nothing of it',
    pod: '{ containers: [{ name: a, securityContext: { privileged: true } }] }',
    refuses: ['spec.containers[0].securityContext.privileged < spec.privileged'],
  },
  {
    name: 'is refused in init and ephemeral containers, too',
    spec: '{ privileged: false }',
    pod: `{ initContainers: [{ name: a, securityContext: { privileged: true } }],
            ephemeralContainers: [{ name: b, securityContext: { privileged: true } }] }`,
    refuses: [
      'spec.initContainers[0].securityContext.privileged < spec.privileged',
      'spec.ephemeralContainers[0].securityContext.privileged < spec.privileged',
    ],
  },
  {
    name: 'is admitted where the policy allows it',
    spec: '{ privileged: true }',
    pod: '{ containers: [{ name: a, securityContext: { privileged: true } }] }',
    admits: true,
  },
  {
    name: 'false is admitted',
    pod: '{ containers: [{ name: a, securityContext: { privileged: false } }] }',
    admits: true,
  },
]);

testAdmission('the namespaces of the host', [
  {
    name: 'are each refused where the policy says nothing of them; so are ports, which are then the host’s',
    pod: '{ hostNetwork: true, hostPID: true, hostIPC: true, containers: [{ name: a, ports: [{ containerPort: 80 }] }] }',
    refuses: [
      'spec.hostNetwork < spec.hostNetwork',
      'spec.hostPID < spec.hostPID',
      'spec.hostIPC < spec.hostIPC',
      'spec.containers[0].ports[0].hostPort < spec.hostPorts',
    ],
  },
  {
    name: 'are each allowed by their own field',
    spec: '{ hostPID: true }',
    pod: '{ hostPID: true, hostIPC: true }',
    refuses: ['spec.hostIPC < spec.hostIPC'],
  },
  {
    name: 'are admitted where all are allowed',
    spec: '{ hostNetwork: true, hostPID: true, hostIPC: true }',
    pod: '{ hostNetwork: true, hostPID: true, hostIPC: true }',
    admits: true,
  },
]);

testAdmission('hostPorts', [
  {
    name: 'are refused where the policy names no range',
    pod: '{ containers: [{ name: a, ports: [{ containerPort: 1 }, { containerPort: 80, hostPort: 8080 }] }] }',
    refuses: ['spec.containers[0].ports[1].hostPort < spec.hostPorts'],
  },
  {
    name: 'are admitted in any range, both ends included',
    spec: '{ hostPorts: [{ min: 80, max: 80 }, { min: 8000, max: 8080 }] }',
    pod: `{ containers: [{ name: a, ports: [{ containerPort: 1, hostPort: 80 }, { containerPort: 2, hostPort: 8000 },
            { containerPort: 3, hostPort: 8080 }] }] }`,
    admits: true,
  },
  {
    name: 'are refused outside of every range',
    spec: '{ hostPorts: [{ min: 80, max: 80 }, { min: 8000, max: 8080 }] }',
    pod: `{ initContainers: [{ name: a, ports: [{ containerPort: 1, hostPort: 81 }] }],
            containers: [{ name: b, ports: [{ containerPort: 1, hostPort: 8081 }] }] }`,
    refuses: [
      'spec.initContainers[0].ports[0].hostPort < spec.hostPorts',
      'spec.containers[0].ports[0].hostPort < spec.hostPorts',
    ],
  },
  {
    name: 'on the network of the host are those of the container',
    spec: '{ hostNetwork: true, hostPorts: [{ min: 80, max: 80 }] }',
    pod: '{ hostNetwork: true, containers: [{ name: a, ports: [{ containerPort: 80 }, { containerPort: 443 }] }] }',
    refuses: ['spec.containers[0].ports[1].hostPort < spec.hostPorts'],
  },
]);

testAdmission('allowPrivilegeEscalation', [
  {
    name: 'is allowed where the policy says nothing of it, and stays unset',
    pod: '{}',
    admits: true,
  },
  {
    name: 'false sets it where it is unset',
    spec: '{ allowPrivilegeEscalation: false }',
    pod: '{ initContainers: [{ name: init }] }',
    mutates: {
      'spec.initContainers[0].securityContext.allowPrivilegeEscalation': false,
      'spec.containers[0].securityContext.allowPrivilegeEscalation': false,
    },
  },
  {
    name: 'false refuses what sets it to true',
    spec: '{ allowPrivilegeEscalation: false }',
    pod: '{ containers: [{ name: a, securityContext: { allowPrivilegeEscalation: true } }] }',
    refuses: ['spec.containers[0].securityContext.allowPrivilegeEscalation < spec.allowPrivilegeEscalation'],
  },
  {
    name: 'is set by its default where it is unset',
    spec: '{ defaultAllowPrivilegeEscalation: false }',
    pod: '{}',
    mutates: { 'spec.containers[0].securityContext.allowPrivilegeEscalation': false },
  },
  {
    name: 'that is set to true is admitted by a policy that has only a default',
    spec: '{ defaultAllowPrivilegeEscalation: false }',
    pod: '{ containers: [{ name: a, securityContext: { allowPrivilegeEscalation: true } }] }',
    admits: true,
  },
  {
    name: 'may be set to true by its default',
    spec: '{ defaultAllowPrivilegeEscalation: true }',
    pod: '{}',
    mutates: { 'spec.containers[0].securityContext.allowPrivilegeEscalation': true },
  },
]);

testAdmission('readOnlyRootFilesystem', [
  { name: 'is not asked where the policy says nothing of it', pod: '{}', admits: true },
  {
    name: 'is set where it is unset',
    spec: '{ readOnlyRootFilesystem: true }',
    pod: '{}',
    mutates: { 'spec.containers[0].securityContext.readOnlyRootFilesystem': true },
  },
  {
    name: 'false is refused',
    spec: '{ readOnlyRootFilesystem: true }',
    pod: '{ containers: [{ name: a, securityContext: { readOnlyRootFilesystem: false } }] }',
    refuses: ['spec.containers[0].securityContext.readOnlyRootFilesystem < spec.readOnlyRootFilesystem'],
  },
]);

testAdmission('capabilities', [
  {
    name: 'may not be added where the policy names none',
    pod: '{ containers: [{ name: a, securityContext: { capabilities: { add: [CHOWN, NET_RAW] } } }] }',
    refuses: [
      'spec.containers[0].securityContext.capabilities.add[0] < spec.allowedCapabilities',
      'spec.containers[0].securityContext.capabilities.add[1] < spec.allowedCapabilities',
    ],
  },
  {
    name: 'may be added where they are allowed or added by default, spelled the same',
    spec: '{ allowedCapabilities: [CHOWN], defaultAddCapabilities: [KILL] }',
    pod: '{ containers: [{ name: a, securityContext: { capabilities: { add: [CHOWN, KILL, chown] } } }] }',
    refuses: ['spec.containers[0].securityContext.capabilities.add[2] < spec.allowedCapabilities'],
  },
  {
    name: 'may all be added with *',
    spec: '{ allowedCapabilities: ["*"] }',
    pod: '{ containers: [{ name: a, securityContext: { capabilities: { add: [SYS_ADMIN, ALL] } } }] }',
    admits: true,
  },
  {
    name: 'that must be dropped are dropped',
    spec: '{ requiredDropCapabilities: [ALL, KILL] }',
    pod: '{ containers: [{ name: a }, { name: b, securityContext: { capabilities: { drop: [KILL] } } }] }',
    mutates: {
      'spec.containers[0].securityContext.capabilities.drop': ['ALL', 'KILL'],
      'spec.containers[1].securityContext.capabilities.drop': ['KILL', 'ALL'],
    },
  },
  {
    name: 'that are all dropped already stay as they are',
    spec: '{ requiredDropCapabilities: [ALL] }',
    pod: '{ containers: [{ name: a, securityContext: { capabilities: { drop: [KILL, ALL] } } }] }',
    admits: true,
  },
  {
    name: 'are added by default, but for what the container drops',
    spec: '{ defaultAddCapabilities: [CHOWN, KILL] }',
    pod: '{ containers: [{ name: a }, { name: b, securityContext: { capabilities: { add: [CHOWN], drop: [KILL] } } }] }',
    mutates: { 'spec.containers[0].securityContext.capabilities.add': ['CHOWN', 'KILL'] },
  },
]);

testAdmission('procMount', [
  { name: 'is Default where nothing is said', pod: '{}', admits: true },
  {
    name: 'is refused where the policy names none',
    pod: '{ containers: [{ name: a, securityContext: { procMount: Unmasked } }] }',
    refuses: ['spec.containers[0].securityContext.procMount < spec.allowedProcMountTypes'],
  },
  {
    name: 'is admitted where the policy names it',
    spec: '{ allowedProcMountTypes: [Default, Unmasked] }',
    pod: '{ containers: [{ name: a, securityContext: { procMount: Unmasked } }, { name: b }] }',
    admits: true,
  },
  {
    name: 'Default is refused where the policy names only the other',
    spec: '{ allowedProcMountTypes: [Unmasked] }',
    pod: '{}',
    refuses: ['spec.containers[0].securityContext.procMount < spec.allowedProcMountTypes'],
  },
]);

testAdmission('sysctls', [
  {
    name: 'are admitted where they are safe, and refused where they are not',
    pod: '{ securityContext: { sysctls: [{ name: net.ipv4.tcp_syncookies }, { name: kernel.msgmax }] } }',
    refuses: ['spec.securityContext.sysctls[1].name < spec.allowedUnsafeSysctls'],
  },
  {
    name: 'are admitted by name, or by a pattern that ends in *',
    spec: '{ allowedUnsafeSysctls: [kernel.msgmax, net.core.*] }',
    pod: '{ securityContext: { sysctls: [{ name: kernel.msgmax }, { name: net.core.somaxconn }, { name: kernel.msgmaxi }] } }',
    refuses: ['spec.securityContext.sysctls[2].name < spec.allowedUnsafeSysctls'],
  },
  {
    name: 'are refused where they are forbidden, safe or not',
    spec: '{ allowedUnsafeSysctls: ["*"], forbiddenSysctls: [net.ipv4.tcp_*, kernel.msgmax] }',
    pod: `{ securityContext: { sysctls: [{ name: net.ipv4.tcp_syncookies }, { name: kernel.msgmax },
            { name: kernel.shm_rmid_forced }, { name: fs.file-max }] } }`,
    refuses: [
      'spec.securityContext.sysctls[0].name < spec.forbiddenSysctls',
      'spec.securityContext.sysctls[1].name < spec.forbiddenSysctls',
    ],
  },
  {
    name: 'are all refused by *',
    spec: '{ forbiddenSysctls: ["*"] }',
    pod: '{ securityContext: { sysctls: [{ name: net.ipv4.tcp_syncookies }] } }',
    refuses: ['spec.securityContext.sysctls[0].name < spec.forbiddenSysctls'],
  },
]);

testAdmission('runtimeClass', [
  { name: 'is not asked where the policy says nothing of it', pod: '{ runtimeClassName: gvisor }', admits: true },
  {
    name: 'may be unset',
    spec: '{ runtimeClass: { allowedRuntimeClassNames: [gvisor] } }',
    pod: '{}',
    admits: true,
  },
  {
    name: 'must be allowed where it is set',
    spec: '{ runtimeClass: { allowedRuntimeClassNames: [gvisor] } }',
    pod: '{ runtimeClassName: runc }',
    refuses: ['spec.runtimeClassName < spec.runtimeClass.allowedRuntimeClassNames'],
  },
  {
    name: 'may not be set where the policy has no list',
    spec: '{ runtimeClass: {} }',
    pod: '{ runtimeClassName: runc }',
    refuses: ['spec.runtimeClassName < spec.runtimeClass.allowedRuntimeClassNames'],
  },
  {
    name: 'may be anything with *',
    spec: '{ runtimeClass: { allowedRuntimeClassNames: ["*"] } }',
    pod: '{ runtimeClassName: runc }',
    admits: true,
  },
  {
    name: 'gets the default where it is unset',
    spec: '{ runtimeClass: { allowedRuntimeClassNames: [gvisor, kata], defaultRuntimeClassName: kata } }',
    pod: '{}',
    mutates: { 'spec.runtimeClassName': 'kata' },
  },
]);
