/** Users, groups and SELinux options: what PodSecurityPolicy calls strategies. */
import { testAdmission } from './admission-rows.ts';

testAdmission('runAsUser', [
  { name: 'is not asked where the strategy is missing', pod: '{}', admits: true },
  { name: 'may be anything with RunAsAny', spec: '{ runAsUser: { rule: RunAsAny } }', pod: '{}', admits: true },
  {
    name: 'gets the first id of the first range with MustRunAs',
    spec: '{ runAsUser: { rule: MustRunAs, ranges: [{ min: 100, max: 200 }, { min: 5, max: 6 }] } }',
    pod: '{ containers: [{ name: web }], initContainers: [{ name: init }] }',
    mutates: {
      'spec.initContainers[0].securityContext.runAsUser': 100,
      'spec.containers[0].securityContext.runAsUser': 100,
    },
  },
  {
    name: 'stays as it is in any of the ranges, both ends included',
    spec: '{ runAsUser: { rule: MustRunAs, ranges: [{ min: 100, max: 200 }, { min: 5, max: 6 }] } }',
    pod: '{ containers: [{ name: a, securityContext: { runAsUser: 200 } }, { name: b, securityContext: { runAsUser: 5 } }] }',
    admits: true,
  },
  {
    name: 'is refused outside of every range',
    spec: '{ runAsUser: { rule: MustRunAs, ranges: [{ min: 100, max: 200 }] } }',
    pod: '{ containers: [{ name: a, securityContext: { runAsUser: 201 } }, { name: b, securityContext: { runAsUser: 99 } }] }',
    refuses: [
      'spec.containers[0].securityContext.runAsUser < spec.runAsUser',
      'spec.containers[1].securityContext.runAsUser < spec.runAsUser',
    ],
  },
  {
    name: "is the pod's where the container has none",
    spec: '{ runAsUser: { rule: MustRunAs, ranges: [{ min: 100, max: 200 }] } }',
    pod: '{ securityContext: { runAsUser: 150 } }',
    admits: true,
  },
  {
    name: "is the container's where both have one",
    spec: '{ runAsUser: { rule: MustRunAs, ranges: [{ min: 100, max: 200 }] } }',
    pod: '{ securityContext: { runAsUser: 150 }, containers: [{ name: a, securityContext: { runAsUser: 0 } }] }',
    refuses: ['spec.containers[0].securityContext.runAsUser < spec.runAsUser'],
  },
  {
    name: 'asks for runAsNonRoot with MustRunAsNonRoot where neither it nor the user is set',
    spec: '{ runAsUser: { rule: MustRunAsNonRoot } }',
    pod: '{}',
    mutates: { 'spec.containers[0].securityContext.runAsNonRoot': true },
  },
  {
    name: 'above 0 is enough for MustRunAsNonRoot',
    spec: '{ runAsUser: { rule: MustRunAsNonRoot } }',
    pod: '{ containers: [{ name: a, securityContext: { runAsUser: 1 } }] }',
    admits: true,
  },
  {
    name: 'need not be set for MustRunAsNonRoot where the pod sets runAsNonRoot',
    spec: '{ runAsUser: { rule: MustRunAsNonRoot } }',
    pod: '{ securityContext: { runAsNonRoot: true } }',
    admits: true,
  },
  {
    name: '0 is refused by MustRunAsNonRoot, also beside runAsNonRoot',
    spec: '{ runAsUser: { rule: MustRunAsNonRoot } }',
    pod: '{ securityContext: { runAsNonRoot: true }, containers: [{ name: a, securityContext: { runAsUser: 0 } }] }',
    refuses: ['spec.containers[0].securityContext.runAsUser < spec.runAsUser'],
  },
  {
    name: 'above 0 does not help MustRunAsNonRoot beside runAsNonRoot false',
    spec: '{ runAsUser: { rule: MustRunAsNonRoot } }',
    pod: '{ containers: [{ name: a, securityContext: { runAsUser: 7, runAsNonRoot: false } }] }',
    refuses: ['spec.containers[0].securityContext.runAsNonRoot < spec.runAsUser'],
  },
  {
    name: 'is asked of init and ephemeral containers, too',
    spec: '{ runAsUser: { rule: MustRunAsNonRoot } }',
    pod: `{ securityContext: { runAsNonRoot: true }, containers: [{ name: a }],
            initContainers: [{ name: b, securityContext: { runAsUser: 0 } }],
            ephemeralContainers: [{ name: c, securityContext: { runAsUser: 0 } }] }`,
    refuses: [
      'spec.initContainers[0].securityContext.runAsUser < spec.runAsUser',
      'spec.ephemeralContainers[0].securityContext.runAsUser < spec.runAsUser',
    ],
  },
]);

testAdmission('runAsGroup', [
  {
    name: 'gets the first id with MustRunAs',
    spec: '{ runAsGroup: { rule: MustRunAs, ranges: [{ min: 1, max: 9 }] } }',
    pod: '{}',
    mutates: { 'spec.containers[0].securityContext.runAsGroup': 1 },
  },
  {
    name: 'may be unset with MayRunAs',
    spec: '{ runAsGroup: { rule: MayRunAs, ranges: [{ min: 1, max: 9 }] } }',
    pod: '{}',
    admits: true,
  },
  {
    name: 'must be in the ranges with MayRunAs where it is set',
    spec: '{ runAsGroup: { rule: MayRunAs, ranges: [{ min: 1, max: 9 }] } }',
    pod: '{ securityContext: { runAsGroup: 0 } }',
    refuses: ['spec.containers[0].securityContext.runAsGroup < spec.runAsGroup'],
  },
  {
    name: 'must be in the ranges with MustRunAs',
    spec: '{ runAsGroup: { rule: MustRunAs, ranges: [{ min: 1, max: 9 }] } }',
    pod: '{ containers: [{ name: a, securityContext: { runAsGroup: 10 } }] }',
    refuses: ['spec.containers[0].securityContext.runAsGroup < spec.runAsGroup'],
  },
  {
    name: 'may be anything with RunAsAny',
    spec: '{ runAsGroup: { rule: RunAsAny } }',
    pod: '{ securityContext: { runAsGroup: 0 } }',
    admits: true,
  },
]);

