/** Volumes: their types, the paths of the host, and drivers. */
import { testAdmission } from './admission-rows.ts';

const token = `{ name: token, projected: { sources: [
  { serviceAccountToken: { path: token, expirationSeconds: 3607 } },
  { configMap: { name: kube-root-ca.crt, items: [{ key: ca.crt, path: ca.crt }] } },
  { downwardAPI: { items: [{ path: namespace, fieldRef: { apiVersion: v1, fieldPath: metadata.namespace } }] } }] } }`;

testAdmission('volumes', [
  { name: 'of a pod that has none are admitted', pod: '{}', admits: true },
  {
    name: 'are refused where the policy names no type',
    pod: '{ volumes: [{ name: a, emptyDir: {} }, { name: b, configMap: { name: b } }] }',
    refuses: ['spec.volumes[0].emptyDir < spec.volumes', 'spec.volumes[1].configMap < spec.volumes'],
  },
  {
    name: 'without a source are of type emptyDir',
    spec: '{ volumes: [configMap] }',
    pod: '{ volumes: [{ name: a }] }',
    refuses: ['spec.volumes[0].emptyDir < spec.volumes'],
  },
  {
    name: 'are admitted where the policy names their type',
    spec: '{ volumes: [emptyDir, cephFS] }',
    pod: '{ volumes: [{ name: a }, { name: b, cephfs: { monitors: [x] } }] }',
    admits: true,
  },
  {
    name: 'of every type, also of later ones, are admitted with *',
    spec: '{ volumes: ["*"] }',
    pod: '{ volumes: [{ name: a, hostPath: { path: /etc } }, { name: b, image: { reference: x } }] }',
    admits: true,
  },
  {
    name: 'of a type that came after PodSecurityPolicy are refused without *',
    spec: '{ volumes: [configMap, csi, ephemeral] }',
    pod: '{ volumes: [{ name: b, image: { reference: x } }] }',
    refuses: ['spec.volumes[0].image < spec.volumes'],
  },
  {
    name: 'of a type that nobody knows are refused without *',
    spec: '{ volumes: [emptyDir] }',
    pod: '{ volumes: [{ name: a, quantumDisk: {} }] }',
    refuses: ['spec.volumes[0] < spec.volumes'],
  },
  {
    name: 'of a type that nobody knows are admitted with *',
    spec: '{ volumes: ["*"] }',
    pod: '{ volumes: [{ name: a, quantumDisk: {} }] }',
    admits: true,
  },
  {
    name: 'that hold nothing but a service account’s token are admitted by secret',
    spec: '{ volumes: [secret] }',
    pod: `{ volumes: [${token}] }`,
    admits: true,
  },
  {
    name: 'that hold a token are refused by a policy that allows no secrets',
    spec: '{ volumes: [configMap, downwardAPI] }',
    pod: `{ volumes: [${token}] }`,
    refuses: ['spec.volumes[0].projected < spec.volumes'],
  },
  {
    name: 'that hold anything else beside a token need projected',
    spec: '{ volumes: [secret] }',
    pod: `{ volumes: [
      { name: a, projected: { sources: [{ secret: { name: x } }] } },
      { name: b, projected: { sources: [{ serviceAccountToken: { path: other } }] } },
      { name: c, projected: { sources: [{ serviceAccountToken: { path: token, audience: vault } }] } },
      { name: d, projected: { sources: [{ configMap: { name: mine } }] } },
      { name: e, projected: { sources: [{ downwardAPI: { items: [{ path: labels, fieldRef: { fieldPath: metadata.labels } }] } }] } },
      { name: f, projected: { sources: [{ clusterTrustBundle: { path: x } }] } }] }`,
    refuses: [
      'spec.volumes[0].projected < spec.volumes',
      'spec.volumes[1].projected < spec.volumes',
      'spec.volumes[2].projected < spec.volumes',
      'spec.volumes[3].projected < spec.volumes',
      'spec.volumes[4].projected < spec.volumes',
      'spec.volumes[5].projected < spec.volumes',
    ],
  },
]);

