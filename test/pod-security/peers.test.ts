/**
 * Where other tools were measured to disagree with the API server (November 2026), and what Merlon says. Each row is a
 * mistake that somebody made; the name says which.
 */
import { expect } from 'chai';
import { CORE_SCHEMA, load } from 'js-yaml';

import { kinds } from '../../src/core/kinds.ts';
import { project } from '../../src/core/project.ts';
import { fillDefaults } from '../../src/pod-security/defaulting.ts';
import { evaluatePodSecurity } from '../../src/pod-security/evaluate.ts';
import { podOf } from './check-tester.ts';

interface Row {
  readonly name: string;
  readonly level: 'baseline' | 'restricted';
  /** The newest where it is left out. */
  readonly version?: number;
  readonly yaml: string;
  /** The checks that refuse the pod, with the places; none where it is allowed. */
  readonly refusedBy: Readonly<Record<string, readonly string[]>>;
}

const rows: readonly Row[] = [
  {
    name: 'no seccomp profile at all is not RuntimeDefault (Kyverno CEL takes it for that)',
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
    refusedBy: { seccompProfile_restricted: ['spec.containers[0].securityContext.seccompProfile.type'] },
  },
  {
    name: 'a seccomp profile that is there may be Unconfined (kube-score looks no further)',
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: Unconfined } }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
    refusedBy: { seccompProfile_restricted: ['spec.securityContext.seccompProfile.type'] },
  },
  {
    name: "the pod's RuntimeDefault does not hide a container's Unconfined (it does from checkov)",
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  containers:
    - name: web
      securityContext:
        allowPrivilegeEscalation: false
        capabilities: { drop: [ALL] }
        seccompProfile: { type: Unconfined }
`,
    refusedBy: { seccompProfile_restricted: ['spec.containers[0].securityContext.seccompProfile.type'] },
  },
  {
    name: "the pod's runAsNonRoot does not hide its user 0 (it does from checkov)",
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, runAsUser: 0, seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
    refusedBy: { runAsUser: ['spec.securityContext.runAsUser'] },
  },
  {
    name: "nor a container's user 0 (it does from checkov)",
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { runAsUser: 0, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
    refusedBy: { runAsUser: ['spec.containers[0].securityContext.runAsUser'] },
  },
  {
    name: "nor an init container's runAsNonRoot of false (it does from checkov)",
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  initContainers:
    - name: setup
      securityContext: { runAsNonRoot: false, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
    refusedBy: { runAsNonRoot: ['spec.initContainers[0].securityContext.runAsNonRoot'] },
  },
  {
    name: 'a whole pod may be a HostProcess (Kyverno asks containers only)',
    level: 'baseline',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  securityContext: { windowsOptions: { hostProcess: true } }
  containers:
    - { name: web }
`,
    refusedBy: { windowsHostProcess: ['spec.securityContext.windowsOptions.hostProcess'] },
  },
  {
    name: 'a port without hostPort does not hide one with it (it does from Gatekeeper CEL)',
    level: 'baseline',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, ports: [{ containerPort: 80, hostPort: 80 }, { containerPort: 81 }] }
`,
    refusedBy: { hostPorts: ['spec.containers[0].ports[0].hostPort'] },
  },
  {
    name: 'NET_RAW is not a capability of baseline (the sample of the Gatekeeper library allows it)',
    level: 'baseline',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [NET_RAW] } } }
`,
    refusedBy: { capabilities_baseline: ['spec.containers[0].securityContext.capabilities.add[0]'] },
  },
  {
    name: 'neither is chown in lower case (Gatekeeper Rego accepts it)',
    level: 'baseline',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, securityContext: { capabilities: { add: [chown] } } }
`,
    refusedBy: { capabilities_baseline: ['spec.containers[0].securityContext.capabilities.add[0]'] },
  },
  {
    name: 'the sysctls of v1.37 are safe (Gatekeeper and Kyverno flag them)',
    level: 'baseline',
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls: [{ name: net.ipv4.tcp_slow_start_after_idle }, { name: net.ipv4.tcp_notsent_lowat }]
  containers:
    - { name: web }
`,
    refusedBy: {},
  },
  {
    name: 'so are those of v1.27 to v1.32 (the chart of Kyverno knows the first five only)',
    level: 'baseline',
    yaml: `
kind: Pod
spec:
  securityContext:
    sysctls:
      - { name: net.ipv4.ip_local_reserved_ports }
      - { name: net.ipv4.tcp_keepalive_time }
      - { name: net.ipv4.tcp_fin_timeout }
      - { name: net.ipv4.tcp_keepalive_intvl }
      - { name: net.ipv4.tcp_keepalive_probes }
      - { name: net.ipv4.tcp_rmem }
      - { name: net.ipv4.tcp_wmem }
  containers:
    - { name: web }
`,
    refusedBy: {},
  },
  {
    name: 'a probe of another host is refused (Kyverno does not have the check)',
    level: 'baseline',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, livenessProbe: { httpGet: { port: 80, host: 169.254.169.254 } } }
