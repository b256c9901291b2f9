import { runtimeSocket } from '../../../src/rules/pod/runtime-socket.ts';
import { testRule } from '../rule-tester.ts';

testRule(runtimeSocket, [
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
    name: 'a socket and each folder above it bring it, in either spelling of /run',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: a, hostPath: { path: /var/run/docker.sock } }
    - { name: b, hostPath: { path: /run/docker.sock } }
    - { name: c, hostPath: { path: /run } }
    - { name: d, hostPath: { path: /var/run/ } }
    - { name: e, hostPath: { path: /var } }
    - { name: f, hostPath: { path: / } }
    - { name: g, hostPath: { path: /run/containerd } }
`,
    fails: [
      {
        path: 'spec.volumes[0].hostPath.path',
        observed: '/var/run/docker.sock',
        message: /^volume "a" brings the container runtime's socket "\/run\/docker\.sock"/,
      },
      'spec.volumes[1].hostPath.path',
      'spec.volumes[2].hostPath.path',
      'spec.volumes[3].hostPath.path',
      'spec.volumes[4].hostPath.path',
      'spec.volumes[5].hostPath.path',
      { path: 'spec.volumes[6].hostPath.path', message: /"\/run\/containerd\/containerd\.sock"/ },
    ],
  },
  {
    name: 'the socket of each usual runtime is known',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: docker, hostPath: { path: /run/docker.sock } }
    - { name: cri-dockerd, hostPath: { path: /run/cri-dockerd.sock } }
    - { name: dockershim, hostPath: { path: /var/run/dockershim.sock } }
    - { name: containerd, hostPath: { path: /run/containerd/containerd.sock } }
    - { name: of-docker, hostPath: { path: /var/run/docker/containerd/containerd.sock } }
    - { name: k3s, hostPath: { path: /run/k3s/containerd/containerd.sock } }
    - { name: k0s, hostPath: { path: /run/k0s/containerd.sock } }
    - { name: microk8s, hostPath: { path: /var/snap/microk8s/common/run/containerd.sock } }
    - { name: crio, hostPath: { path: /var/run/crio/crio.sock } }
    - { name: podman, hostPath: { path: /run/podman/podman.sock } }
`,
    fails: [
      'spec.volumes[0].hostPath.path',
      'spec.volumes[1].hostPath.path',
      'spec.volumes[2].hostPath.path',
      'spec.volumes[3].hostPath.path',
      'spec.volumes[4].hostPath.path',
      'spec.volumes[5].hostPath.path',
      'spec.volumes[6].hostPath.path',
      'spec.volumes[7].hostPath.path',
      'spec.volumes[8].hostPath.path',
      'spec.volumes[9].hostPath.path',
    ],
  },
  {
    name: 'no odd spelling hides a path',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: a, hostPath: { path: //run/./docker.sock/.. } }
    - { name: b, hostPath: { path: /srv/../var//run/docker.sock } }
    - { name: c, hostPath: { path: run/docker.sock } }
    - { name: d, hostPath: { path: /proc/1/root/run/docker.sock } }
    - { name: e, hostPath: { path: '' } }
`,
    fails: [
      { path: 'spec.volumes[0].hostPath.path', observed: '//run/./docker.sock/..' },
      'spec.volumes[1].hostPath.path',
      'spec.volumes[2].hostPath.path',
      'spec.volumes[3].hostPath.path',
      'spec.volumes[4].hostPath.path',
    ],
  },
  {
    name: 'a path that only begins like one passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: a, hostPath: { path: /run/docker.sock.d } }
    - { name: b, hostPath: { path: /run/docke } }
    - { name: c, hostPath: { path: /runner } }
    - { name: d, hostPath: { path: /var/lib } }
    - { name: e, hostPath: { path: /run/xtables.lock } }
`,
    passes: true,
  },
  {
    name: 'volumes of other types pass',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: run, emptyDir: {} }
    - { name: docker.sock, configMap: { name: run } }
`,
    passes: true,
  },
  {
    name: 'a read-only mount is as bad: a socket is written to all the same',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      volumeMounts:
        - { name: docker, mountPath: /docker.sock, readOnly: true }
  volumes:
    - { name: docker, hostPath: { path: /run/docker.sock } }
`,
    fails: ['spec.volumes[0].hostPath.path'],
  },
  {
    name: 'the named pipes of Windows are sockets too',
    yaml: `
kind: Pod
spec:
  os: { name: windows }
  containers:
    - { name: web }
  volumes:
    - { name: a, hostPath: { path: '\\\\.\\pipe\\Docker_Engine' } }
    - { name: b, hostPath: { path: '//./pipe/containerd-containerd' } }
    - { name: c, hostPath: { path: '\\\\.\\pipe\\csi-proxy' } }
`,
    fails: ['spec.volumes[0].hostPath.path', 'spec.volumes[1].hostPath.path'],
  },
  {
    name: 'a policy names other sockets instead, in whatever spelling',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: docker, hostPath: { path: /run/docker.sock } }
    - { name: own, hostPath: { path: /run/own } }
`,
    params: { sockets: ['/var/run/own/./runtime.sock'] },
    fails: [{ path: 'spec.volumes[1].hostPath.path', message: /"\/var\/run\/own\/\.\/runtime\.sock"/ }],
  },
  {
    name: 'no socket is known where a policy names none',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: docker, hostPath: { path: /run/docker.sock } }
`,
    params: { sockets: [] },
    passes: true,
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
        - { name: root, hostPath: { path: / } }
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
    - { name: docker, hostPath: { path: [/run/docker.sock] } }
`,
    unknown: /"spec\.volumes\[0\]\.hostPath\.path" must be a string, found a list/,
  },
  {
    name: 'a volume that lacks its path is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
  volumes:
    - { name: docker, hostPath: {} }
`,
    unknown: /"spec\.volumes\[0\]\.hostPath\.path" must be present/,
  },
]);
