import { hostPaths } from '../../../src/rules/pod/host-paths.ts';
import { testRule } from '../rule-tester.ts';

testRule(hostPaths, [
  {
    name: 'without a list no directory is allowed',
    yaml: `
kind: Pod
spec: { volumes: [{ name: a, hostPath: { path: /var/log } }], containers: [{ name: a }] }
`,
    fails: [{ path: 'spec.volumes[0].hostPath.path', observed: '/var/log', message: /none is allowed/ }],
  },
  {
    name: 'directories are matched segment by segment, with or without a slash at the end',
    params: { allowed: [{ pathPrefix: '/foo/' }] },
    yaml: `
kind: Pod
spec:
  volumes:
    - { name: a, hostPath: { path: /foo } }
    - { name: b, hostPath: { path: /foo/bar/ } }
    - { name: c, hostPath: { path: /foobar } }
    - { name: d, hostPath: { path: / } }
  containers: [{ name: a }]
`,
    fails: [
      {
        path: 'spec.volumes[2].hostPath.path',
        message: /^volume "c" mounts "\/foobar" of the node; allowed is \/foo\/$/,
      },
      'spec.volumes[3].hostPath.path',
    ],
  },
  {
    name: 'no path leads out of what is allowed',
    params: { allowed: [{ pathPrefix: '/foo' }] },
    yaml: `
kind: Pod
spec: { volumes: [{ name: a, hostPath: { path: /foo/../etc } }], containers: [{ name: a }] }
`,
    fails: ['spec.volumes[0].hostPath.path'],
  },
  {
    name: 'all of it is below /',
    params: { allowed: [{ pathPrefix: '/' }] },
    yaml: `
kind: Pod
spec: { volumes: [{ name: a, hostPath: { path: /etc } }, { name: b, hostPath: { path: / } }], containers: [{ name: a }] }
`,
    passes: true,
  },
  {
    name: 'where it is allowed to read, each mount must be for that alone',
    params: { allowed: [{ pathPrefix: '/foo', readOnly: true }] },
    yaml: `
kind: Pod
spec:
  volumes: [{ name: a, hostPath: { path: /foo } }, { name: b, emptyDir: {} }]
  initContainers: [{ name: x, volumeMounts: [{ name: b, mountPath: /b }, { name: a, mountPath: /a }] }]
  containers:
    - { name: y, volumeMounts: [{ name: a, mountPath: /a, readOnly: true }, { name: a, mountPath: /b, readOnly: false }] }
  ephemeralContainers: [{ name: z, volumeMounts: [{ name: a, mountPath: /a }] }]
`,
    fails: [
      'spec.initContainers[0].volumeMounts[1].readOnly',
      'spec.containers[0].volumeMounts[1].readOnly',
      'spec.ephemeralContainers[0].volumeMounts[0].readOnly',
    ],
  },
  {
    name: 'a directory that may also be written may be written',
    params: {
      allowed: [
        { pathPrefix: '/foo', readOnly: true },
        { pathPrefix: '/foo/rw', readOnly: false },
      ],
    },
    yaml: `
kind: Pod
spec:
  volumes: [{ name: a, hostPath: { path: /foo/rw/x } }]
  containers: [{ name: y, volumeMounts: [{ name: a, mountPath: /a }] }]
`,
    passes: true,
  },
  {
    name: 'other volumes are none of its business',
    yaml: `
kind: Pod
spec: { volumes: [{ name: a, emptyDir: {} }], containers: [{ name: a }] }
`,
    passes: true,
  },
]);
