import { expect } from 'chai';
import fc from 'fast-check';

import { findPolicyProblem } from '../../src/core/policy-problem.ts';
import { MalformedField } from '../../src/core/shape.ts';
import { readPodSecurityPolicy } from '../../src/psp/read-pod-security-policy.ts';
import type { PodSecurityPolicy } from '../../src/psp/pod-security-policy.ts';
import { mapToRules } from '../../src/psp/rule-mapping.ts';
import { rules } from '../../src/rules/index.ts';
import { policyOf } from './admission-rows.ts';
import { policyJson } from './psp-arbitrary.ts';

interface Row {
  readonly name: string;
  readonly spec?: string;
  readonly annotations?: string;
  /** The rule that the row is about. */
  readonly rule: string;
  /** Its parameters, null where it has none; undefined where the policy gives no such rule. */
  readonly params: object | null | undefined;
}

const rows: readonly Row[] = [
  { name: 'privileged absent', rule: 'pod-privileged', params: null },
  { name: 'privileged true', spec: '{ privileged: true }', rule: 'pod-privileged', params: undefined },
  { name: 'absent host namespaces', rule: 'pod-host-namespaces', params: { allowed: [] } },
  {
    name: 'a host namespace that is allowed',
    spec: '{ hostPID: true }',
    rule: 'pod-host-namespaces',
    params: { allowed: ['hostPID'] },
  },
  {
    name: 'all host namespaces',
    spec: '{ hostPID: true, hostIPC: true, hostNetwork: true }',
    rule: 'pod-host-namespaces',
    params: undefined,
  },
  {
    name: 'ranges of host ports',
    spec: '{ hostPorts: [{ min: 80, max: 90 }] }',
    rule: 'pod-host-ports',
    params: { ranges: [{ min: 80, max: 90 }] },
  },
  { name: 'absent host ports', rule: 'pod-host-ports', params: { ranges: [] } },
  { name: 'absent volumes', rule: 'pod-volume-types', params: { allowed: [] } },
  { name: 'all volumes', spec: '{ volumes: ["*"] }', rule: 'pod-volume-types', params: undefined },
  {
    name: 'types of volumes, by the names of the fields',
    spec: '{ volumes: [cephFS, configMap, configMap] }',
    rule: 'pod-volume-types',
    params: { allowed: ['cephfs', 'configMap'] },
  },
  {
    name: 'paths of the host',
    spec: '{ volumes: [hostPath], allowedHostPaths: [{ pathPrefix: /a, readOnly: true }, { pathPrefix: b }] }',
    rule: 'pod-host-paths',
    params: { allowed: [{ pathPrefix: '/a', readOnly: true }] },
  },
  { name: 'every path of the host', spec: '{ volumes: [hostPath] }', rule: 'pod-host-paths', params: undefined },
  {
    name: 'paths of volumes that are not allowed',
    spec: '{ allowedHostPaths: [{ pathPrefix: /a }] }',
    rule: 'pod-host-paths',
    params: undefined,
  },
  {
    name: 'drivers of flexVolumes',
    spec: '{ volumes: ["*"], allowedFlexVolumes: [{ driver: a }] }',
    rule: 'pod-flex-volumes',
    params: { drivers: ['a'] },
  },
  { name: 'every driver of flexVolumes', spec: '{ volumes: ["*"] }', rule: 'pod-flex-volumes', params: undefined },
  {
    name: 'drivers of CSI volumes',
    spec: '{ volumes: [csi], allowedCSIDrivers: [{ name: a }] }',
    rule: 'pod-csi-drivers',
    params: { drivers: ['a'] },
  },
  {
    name: 'MustRunAsNonRoot',
    spec: '{ runAsUser: { rule: MustRunAsNonRoot } }',
    rule: 'pod-run-as-non-root',
    params: null,
  },
  {
    name: 'MustRunAsNonRoot, which also refuses user 0',
    spec: '{ runAsUser: { rule: MustRunAsNonRoot } }',
    rule: 'pod-run-as-user',
    params: { ranges: [{ min: 1, max: 2_147_483_647 }], mustBeSet: false },
  },
  {
    name: 'MustRunAs for users: the image may not choose',
    spec: '{ runAsUser: { rule: MustRunAs, ranges: [{ min: 5, max: 4294967295 }] } }',
    rule: 'pod-run-as-user',
    params: { ranges: [{ min: 5, max: 2_147_483_647 }], mustBeSet: true },
  },
  { name: 'RunAsAny', spec: '{ runAsUser: { rule: RunAsAny } }', rule: 'pod-run-as-user', params: undefined },
  { name: 'a missing strategy', rule: 'pod-run-as-user', params: undefined },
  {
    name: 'MustRunAs for the primary group: the image may not choose',
    spec: '{ runAsGroup: { rule: MustRunAs, ranges: [{ min: 5, max: 6 }] } }',
    rule: 'pod-run-as-group',
    params: { ranges: [{ min: 5, max: 6 }], mustBeSet: true },
  },
  {
    name: 'MayRunAs for the primary group',
    spec: '{ runAsGroup: { rule: MayRunAs, ranges: [{ min: 5, max: 6 }] } }',
    rule: 'pod-run-as-group',
    params: { ranges: [{ min: 5, max: 6 }], mustBeSet: false },
  },
  {
    name: 'MustRunAs for supplementary groups: none is none of them',
    spec: '{ supplementalGroups: { rule: MustRunAs, ranges: [{ min: 1, max: 65535 }] } }',
    rule: 'pod-supplemental-groups',
    params: { ranges: [{ min: 1, max: 65_535 }], mustBeSet: false },
  },
  {
    name: 'MayRunAs for the group of volumes',
    spec: '{ fsGroup: { rule: MayRunAs, ranges: [{ min: 1, max: 2 }, { min: 4, max: 5 }] } }',
    rule: 'pod-fs-group',
    params: {
      ranges: [
        { min: 1, max: 2 },
        { min: 4, max: 5 },
      ],
      mustBeSet: false,
    },
  },
  {
    name: 'SELinux options',
    spec: '{ seLinux: { rule: MustRunAs, seLinuxOptions: { type: t, level: s0 } } }',
    rule: 'pod-selinux-options',
    params: { user: '', role: '', type: 't', level: 's0' },
  },
  {
    name: 'SELinux options of any kind',
    spec: '{ seLinux: { rule: RunAsAny } }',
    rule: 'pod-selinux-options',
    params: undefined,
  },
  {
    name: 'privilege escalation that is not allowed',
    spec: '{ allowPrivilegeEscalation: false }',
    rule: 'pod-privilege-escalation',
    params: null,
  },
  {
    name: 'privilege escalation that is off by default',
    spec: '{ defaultAllowPrivilegeEscalation: false }',
    rule: 'pod-privilege-escalation',
    params: null,
  },
  {
    name: 'privilege escalation that is on by default',
    spec: '{ defaultAllowPrivilegeEscalation: true }',
    rule: 'pod-privilege-escalation',
    params: undefined,
  },
  { name: 'absent privilege escalation', rule: 'pod-privilege-escalation', params: undefined },
  {
    name: 'a read-only root file system',
    spec: '{ readOnlyRootFilesystem: true }',
    rule: 'pod-read-only-root-filesystem',
    params: null,
  },
  { name: 'an absent root file system', rule: 'pod-read-only-root-filesystem', params: undefined },
  { name: 'absent capabilities', rule: 'pod-added-capabilities', params: { allowed: [] } },
  {
    name: 'capabilities that may be added, also by default',
    spec: '{ allowedCapabilities: [A, B], defaultAddCapabilities: [B, C] }',
    rule: 'pod-added-capabilities',
    params: { allowed: ['A', 'B', 'C'] },
  },
  {
    name: 'all capabilities',
    spec: '{ allowedCapabilities: ["*"] }',
    rule: 'pod-added-capabilities',
    params: undefined,
  },
  {
    name: 'capabilities that must be dropped',
    spec: '{ requiredDropCapabilities: [ALL] }',
    rule: 'pod-capabilities',
    params: { allowed: ['*'], requiredDrop: ['ALL'] },
  },
  { name: 'no capability that must be dropped', rule: 'pod-capabilities', params: undefined },
  { name: 'absent mounts of /proc', rule: 'pod-proc-mount', params: { allowed: ['Default'] } },
  {
    name: 'mounts of /proc',
    spec: '{ allowedProcMountTypes: [Unmasked] }',
    rule: 'pod-proc-mount',
    params: { allowed: ['Unmasked'] },
  },
  {
    name: 'sysctls',
    spec: '{ allowedUnsafeSysctls: ["net.*"], forbiddenSysctls: [kernel.msgmax] }',
    rule: 'pod-sysctls',
    params: { allowed: ['net.*'], forbidden: ['kernel.msgmax'] },
  },
  {
    name: 'a driver that is named twice',
    spec: '{ volumes: [csi, flexVolume], allowedCSIDrivers: [{ name: a }, { name: a }] }',
    rule: 'pod-csi-drivers',
    params: { drivers: ['a'] },
  },
  {
    name: 'a driver of flexVolumes that is named twice',
    spec: '{ volumes: [csi, flexVolume], allowedFlexVolumes: [{ driver: a }, { driver: a }] }',
    rule: 'pod-flex-volumes',
    params: { drivers: ['a'] },
  },
  {
    name: 'runtime classes',
    spec: '{ runtimeClass: { allowedRuntimeClassNames: [a] } }',
    rule: 'pod-runtime-class',
    params: { allowed: ['a'] },
  },
  {
    name: 'every runtime class',
    spec: '{ runtimeClass: { allowedRuntimeClassNames: ["*"] } }',
    rule: 'pod-runtime-class',
    params: undefined,
  },
  { name: 'absent runtime classes', rule: 'pod-runtime-class', params: undefined },
  {
    name: 'seccomp profiles',
    annotations:
      '{ seccomp.security.alpha.kubernetes.io/allowedProfileNames: "docker/default,localhost/a/b.json,unconfined," }',
    rule: 'pod-seccomp-profile',
    params: { allowed: ['RuntimeDefault', 'Localhost/a/b.json', 'Unconfined', ''] },
  },
  {
    name: 'every seccomp profile',
    annotations: '{ seccomp.security.alpha.kubernetes.io/allowedProfileNames: "docker/default,*" }',
    rule: 'pod-seccomp-profile',
    params: undefined,
  },
  { name: 'an absent annotation about seccomp', rule: 'pod-seccomp-profile', params: undefined },
  {
    name: 'AppArmor profiles, which must be set, empty item or not',
    annotations: '{ apparmor.security.beta.kubernetes.io/allowedProfileNames: "runtime/default,localhost/a," }',
    rule: 'pod-apparmor-profile',
    params: { allowed: ['RuntimeDefault', 'Localhost/a'] },
  },
  { name: 'an absent annotation about AppArmor', rule: 'pod-apparmor-profile', params: undefined },
];

