import { expect } from 'chai';

import { MalformedField } from '../../src/core/shape.ts';
import { readPodSecurityPolicy } from '../../src/psp/read-pod-security-policy.ts';
import { policyOf } from './admission-rows.ts';

describe('readPodSecurityPolicy', () => {
  it('reads what is absent as PodSecurityPolicy did: false and none, but privilege escalation as allowed', () => {
    expect(readPodSecurityPolicy({ metadata: { name: 'any' } })).to.deep.equal({
      name: 'any',
      privileged: false,
      hostNetwork: false,
      hostPID: false,
      hostIPC: false,
      hostPorts: [],
      volumes: [],
      allowedHostPaths: [],
      allowedFlexVolumes: [],
      allowedCSIDrivers: [],
      readOnlyRootFilesystem: false,
      allowPrivilegeEscalation: true,
      defaultAllowPrivilegeEscalation: undefined,
      allowedCapabilities: [],
      defaultAddCapabilities: [],
      requiredDropCapabilities: [],
      allowedUnsafeSysctls: [],
      forbiddenSysctls: [],
      allowedProcMountTypes: ['Default'],
      runtimeClass: undefined,
      runAsUser: undefined,
      runAsGroup: undefined,
      supplementalGroups: undefined,
      fsGroup: undefined,
      seLinux: undefined,
      seccomp: { allowed: undefined, default: undefined },
      appArmor: { allowed: undefined, default: undefined },
    });
  });

  it('reads null as absent', () => {
    expect(
      policyOf('{ privileged: null, volumes: null, allowPrivilegeEscalation: null, runAsUser: null }'),
    ).to.deep.equal(policyOf());
  });

  it('reads the names of the default profile as one', () => {
    const annotations = `{ seccomp.security.alpha.kubernetes.io/allowedProfileNames: "docker/default,runtime/default,*",
      seccomp.security.alpha.kubernetes.io/defaultProfileName: "docker/default" }`;
    expect(policyOf('{}', annotations).seccomp).to.deep.equal({
      allowed: ['runtime/default', '*'],
      default: 'runtime/default',
    });
  });

  interface Row {
    readonly name: string;
    readonly spec?: string;
    readonly annotations?: string;
    /** The whole message. */
    readonly refuses: string;
  }
  const rows: readonly Row[] = [
    {
      name: 'a strategy that it does not know, with those that it knows',
      spec: '{ runAsUser: { rule: MayRunAs, ranges: [{ min: 1, max: 2 }] } }',
      refuses: 'field "spec.runAsUser.rule" must be one of MustRunAs, MustRunAsNonRoot, RunAsAny, found "MayRunAs"',
    },
    {
      name: 'a strategy for groups that it does not know',
      spec: '{ fsGroup: { rule: MustRunAsNonRoot } }',
      refuses: 'field "spec.fsGroup.rule" must be one of MustRunAs, MayRunAs, RunAsAny, found "MustRunAsNonRoot"',
    },
    {
      name: 'a strategy for SELinux that it does not know',
      spec: '{ seLinux: { rule: runAsAny } }',
      refuses: 'field "spec.seLinux.rule" must be one of MustRunAs, RunAsAny, found "runAsAny"',
    },
    {
      name: 'a strategy without a rule',
      spec: '{ supplementalGroups: { ranges: [{ min: 1, max: 2 }] } }',
      refuses: 'field "spec.supplementalGroups.rule" must be present, found nothing',
    },
    {
      name: 'MustRunAs without a range',
      spec: '{ runAsGroup: { rule: MustRunAs } }',
      refuses: 'field "spec.runAsGroup.ranges" must be a list of at least one range for MustRunAs, found nothing',
    },
    {
      name: 'MustRunAs without SELinux options',
      spec: '{ seLinux: { rule: MustRunAs } }',
      refuses: 'field "spec.seLinux.seLinuxOptions" must be present for MustRunAs, found nothing',
    },
    {
      name: 'a range that is upside down',
      spec: '{ runAsUser: { rule: MustRunAs, ranges: [{ min: 1, max: 2 }, { min: 9, max: 8 }] } }',
      refuses: 'field "spec.runAsUser.ranges[1]" must be a range from 0 whose min is not above its max, found 9 to 8',
    },
    {
      name: 'a negative id',
      spec: '{ fsGroup: { rule: MayRunAs, ranges: [{ min: -1, max: 2 }] } }',
      refuses: 'field "spec.fsGroup.ranges[0]" must be a range from 0 whose min is not above its max, found -1 to 2',
    },
    {
      name: 'half a range',
      spec: '{ fsGroup: { rule: MayRunAs, ranges: [{ min: 1 }] } }',
      refuses: 'field "spec.fsGroup.ranges[0].max" must be present, found nothing',
    },
    {
      name: 'a port that does not exist',
      spec: '{ hostPorts: [{ min: 1, max: 70000 }] }',
      refuses:
        'field "spec.hostPorts[0]" must be a range from 0 and to 65535 whose min is not above its max, found 1 to 70000',
    },
    {
      name: 'a boolean in quotes',
      spec: '{ privileged: "false" }',
      refuses: 'field "spec.privileged" must be a boolean, found the string "false"',
    },
    {
      name: 'a list that is none',
      spec: '{ volumes: configMap }',
      refuses: 'field "spec.volumes" must be a list, found the string "configMap"',
    },
    {
      name: 'a spec that is a list',
      spec: '[]',
      refuses: 'field "spec" must be an object, found a list',
    },
    {
      name: 'a type of volumes that it does not know',
      spec: '{ volumes: [configmap] }',
      refuses:
        'field "spec.volumes[0]" must be one of awsElasticBlockStore, azureDisk, azureFile, cephFS, cinder, configMap, csi, downwardAPI, emptyDir, ephemeral, fc, flexVolume, flocker, gcePersistentDisk, gitRepo, glusterfs, hostPath, iscsi, nfs, persistentVolumeClaim, photonPersistentDisk, portworxVolume, projected, quobyte, rbd, scaleIO, secret, storageos, vsphereVolume, *, found "configmap"',
    },
    {
      name: 'a procMount that it does not know',
      spec: '{ allowedProcMountTypes: [default] }',
      refuses: 'field "spec.allowedProcMountTypes[0]" must be one of Default, Unmasked, found "default"',
    },
    {
      name: 'capabilities that are both allowed and dropped',
      spec: '{ allowedCapabilities: [KILL], requiredDropCapabilities: [ALL, KILL] }',
      refuses: 'field "spec.allowedCapabilities" must be without what spec.requiredDropCapabilities drops, found KILL',
    },
    {
      name: 'capabilities that are both added and dropped',
      spec: '{ defaultAddCapabilities: [KILL], requiredDropCapabilities: [KILL] }',
      refuses:
        'field "spec.defaultAddCapabilities" must be without what spec.requiredDropCapabilities drops, found KILL',
    },
    {
      name: 'drops beside *',
      spec: '{ allowedCapabilities: ["*"], requiredDropCapabilities: [ALL] }',
      refuses:
        'field "spec.requiredDropCapabilities" must be empty where spec.allowedCapabilities allows "*", found ALL',
    },
    {
      name: 'a default that is not allowed',
      spec: '{ allowPrivilegeEscalation: false, defaultAllowPrivilegeEscalation: true }',
      refuses:
        'field "spec.defaultAllowPrivilegeEscalation" must be absent or false where spec.allowPrivilegeEscalation is false, found true',
    },
    {
      name: 'a path that leads out of itself',
      spec: '{ allowedHostPaths: [{ pathPrefix: /a }, { pathPrefix: /a/../b }] }',
      refuses: 'field "spec.allowedHostPaths[1].pathPrefix" must be a path without "..", found "/a/../b"',
    },
    {
      name: 'a driver without a name',
      spec: '{ allowedFlexVolumes: [{ driver: "" }] }',
      refuses: 'field "spec.allowedFlexVolumes[0].driver" must be the name of a driver, found ""',
    },
    {
      name: 'a * that is not at the end of a sysctl: it would forbid nothing',
      spec: '{ forbiddenSysctls: ["net.*.tcp"] }',
      refuses: 'field "spec.forbiddenSysctls[0]" must be a name with no "*" but at its end, found "net.*.tcp"',
    },
    {
      name: 'a default runtime class that is not allowed',
      spec: '{ runtimeClass: { defaultRuntimeClassName: kata, allowedRuntimeClassNames: [runc] } }',
      refuses:
        'field "spec.runtimeClass.defaultRuntimeClassName" must be one of spec.runtimeClass.allowedRuntimeClassNames, found "kata"',
    },
    {
      name: 'a seccomp profile that is none',
      annotations: '{ seccomp.security.alpha.kubernetes.io/allowedProfileNames: "docker/default, runtime/default" }',
      refuses:
        'field "metadata.annotations["seccomp.security.alpha.kubernetes.io/allowedProfileNames"]" must be a list of runtime/default, docker/default, unconfined, localhost/PROFILE, *, with commas and no spaces, found " runtime/default"',
    },
    {
      name: 'an AppArmor profile that is none: * is for seccomp alone',
      annotations: '{ apparmor.security.beta.kubernetes.io/allowedProfileNames: "*" }',
      refuses:
        'field "metadata.annotations["apparmor.security.beta.kubernetes.io/allowedProfileNames"]" must be a list of runtime/default, unconfined, localhost/PROFILE, with commas and no spaces, found "*"',
    },
    {
      name: 'an annotation that is no string',
      annotations: '{ apparmor.security.beta.kubernetes.io/defaultProfileName: true }',
      refuses:
        'field "metadata.annotations["apparmor.security.beta.kubernetes.io/defaultProfileName"]" must be a string, found the boolean true',
    },
  ];
  for (const { name, spec, annotations, refuses } of rows) {
    it(`refuses ${name}`, () => {
      expect(() => policyOf(spec, annotations))
        .to.throw(MalformedField)
        .with.property('message', refuses);
    });
  }
});