testAdmission('allowedHostPaths', [
  {
    name: 'empty are every path',
    spec: '{ volumes: [hostPath] }',
    pod: '{ volumes: [{ name: a, hostPath: { path: / } }] }',
    admits: true,
  },
  {
    name: 'do not help where the type is not allowed',
    spec: '{ volumes: [secret], allowedHostPaths: [{ pathPrefix: / }] }',
    pod: '{ volumes: [{ name: a, hostPath: { path: /var } }] }',
    refuses: ['spec.volumes[0].hostPath < spec.volumes'],
  },
  {
    name: 'are matched segment by segment, with or without a slash at the end',
    spec: '{ volumes: [hostPath], allowedHostPaths: [{ pathPrefix: /foo/ }] }',
    pod: `{ volumes: [{ name: a, hostPath: { path: /foo } }, { name: b, hostPath: { path: /foo/ } },
            { name: c, hostPath: { path: /foo/bar } }, { name: d, hostPath: { path: /foobar } },
            { name: e, hostPath: { path: / } }] }`,
    refuses: [
      'spec.volumes[3].hostPath.path < spec.allowedHostPaths',
      'spec.volumes[4].hostPath.path < spec.allowedHostPaths',
    ],
  },
  {
    name: 'of / are every path',
    spec: '{ volumes: [hostPath], allowedHostPaths: [{ pathPrefix: / }] }',
    pod: '{ volumes: [{ name: a, hostPath: { path: /etc } }, { name: b, hostPath: { path: / } }] }',
    admits: true,
  },
  {
    name: 'do not let a path lead out of them',
    spec: '{ volumes: [hostPath], allowedHostPaths: [{ pathPrefix: /foo }] }',
    pod: '{ volumes: [{ name: a, hostPath: { path: /foo/../etc } }] }',
    refuses: ['spec.volumes[0].hostPath.path < spec.allowedHostPaths'],
  },
  {
    name: 'that are read-only ask every mount to be so',
    spec: '{ volumes: [hostPath, emptyDir], allowedHostPaths: [{ pathPrefix: /foo, readOnly: true }] }',
    pod: `{ volumes: [{ name: a, hostPath: { path: /foo } }, { name: b }],
            containers: [{ name: x, volumeMounts: [{ name: a, mountPath: /a, readOnly: true }, { name: a, mountPath: /b }] }],
            initContainers: [{ name: y, volumeMounts: [{ name: b, mountPath: /b }, { name: a, mountPath: /a, readOnly: false }] }] }`,
    refuses: [
      'spec.initContainers[0].volumeMounts[1].readOnly < spec.allowedHostPaths',
      'spec.containers[0].volumeMounts[1].readOnly < spec.allowedHostPaths',
    ],
  },
  {
    name: 'that are read-only do not matter where another one that matches is not',
    spec: '{ volumes: [hostPath], allowedHostPaths: [{ pathPrefix: /foo, readOnly: true }, { pathPrefix: /foo/rw }] }',
    pod: `{ volumes: [{ name: a, hostPath: { path: /foo/rw/x } }],
            containers: [{ name: x, volumeMounts: [{ name: a, mountPath: /a }] }] }`,
    admits: true,
  },
]);

testAdmission('drivers', [
  {
    name: 'of flexVolumes may be any where the policy names none',
    spec: '{ volumes: [flexVolume] }',
    pod: '{ volumes: [{ name: a, flexVolume: { driver: x/y } }] }',
    admits: true,
  },
  {
    name: 'of flexVolumes must be named exactly, also with *',
    spec: '{ volumes: ["*"], allowedFlexVolumes: [{ driver: x/y }] }',
    pod: '{ volumes: [{ name: a, flexVolume: { driver: x/y } }, { name: b, flexVolume: { driver: x/yz } }] }',
    refuses: ['spec.volumes[1].flexVolume.driver < spec.allowedFlexVolumes'],
  },
  {
    name: 'of inline CSI volumes may be any where the policy names none',
    spec: '{ volumes: [csi] }',
    pod: '{ volumes: [{ name: a, csi: { driver: x } }] }',
    admits: true,
  },
  {
    name: 'of inline CSI volumes must be named exactly',
    spec: '{ volumes: [csi], allowedCSIDrivers: [{ name: x }] }',
    pod: '{ volumes: [{ name: a, csi: { driver: x } }, { name: b, csi: { driver: y } }] }',
    refuses: ['spec.volumes[1].csi.driver < spec.allowedCSIDrivers'],
  },
]);