testAdmission('supplementalGroups', [
  {
    name: 'get the first id with MustRunAs',
    spec: '{ supplementalGroups: { rule: MustRunAs, ranges: [{ min: 1, max: 65535 }] } }',
    pod: '{}',
    mutates: { 'spec.securityContext.supplementalGroups': [1] },
  },
  {
    name: 'get it with MustRunAs where the list is empty, which is stored as absent',
    spec: '{ supplementalGroups: { rule: MustRunAs, ranges: [{ min: 1, max: 65535 }] } }',
    pod: '{ securityContext: { supplementalGroups: [] } }',
    mutates: { 'spec.securityContext.supplementalGroups': [1] },
  },
  {
    name: 'must each be in some range',
    spec: '{ supplementalGroups: { rule: MustRunAs, ranges: [{ min: 1, max: 9 }, { min: 100, max: 100 }] } }',
    pod: '{ securityContext: { supplementalGroups: [100, 0, 5, 10] } }',
    refuses: [
      'spec.securityContext.supplementalGroups[1] < spec.supplementalGroups',
      'spec.securityContext.supplementalGroups[3] < spec.supplementalGroups',
    ],
  },
  {
    name: 'may be unset with MayRunAs',
    spec: '{ supplementalGroups: { rule: MayRunAs, ranges: [{ min: 1, max: 9 }] } }',
    pod: '{}',
    admits: true,
  },
  {
    name: 'must be in the ranges with MayRunAs where they are set',
    spec: '{ supplementalGroups: { rule: MayRunAs, ranges: [{ min: 1, max: 9 }] } }',
    pod: '{ securityContext: { supplementalGroups: [0] } }',
    refuses: ['spec.securityContext.supplementalGroups[0] < spec.supplementalGroups'],
  },
  {
    name: 'may be anything with RunAsAny',
    spec: '{ supplementalGroups: { rule: RunAsAny } }',
    pod: '{ securityContext: { supplementalGroups: [0] } }',
    admits: true,
  },
]);

testAdmission('fsGroup', [
  {
    name: 'gets the first id with MustRunAs',
    spec: '{ fsGroup: { rule: MustRunAs, ranges: [{ min: 3, max: 4 }] } }',
    pod: '{}',
    mutates: { 'spec.securityContext.fsGroup': 3 },
  },
  {
    name: 'must be in the ranges',
    spec: '{ fsGroup: { rule: MustRunAs, ranges: [{ min: 3, max: 4 }] } }',
    pod: '{ securityContext: { fsGroup: 0 } }',
    refuses: ['spec.securityContext.fsGroup < spec.fsGroup'],
  },
  {
    name: 'may be unset with MayRunAs',
    spec: '{ fsGroup: { rule: MayRunAs, ranges: [{ min: 3, max: 4 }] } }',
    pod: '{}',
    admits: true,
  },
  {
    name: 'must be in the ranges with MayRunAs where it is set',
    spec: '{ fsGroup: { rule: MayRunAs, ranges: [{ min: 3, max: 4 }] } }',
    pod: '{ securityContext: { fsGroup: 5 } }',
    refuses: ['spec.securityContext.fsGroup < spec.fsGroup'],
  },
]);

const selinux = '{ seLinux: { rule: MustRunAs, seLinuxOptions: { type: t, level: "s0:c1,c2" } } }';

testAdmission('seLinux', [
  {
    name: 'gets the options of MustRunAs, which containers have of their pod',
    spec: selinux,
    pod: '{}',
    mutates: { 'spec.securityContext.seLinuxOptions': { type: 't', level: 's0:c1,c2' } },
  },
  {
    name: 'must have each of them',
    spec: selinux,
    pod: '{ securityContext: { seLinuxOptions: { user: u, role: r, type: x, level: "s0" } } }',
    refuses: [
      'spec.securityContext.seLinuxOptions.level < spec.seLinux.seLinuxOptions.level',
      'spec.securityContext.seLinuxOptions.role < spec.seLinux.seLinuxOptions.role',
      'spec.securityContext.seLinuxOptions.type < spec.seLinux.seLinuxOptions.type',
      'spec.securityContext.seLinuxOptions.user < spec.seLinux.seLinuxOptions.user',
    ],
  },
  {
    name: 'may have the categories of a level in another order',
    spec: selinux,
    pod: '{ securityContext: { seLinuxOptions: { type: t, level: "s0:c2,c1" } } }',
    admits: true,
  },
  {
    name: 'must have them in a container that sets its own',
    spec: selinux,
    pod: `{ securityContext: { seLinuxOptions: { type: t, level: "s0:c1,c2" } },
            containers: [{ name: a, securityContext: { seLinuxOptions: { type: other, level: "s0:c1,c2" } } }] }`,
    refuses: ['spec.containers[0].securityContext.seLinuxOptions.type < spec.seLinux.seLinuxOptions.type'],
  },
  {
    name: 'may be anything with RunAsAny',
    spec: '{ seLinux: { rule: RunAsAny } }',
    pod: '{ securityContext: { seLinuxOptions: { user: u } } }',
    admits: true,
  },
]);