`,
    refusedBy: { hostProbesAndHostLifecycle: ['spec.containers[0].livenessProbe.httpGet.host'] },
  },
  {
    name: 'in a user namespace baseline lets a pod mount all of /proc (gator, Kyverno, checkov and kubeaudit do not)',
    level: 'baseline',
    yaml: `
kind: Pod
spec:
  hostUsers: false
  containers:
    - { name: web, securityContext: { procMount: Unmasked } }
`,
    refusedBy: {},
  },
  {
    name: 'in a user namespace restricted lets a pod be root (gator, Kyverno, checkov and kubeaudit do not)',
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  hostUsers: false
  securityContext: { runAsNonRoot: false, runAsUser: 0, seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
    refusedBy: {},
  },
  {
    name: 'but not before v1.35',
    level: 'restricted',
    version: 34,
    yaml: `
kind: Pod
spec:
  hostUsers: false
  securityContext: { runAsNonRoot: false, runAsUser: 0, seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
    refusedBy: { runAsNonRoot: ['spec.securityContext.runAsNonRoot'], runAsUser: ['spec.securityContext.runAsUser'] },
  },
  {
    name: 'a Windows pod need not set what only Linux has (gator, Kyverno, checkov, kubeaudit and kube-score demand it)',
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: web }
`,
    refusedBy: {},
  },
  {
    name: 'AppArmor localhost/foo is a profile of the node (localhost/* of Gatekeeper does not match it)',
    level: 'baseline',
    yaml: `
kind: Pod
metadata:
  name: any
  annotations: { container.apparmor.security.beta.kubernetes.io/web: localhost/foo }
spec:
  containers:
    - { name: web }
`,
    refusedBy: {},
  },
  {
    name: 'an allowed SELinux type may have a level (Gatekeeper compares the whole object)',
    level: 'baseline',
    yaml: `
kind: Pod
spec:
  securityContext: { seLinuxOptions: { type: container_t, level: "s0:c123,c456" } }
  containers:
    - { name: web }
`,
    refusedBy: {},
  },
  {
    name: 'seccomp Localhost is a profile (checkov flags it)',
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: Localhost, localhostProfile: web.json } }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
    refusedBy: {},
  },
  {
    name: 'no container needs an AppArmor annotation (kubeaudit wants it on each)',
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
    refusedBy: {},
  },
  {
    name: 'ALL is read exactly as it is written (to polaris All is the same)',
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [All] } } }
`,
    refusedBy: { capabilities_restricted: ['spec.containers[0].securityContext.capabilities.drop'] },
  },
  {
    name: 'a pod cannot refuse privilege escalation for its containers (polaris believes it)',
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: web, securityContext: { capabilities: { drop: [ALL] } } }
`,
    refusedBy: { allowPrivilegeEscalation: ['spec.containers[0].securityContext.allowPrivilegeEscalation'] },
  },
  {
    name: 'init and ephemeral containers have a /proc, too (polaris looks at the others only)',
    level: 'baseline',
    yaml: `
kind: Pod
spec:
  initContainers:
    - { name: setup, securityContext: { procMount: Unmasked } }
  containers:
    - { name: web }
  ephemeralContainers:
    - { name: debug, securityContext: { procMount: Unmasked } }
`,
    refusedBy: {
      procMount: [
        'spec.initContainers[0].securityContext.procMount',
        'spec.ephemeralContainers[0].securityContext.procMount',
      ],
    },
  },
  {
    name: 'an image is a volume that restricted allows (the list of Kyverno lacks it)',
    level: 'restricted',
    yaml: `
kind: Pod
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  volumes:
    - { name: model, image: { reference: registry.example/model:1 } }
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
    refusedBy: {},
  },
];

describe('where peers disagree with the API server', () => {
  for (const { name, level, version = 37, yaml, refusedBy } of rows) {
    it(name, () => {
      const { allowed, checks } = evaluatePodSecurity(level, version, podOf(yaml));
      expect(
        Object.fromEntries(checks.map(({ id, violations }) => [id, violations.map(({ path }) => path)])),
      ).to.deep.equal(refusedBy);
      expect(allowed).to.equal(checks.length === 0);
    });
  }

  it('a volume without a source is an emptyDir (the Kyverno policies, and the official library on a file, flag it)', () => {
    const manifest = load(
      `
kind: Pod
metadata: { name: any, namespace: default }
spec:
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  volumes: [{ name: scratch }]
  containers:
    - { name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }
`,
      { schema: CORE_SCHEMA },
    ) as Readonly<Record<string, unknown>>;
    const asWritten = project(kinds.Pod.shape, manifest);
    const asStored = project(kinds.Pod.shape, fillDefaults('Pod', manifest));
    expect(evaluatePodSecurity('restricted', 37, asWritten).checks.map(({ id }) => id)).to.deep.equal([
      'restrictedVolumes',
    ]);
    expect(evaluatePodSecurity('restricted', 37, asStored).allowed).to.equal(true);
  });
});
