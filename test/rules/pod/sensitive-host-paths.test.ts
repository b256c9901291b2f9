import { sensitiveHostPaths } from '../../../src/rules/pod/sensitive-host-paths.ts';
import { testRule } from '../rule-tester.ts';

testRule(sensitiveHostPaths, [
  {
    name: 'a pod without volumes passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a sensitive folder fails, and so does what is above or below it',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: same, hostPath: { path: /etc } }
    - { name: above, hostPath: { path: /var/lib } }
    - { name: below, hostPath: { path: /var/lib/kubelet/pods } }
    - { name: all, hostPath: { path: / } }
    - { name: var, hostPath: { path: /var } }
`,
    fails: [
      {
        path: 'spec.volumes[0].hostPath.path',
        observed: '/etc',
        message:
          /^volume "same" mounts "\/etc" of the node, which is sensitive; mount something else, or this readOnly$/,
      },
      { path: 'spec.volumes[1].hostPath.path', message: /which holds "\/var\/lib\/kubelet"/ },
      { path: 'spec.volumes[2].hostPath.path', message: /which is in "\/var\/lib\/kubelet"/ },
      { path: 'spec.volumes[3].hostPath.path', message: /which holds "\/etc"/ },
      'spec.volumes[4].hostPath.path',
    ],
  },
  {
    name: 'folders beside the sensitive ones pass, however similar their names',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: a, hostPath: { path: /srv/web } }
    - { name: b, hostPath: { path: /etcetera } }
    - { name: c, hostPath: { path: /var/lib/kubelets } }
    - { name: d, hostPath: { path: /var/lib/postgresql } }
    - { name: e, hostPath: { path: /run/xtables.lock } }
    - { name: f, hostPath: { path: /data/etc } }
    - { name: g, hostPath: { path: /opt/web } }
`,
    passes: true,
  },
  {
    name: 'no odd spelling hides a path',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: a, hostPath: { path: //etc/./kubernetes/ } }
    - { name: b, hostPath: { path: /srv/../etc } }
    - { name: c, hostPath: { path: /srv/.. } }
    - { name: d, hostPath: { path: etc } }
    - { name: e, hostPath: { path: /var/run/systemd/private } }
`,
    fails: [
      'spec.volumes[0].hostPath.path',
      { path: 'spec.volumes[1].hostPath.path', observed: '/srv/../etc' },
      'spec.volumes[2].hostPath.path',
      'spec.volumes[3].hostPath.path',
      { path: 'spec.volumes[4].hostPath.path', message: /which is in "\/run\/systemd"/ },
    ],
  },
  {
    name: 'it is less severe where every mount is read-only',
    yaml: `
kind: Pod
spec:
  initContainers:
    - name: setup
      volumeMounts:
        - { name: etc, mountPath: /etc, readOnly: true }
  containers:
    - name: web
      volumeMounts:
        - { name: etc, mountPath: /host/etc, readOnly: true }
        - { name: data, mountPath: /data }
  volumes:
    - { name: etc, hostPath: { path: /etc } }
    - { name: data, emptyDir: {} }
`,
    fails: [{ path: 'spec.volumes[0].hostPath.path', severity: 'medium', message: /; mount something else$/ }],
  },
  {
    name: 'one mount that can be written to makes it as severe as ever, in whatever container it is',
    yaml: `
kind: Pod
spec:
  initContainers:
    - name: setup
      volumeMounts:
        - { name: a, mountPath: /a, readOnly: false }
  containers:
    - name: web
      volumeMounts:
        - { name: a, mountPath: /a, readOnly: true }
        - { name: b, mountPath: /b, readOnly: true }
        - { name: b, mountPath: /b/sub }
        - { name: c, mountPath: /c, readOnly: true }
  ephemeralContainers:
    - name: debug
      volumeMounts:
        - { name: c, mountPath: /c }
  volumes:
    - { name: a, hostPath: { path: /etc } }
    - { name: b, hostPath: { path: /etc } }
    - { name: c, hostPath: { path: /etc } }
    - { name: d, hostPath: { path: /etc } }
`,
    fails: [
      'spec.volumes[0].hostPath.path',
      'spec.volumes[1].hostPath.path',
      'spec.volumes[2].hostPath.path',
      'spec.volumes[3].hostPath.path',
    ],
  },
  {
    name: 'volumes of other types pass',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: etc, configMap: { name: etc } }
`,
    passes: true,
  },
  {
    name: 'Windows has its own folders',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
  volumes:
    - { name: a, hostPath: { path: 'C:\\' } }
    - { name: b, hostPath: { path: 'c:\\windows\\System32' } }
    - { name: c, hostPath: { path: 'C:/ProgramData' } }
    - { name: d, hostPath: { path: 'D:\\web' } }
`,
    fails: ['spec.volumes[0].hostPath.path', 'spec.volumes[1].hostPath.path', 'spec.volumes[2].hostPath.path'],
  },
  {
    name: 'a policy names other folders instead',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: etc, hostPath: { path: /etc } }
    - { name: data, hostPath: { path: /data/secret/web } }
`,
    params: { paths: ['/data/secret/'] },
    fails: ['spec.volumes[1].hostPath.path'],
  },
  {
    name: 'where a policy names the root, every hostPath volume fails',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: data, hostPath: { path: /data } }
`,
    params: { paths: ['/'] },
    fails: [{ path: 'spec.volumes[0].hostPath.path', message: /which is in "\/"/ }],
  },
  {
    name: 'the template of a DaemonSet is judged',
    yaml: `
kind: DaemonSet
spec:
  template:
    spec:
      containers:
        - { name: agent }
      volumes:
        - { name: log, hostPath: { path: /var/log } }
`,
    fails: ['spec.volumes[0].hostPath.path'],
  },
  {
    name: 'a path that is no string is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: data, hostPath: { path: 1 } }
`,
    unknown: /"spec\.volumes\[0\]\.hostPath\.path" must be a string/,
  },
  {
    name: 'a mount that may be read-only is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      volumeMounts:
        - { name: etc, mountPath: /etc, readOnly: 'true' }
  volumes:
    - { name: etc, hostPath: { path: /etc } }
`,
    unknown: /"spec\.containers\[0\]\.volumeMounts\[0\]\.readOnly" must be a boolean/,
  },
]);
