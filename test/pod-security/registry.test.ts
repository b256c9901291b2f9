import { expect } from 'chai';

import { podSecurityChecks, selectChecks } from '../../src/pod-security/registry.ts';
import type { Level } from '../../src/pod-security/registry.ts';
import { LATEST_VERSION } from '../../src/pod-security/version.ts';

interface Row {
  readonly name: string;
  readonly level: Level;
  readonly version: number;
  readonly ids: readonly string[];
}

const baselineFrom0 = [
  'appArmorProfile',
  'capabilities_baseline',
  'hostNamespaces',
  'hostPathVolumes',
  'hostPorts',
  'privileged',
  'procMount',
  'seLinuxOptions',
  'seccompProfile_baseline',
  'sysctls',
  'windowsHostProcess',
];

const baselineFrom34 = [
  'appArmorProfile',
  'capabilities_baseline',
  'hostNamespaces',
  'hostPathVolumes',
  'hostPorts',
  'hostProbesAndHostLifecycle',
  'privileged',
  'procMount',
  'seLinuxOptions',
  'seccompProfile_baseline',
  'sysctls',
  'windowsHostProcess',
];

const restrictedFrom35 = [
  'appArmorProfile',
  'hostNamespaces',
  'hostPorts',
  'hostProbesAndHostLifecycle',
  'privileged',
  'seLinuxOptions',
  'sysctls',
  'windowsHostProcess',
  'allowPrivilegeEscalation',
  'capabilities_restricted',
  'procMount_restricted',
  'restrictedVolumes',
  'runAsNonRoot',
  'runAsUser',
  'seccompProfile_restricted',
];

const rows: readonly Row[] = [
  { name: 'privileged has no checks', level: 'privileged', version: 37, ids: [] },
  { name: 'baseline had eleven from the beginning', level: 'baseline', version: 0, ids: baselineFrom0 },
  { name: 'baseline had them until v1.33', level: 'baseline', version: 33, ids: baselineFrom0 },
  { name: 'v1.34 added that of probes and hooks', level: 'baseline', version: 34, ids: baselineFrom34 },
  { name: 'baseline has them still', level: 'baseline', version: 37, ids: baselineFrom34 },
  {
    name: 'restricted had two of its own from the beginning, and one instead of that of host paths',
    level: 'restricted',
    version: 7,
    ids: [
      'appArmorProfile',
      'capabilities_baseline',
      'hostNamespaces',
      'hostPorts',
      'privileged',
      'procMount',
      'seLinuxOptions',
      'seccompProfile_baseline',
      'sysctls',
      'windowsHostProcess',
      'restrictedVolumes',
      'runAsNonRoot',
    ],
  },
  {
    name: 'v1.8 added that of privilege escalation; seccomp and capabilities were those of baseline still',
    level: 'restricted',
    version: 18,
    ids: [
      'appArmorProfile',
      'capabilities_baseline',
      'hostNamespaces',
      'hostPorts',
      'privileged',
      'procMount',
      'seLinuxOptions',
      'seccompProfile_baseline',
      'sysctls',
      'windowsHostProcess',
      'allowPrivilegeEscalation',
      'restrictedVolumes',
      'runAsNonRoot',
    ],
  },
  {
    name: 'v1.19 has a seccomp check of its own',
    level: 'restricted',
    version: 19,
    ids: [
      'appArmorProfile',
      'capabilities_baseline',
      'hostNamespaces',
      'hostPorts',
      'privileged',
      'procMount',
      'seLinuxOptions',
      'sysctls',
      'windowsHostProcess',
      'allowPrivilegeEscalation',
      'restrictedVolumes',
      'runAsNonRoot',
      'seccompProfile_restricted',
    ],
  },
  {
    name: 'v1.22 has a capabilities check of its own',
    level: 'restricted',
    version: 22,
    ids: [
      'appArmorProfile',
      'hostNamespaces',
      'hostPorts',
      'privileged',
      'procMount',
      'seLinuxOptions',
      'sysctls',
      'windowsHostProcess',
      'allowPrivilegeEscalation',
      'capabilities_restricted',
      'restrictedVolumes',
      'runAsNonRoot',
      'seccompProfile_restricted',
    ],
  },
  {
    name: 'v1.34 has that of probes and hooks, and the procMount of baseline still',
    level: 'restricted',
    version: 34,
    ids: [
      'appArmorProfile',
      'hostNamespaces',
      'hostPorts',
      'hostProbesAndHostLifecycle',
      'privileged',
      'procMount',
      'seLinuxOptions',
      'sysctls',
      'windowsHostProcess',
      'allowPrivilegeEscalation',
      'capabilities_restricted',
      'restrictedVolumes',
      'runAsNonRoot',
      'runAsUser',
      'seccompProfile_restricted',
    ],
  },
  { name: 'v1.35 has a procMount of its own', level: 'restricted', version: 35, ids: restrictedFrom35 },
  { name: 'the newest has fifteen', level: 'restricted', version: 37, ids: restrictedFrom35 },
  {
    name: 'a version that nobody knows yet has those of the newest',
    level: 'restricted',
    version: 99,
    ids: restrictedFrom35,
  },
];

