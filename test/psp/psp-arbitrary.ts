/** Generated PodSecurityPolicies and pods, dense in what the one asks of the other, with slips of all kinds. */
import fc from 'fast-check';

type Json = Readonly<Record<string, unknown>>;

const capability = fc.constantFrom('ALL', 'KILL', 'CHOWN', 'NET_RAW', 'NET_BIND_SERVICE');
const profile = fc.constantFrom('runtime/default', 'docker/default', 'unconfined', 'localhost/a', '');
const sysctl = fc.constantFrom('net.ipv4.tcp_syncookies', 'kernel.msgmax', 'net.core.*', 'net.core.somaxconn', '*');
const volumeType = fc.constantFrom(
  '*',
  'configMap',
  'secret',
  'projected',
  'hostPath',
  'emptyDir',
  'csi',
  'flexVolume',
);
const hostPath = fc.constantFrom('/', '/foo', '/foo/', '/foobar', '/foo/bar', '/foo/../etc');
const id = fc.integer({ min: 0, max: 5 });
const range = fc.tuple(id, id).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
const selinux = optional({
  type: fc.constantFrom('a', 'b'),
  level: fc.constantFrom('s0:c1,c2', 's0:c2,c1', 's0'),
  user: fc.constantFrom('u', ''),
});
const name = fc.constantFrom('web', 'init', '__proto__', 'ünïcode\u202e', '');

export const policyJson: fc.Arbitrary<Json> = fc
  .tuple(
    optional({
      'seccomp.security.alpha.kubernetes.io/allowedProfileNames': profileList(fc.constant('*')),
      'seccomp.security.alpha.kubernetes.io/defaultProfileName': profile,
      'apparmor.security.beta.kubernetes.io/allowedProfileNames': profileList(fc.nat()),
      'apparmor.security.beta.kubernetes.io/defaultProfileName': profile,
    }),
    optional({
      privileged: fc.boolean(),
      hostNetwork: fc.boolean(),
      hostPID: fc.boolean(),
      hostIPC: fc.boolean(),
      hostPorts: some(fc.constantFrom({ min: 0, max: 0 }, { min: 80, max: 90 }, { min: 1, max: 65_535 })),
      volumes: some(volumeType),
      allowedHostPaths: some(
        fc.record({ pathPrefix: hostPath, readOnly: fc.boolean() }, { requiredKeys: ['pathPrefix'] }),
      ),
      allowedFlexVolumes: some(fc.constantFrom({ driver: 'a' }, { driver: 'b' })),
      allowedCSIDrivers: some(fc.constantFrom({ name: 'a' }, { name: 'b' })),
      readOnlyRootFilesystem: fc.boolean(),
      allowPrivilegeEscalation: fc.boolean(),
      defaultAllowPrivilegeEscalation: fc.boolean(),
      allowedCapabilities: some(fc.oneof(capability, fc.constant('*'))),
      defaultAddCapabilities: some(capability),
      requiredDropCapabilities: some(capability),
      allowedUnsafeSysctls: some(sysctl),
      forbiddenSysctls: some(sysctl),
      allowedProcMountTypes: some(fc.constantFrom('Default', 'Unmasked')),
      runtimeClass: optional({
        allowedRuntimeClassNames: some(fc.constantFrom('a', 'b', '*')),
        defaultRuntimeClassName: fc.constantFrom('a', 'b'),
      }),
      runAsUser: strategy('MustRunAs', 'MustRunAsNonRoot', 'RunAsAny'),
      runAsGroup: strategy('MustRunAs', 'MayRunAs', 'RunAsAny'),
      supplementalGroups: strategy('MustRunAs', 'MayRunAs', 'RunAsAny'),
      fsGroup: strategy('MustRunAs', 'MayRunAs', 'RunAsAny'),
      seLinux: fc.record({ rule: fc.constantFrom('MustRunAs', 'RunAsAny'), seLinuxOptions: selinux }),
    }),
  )
  .map(([annotations, spec]) => ({ metadata: { name: 'any', annotations }, spec }));

const profileField = fc.record(
  {
    type: fc.constantFrom('RuntimeDefault', 'Unconfined', 'Localhost', 'runtime/default', ''),
    localhostProfile: fc.constantFrom('a', 'b'),
  },
  { requiredKeys: ['type'] },
);