describe('mapToRules', () => {
  for (const { name, spec, annotations, rule, params } of rows) {
    it(`makes of ${name} ${params === undefined ? 'no ' : ''}${rule}`, () => {
      const mapped = mapToRules(policyOf(spec, annotations)).find((one) => one.rule === rule);
      expect(mapped === undefined ? undefined : (mapped.params ?? null)).to.deep.equal(params);
    });
  }

  it('names each rule once', () => {
    const ids = mapToRules(policyOf(everything)).map(({ rule }) => rule);
    expect(ids).to.deep.equal([...new Set(ids)]);
    expect(ids).to.have.length(17);
  });

  it('makes a policy that Merlon accepts of every PodSecurityPolicy', () => {
    fc.assert(
      fc.property(policyJson, (json) => {
        const policy = readOrNothing(json);
        if (policy === undefined) return;
        const settings = mapToRules(policy).map(({ rule, params }) =>
          params === undefined ? { rule } : { rule, params },
        );
        expect(findPolicyProblem({ profile: 'none', rules: settings }, rules)).to.equal(undefined);
      }),
      { numRuns: 1_000 },
    );
  });
});

const everything = `{ volumes: [csi, flexVolume, hostPath], allowedHostPaths: [{ pathPrefix: /a }],
  allowedFlexVolumes: [{ driver: a }], allowedCSIDrivers: [{ name: a }], runAsUser: { rule: MustRunAsNonRoot },
  runAsGroup: { rule: MayRunAs, ranges: [{ min: 1, max: 2 }] }, fsGroup: { rule: MayRunAs, ranges: [{ min: 1, max: 2 }] },
  supplementalGroups: { rule: MayRunAs, ranges: [{ min: 1, max: 2 }] }, allowPrivilegeEscalation: false,
  requiredDropCapabilities: [ALL] }`;

function readOrNothing(json: unknown): PodSecurityPolicy | undefined {
  try {
    return readPodSecurityPolicy(json);
  } catch (error) {
    if (error instanceof MalformedField) return undefined;
    throw error;
  }
}
