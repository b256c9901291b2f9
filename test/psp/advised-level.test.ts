import { expect } from 'chai';

import { adviseLevel } from '../../src/psp/advised-level.ts';
import { policyOf } from './admission-rows.ts';

const seccomp = `{ seccomp.security.alpha.kubernetes.io/allowedProfileNames: "docker/default",
  seccomp.security.alpha.kubernetes.io/defaultProfileName: "docker/default" }`;
const restricted = `allowPrivilegeEscalation: false, requiredDropCapabilities: [ALL],
  volumes: [configMap, emptyDir, projected, secret, downwardAPI, persistentVolumeClaim]`;

interface Row {
  readonly name: string;
  readonly spec?: string;
  readonly annotations?: string;
  readonly advises: ReturnType<typeof adviseLevel>;
}
const rows: readonly Row[] = [
  {
    name: 'restricted for a policy that asks all of it, with what it leaves open',
    spec: `{ ${restricted}, runAsUser: { rule: MustRunAsNonRoot } }`,
    annotations: seccomp,
    advises: { level: 'restricted', keptFrom: [], alsoDemands: ['seLinuxOptions', 'appArmorProfile'] },
  },
  {
    name: 'restricted where users are of a range without root: it must be said, too',
    spec: `{ ${restricted}, runAsUser: { rule: MustRunAs, ranges: [{ min: 1000, max: 2000 }] } }`,
    annotations: seccomp,
    advises: { level: 'restricted', keptFrom: [], alsoDemands: ['runAsNonRoot', 'seLinuxOptions', 'appArmorProfile'] },
  },
  {
    name: 'baseline for a policy that says nothing, and what keeps it from restricted',
    advises: {
      level: 'baseline',
      keptFrom: [
        'pods that say nothing of it (allowPrivilegeEscalation, capabilities_restricted, runAsNonRoot, seccompProfile_restricted)',
        'user 0 (runAsUser)',
      ],
      alsoDemands: ['seLinuxOptions', 'appArmorProfile'],
    },
  },
  {
    name: 'baseline where a range of users has root',
    spec: `{ ${restricted}, runAsUser: { rule: MustRunAs, ranges: [{ min: 0, max: 2000 }] } }`,
    annotations: seccomp,
    advises: {
      level: 'baseline',
      keptFrom: ['pods that say nothing of it (runAsNonRoot, runAsUser)'],
      alsoDemands: ['seLinuxOptions', 'appArmorProfile'],
    },
  },
  {
    name: 'baseline for volumes that restricted refuses',
    spec: `{ ${restricted.replace('configMap', 'nfs')}, runAsUser: { rule: MustRunAsNonRoot } }`,
    annotations: seccomp,
    advises: {
      level: 'baseline',
      keptFrom: ['nfs volumes (restrictedVolumes)'],
      alsoDemands: ['seLinuxOptions', 'appArmorProfile'],
    },
  },
  {
    name: 'privileged for a policy that allows everything, and why',
    spec: `{ privileged: true, hostPID: true, hostNetwork: true, hostPorts: [{ min: 0, max: 65535 }], volumes: ["*"],
      allowedCapabilities: ["*"], allowedUnsafeSysctls: ["*"], allowedProcMountTypes: [Unmasked, Default] }`,
    annotations: '{ seccomp.security.alpha.kubernetes.io/allowedProfileNames: "*" }',
    advises: {
      level: 'privileged',
      keptFrom: [
        'privileged containers (privileged)',
        'hostNetwork (hostNamespaces)',
        'hostPID (hostNamespaces)',
        'the seccomp profile unconfined (seccompProfile_baseline)',
        'procMount Unmasked (procMount)',
        'capability SYS_ADMIN (capabilities_baseline)',
        'host port 65535 (hostPorts)',
        'sysctl example (sysctls)',
        'hostPath volumes (hostPathVolumes)',
      ],
      alsoDemands: [],
    },
  },
  {
    name: 'privileged for an AppArmor list with unconfined: that is not left open',
    annotations: '{ apparmor.security.beta.kubernetes.io/allowedProfileNames: "runtime/default,unconfined" }',
    advises: {
      level: 'privileged',
      keptFrom: ['the AppArmor profile unconfined (appArmorProfile)'],
      alsoDemands: [],
    },
  },
  {
    name: 'privileged for an SELinux type that Pod Security refuses',
    spec: '{ seLinux: { rule: MustRunAs, seLinuxOptions: { type: spc_t } } }',
    advises: {
      level: 'privileged',
      keptFrom: ['pods that say nothing of it (seLinuxOptions)'],
      alsoDemands: [],
    },
  },
  {
    name: 'what it can where profiles are listed that no default gives',
    annotations: '{ seccomp.security.alpha.kubernetes.io/allowedProfileNames: "localhost/a" }',
    spec: '{ allowedProcMountTypes: [Unmasked] }',
    advises: {
      level: 'privileged',
      keptFrom: ['pods that say nothing of it (procMount)'],
      alsoDemands: [],
    },
  },
  {
    name: 'nothing for a policy that admits no pod',
    annotations: '{ apparmor.security.beta.kubernetes.io/allowedProfileNames: "" }',
    advises: undefined,
  },
];

describe('adviseLevel', () => {
  for (const { name, spec, annotations, advises } of rows) {
    it(`advises ${name}`, () => {
      expect(adviseLevel(policyOf(spec, annotations))).to.deep.equal(advises);
    });
  }
});