describe('the checks of a level', () => {
  for (const { name, level, version, ids } of rows) {
    it(name, () => {
      expect(selectChecks(level, version).map(({ id }) => id)).to.deep.equal(ids);
    });
  }

  it('are selected once for each level and version', () => {
    expect(selectChecks('restricted', 36)).to.equal(selectChecks('restricted', 36));
    expect(selectChecks('restricted', LATEST_VERSION + 1)).to.equal(selectChecks('restricted', LATEST_VERSION));
    expect(selectChecks('baseline', 36)).not.to.equal(selectChecks('restricted', 36));
  });

  it('are of the branch that the version has', () => {
    const [before, after] = [26, 27].map((version) =>
      selectChecks('baseline', version).find(({ id }) => id === 'sysctls'),
    );
    const sysctls = podSecurityChecks.find(({ id }) => id === 'sysctls');
    expect(before?.check).to.equal(sysctls?.branches[0]?.check);
    expect(after?.check).to.equal(sysctls?.branches[1]?.check);
  });
});

describe('the list of all checks', () => {
  it('has nineteen, each once, in the order in which the API server reports them', () => {
    expect(podSecurityChecks.map(({ id }) => id)).to.deep.equal([
      ...baselineFrom34,
      'allowPrivilegeEscalation',
      'capabilities_restricted',
      'procMount_restricted',
      'restrictedVolumes',
      'runAsNonRoot',
      'runAsUser',
      'seccompProfile_restricted',
    ]);
  });

  it('has the branches of Pod Security', () => {
    expect(
      Object.fromEntries(podSecurityChecks.map(({ id, branches }) => [id, branches.map(({ since }) => since)])),
    ).to.deep.equal({
      appArmorProfile: [0],
      capabilities_baseline: [0],
      hostNamespaces: [0],
      hostPathVolumes: [0],
      hostPorts: [0],
      hostProbesAndHostLifecycle: [34],
      privileged: [0],
      procMount: [0, 35],
      seLinuxOptions: [0, 31],
      seccompProfile_baseline: [0, 19],
      sysctls: [0, 27, 29, 32, 37],
      windowsHostProcess: [0],
      allowPrivilegeEscalation: [8, 25],
      capabilities_restricted: [22, 25],
      procMount_restricted: [35],
      restrictedVolumes: [0],
      runAsNonRoot: [0, 35],
      runAsUser: [23, 35],
      seccompProfile_restricted: [19, 25],
    });
  });

  it('lets only checks of restricted stand in for others, and only for those of baseline', () => {
    expect(
      podSecurityChecks.flatMap(({ id, level, overrides }) =>
        overrides === undefined ? [] : [[id, level, overrides]],
      ),
    ).to.deep.equal([
      ['capabilities_restricted', 'restricted', ['capabilities_baseline']],
      ['procMount_restricted', 'restricted', ['procMount']],
      ['restrictedVolumes', 'restricted', ['hostPathVolumes']],
      ['seccompProfile_restricted', 'restricted', ['seccompProfile_baseline']],
    ]);
  });

  it('knows no version that is newer than the newest', () => {
    expect(podSecurityChecks.flatMap(({ branches }) => branches.map(({ since }) => since))).to.include(LATEST_VERSION);
    expect(Math.max(...podSecurityChecks.flatMap(({ branches }) => branches.map(({ since }) => since)))).to.equal(37);
  });
});