const container: fc.Arbitrary<Json> = fc
  .tuple(
    name,
    optional({
      ports: some(optional({ hostPort: fc.constantFrom(0, 80, 443), containerPort: fc.constantFrom(80, 90) })),
      volumeMounts: some(optional({ name: fc.constantFrom('a', 'b'), mountPath: hostPath, readOnly: fc.boolean() })),
      securityContext: optional({
        privileged: fc.boolean(),
        runAsUser: id,
        runAsGroup: id,
        runAsNonRoot: fc.boolean(),
        readOnlyRootFilesystem: fc.boolean(),
        allowPrivilegeEscalation: fc.boolean(),
        procMount: fc.constantFrom('Default', 'Unmasked'),
        capabilities: optional({ add: some(capability), drop: some(capability) }),
        seLinuxOptions: selinux,
        seccompProfile: profileField,
        appArmorProfile: profileField,
      }),
    }),
  )
  .map(([own, rest]) => ({ ...rest, name: own }));

const volume = fc
  .tuple(
    fc.constantFrom('a', 'b'),
    optional({
      hostPath: optional({ path: hostPath }),
      configMap: fc.constant({}),
      secret: fc.constant({}),
      emptyDir: fc.constant({}),
      csi: optional({ driver: fc.constantFrom('a', 'c') }),
      flexVolume: optional({ driver: fc.constantFrom('a', 'c') }),
      image: fc.constant({}),
      projected: optional({
        sources: some(
          optional({
            serviceAccountToken: optional({
              path: fc.constantFrom('token', 'other'),
              audience: fc.constantFrom('', 'x'),
            }),
            configMap: optional({ name: fc.constantFrom('kube-root-ca.crt', 'x') }),
            secret: fc.constant({}),
          }),
        ),
      }),
    }),
  )
  .map(([own, rest]) => ({ ...rest, name: own }));

export const podJson: fc.Arbitrary<Json> = fc
  .tuple(
    fc.dictionary(
      fc.constantFrom(
        'seccomp.security.alpha.kubernetes.io/pod',
        'container.seccomp.security.alpha.kubernetes.io/web',
        'container.apparmor.security.beta.kubernetes.io/web',
      ),
      slip(profile),
      { maxKeys: 2 },
    ),
    fc.array(container, { minLength: 1, maxLength: 2 }),
    optional({
      initContainers: some(container),
      ephemeralContainers: some(container),
      volumes: some(volume),
      hostNetwork: fc.boolean(),
      hostPID: fc.boolean(),
      hostIPC: fc.boolean(),
      runtimeClassName: fc.constantFrom('a', 'b', ''),
      securityContext: optional({
        runAsUser: id,
        runAsGroup: id,
        runAsNonRoot: fc.boolean(),
        fsGroup: id,
        supplementalGroups: some(id),
        sysctls: some(fc.record({ name: sysctl })),
        seLinuxOptions: selinux,
        seccompProfile: profileField,
        appArmorProfile: profileField,
      }),
    }),
  )
  .map(([annotations, containers, spec]) => ({ metadata: { annotations }, spec: { ...spec, containers } }));

function strategy(...rules: readonly string[]): fc.Arbitrary<Json> {
  return fc.record({ rule: fc.constantFrom(...rules), ranges: fc.array(range, { minLength: 1, maxLength: 2 }) });
}

function profileList(other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 9, arbitrary: some(profile).map((list) => list.join(',')) },
    { weight: 1, arbitrary: other },
  );
}

function some<T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(item, { maxLength: 2 });
}

/** A few of them, so that most policies and pods are valid and differ in little; and now and then something else. */
function optional(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Json> {
  const entries = Object.entries(fields);
  return fc
    .subarray(entries, { maxLength: Math.min(3, entries.length) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map(([key, value]) => [key, slip(value)]))));
}

function slip<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T> {
  const wrong = fc.oneof(fc.constant(null), fc.jsonValue({ maxDepth: 1 }));
  return fc.oneof({ weight: 400, arbitrary: value }, { weight: 1, arbitrary: wrong as fc.Arbitrary<T> });
}
