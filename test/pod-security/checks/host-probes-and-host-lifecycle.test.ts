import { hostProbesAndHostLifecycle } from '../../../src/pod-security/checks/host-probes-and-host-lifecycle.ts';
import { testCheck } from '../check-tester.ts';

testCheck(hostProbesAndHostLifecycle, [
  {
    name: 'v1.33 does not have it yet',
    version: 33,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, livenessProbe: { httpGet: { port: 80, host: 127.0.0.1 } } }
`,
    notApplicable: 'Pod Security has no such check in v1.33; it begins with v1.34',
  },
  {
    name: 'v1.34 refuses a probe of another host',
    version: 34,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, livenessProbe: { httpGet: { port: 80, host: 127.0.0.1 } } }
`,
    refused: {
      reason: 'probe or lifecycle host',
      detail: 'container "web" uses probe or lifecycle host "127.0.0.1"',
      violations: [
        {
          path: 'spec.containers[0].livenessProbe.httpGet.host',
          observed: '127.0.0.1',
          message:
            'container "web" lets the kubelet connect to "127.0.0.1" in its livenessProbe; remove host, then it connects to the pod',
        },
      ],
    },
  },
  {
    name: 'each probe and each hook is read, in both ways',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      livenessProbe: { httpGet: { port: 80, host: j }, tcpSocket: { port: 80, host: i } }
      readinessProbe: { httpGet: { port: 80, host: h }, tcpSocket: { port: 80, host: g } }
      startupProbe: { httpGet: { port: 80, host: f }, tcpSocket: { port: 80, host: e } }
      lifecycle:
        postStart: { httpGet: { port: 80, host: d }, tcpSocket: { port: 80, host: c } }
        preStop: { httpGet: { port: 80, host: b }, tcpSocket: { port: 80, host: a } }
`,
    refused: {
      reason: 'probe or lifecycle host',
      detail: 'container "web" uses probe or lifecycle hosts "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"',
      violations: [
        { path: 'spec.containers[0].livenessProbe.httpGet.host', observed: 'j' },
        { path: 'spec.containers[0].livenessProbe.tcpSocket.host', observed: 'i' },
        { path: 'spec.containers[0].readinessProbe.httpGet.host', observed: 'h' },
        { path: 'spec.containers[0].readinessProbe.tcpSocket.host', observed: 'g' },
        { path: 'spec.containers[0].startupProbe.httpGet.host', observed: 'f' },
        { path: 'spec.containers[0].startupProbe.tcpSocket.host', observed: 'e' },
        { path: 'spec.containers[0].lifecycle.postStart.httpGet.host', observed: 'd' },
        { path: 'spec.containers[0].lifecycle.postStart.tcpSocket.host', observed: 'c' },
        { path: 'spec.containers[0].lifecycle.preStop.httpGet.host', observed: 'b' },
        { path: 'spec.containers[0].lifecycle.preStop.tcpSocket.host', observed: 'a' },
      ],
    },
  },
  {
    name: 'every list of containers is judged, and here the names are sorted',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, lifecycle: { preStop: { httpGet: { port: 80, host: node } } } }
  initContainers:
    - { name: setup, startupProbe: { tcpSocket: { port: 80, host: node } } }
  ephemeralContainers:
    - { name: debug, readinessProbe: { httpGet: { port: 80, host: node } } }
`,
    refused: {
      reason: 'probe or lifecycle host',
      detail: 'containers "debug", "setup", "web" use probe or lifecycle host "node"',
      violations: [
        { path: 'spec.initContainers[0].startupProbe.tcpSocket.host', observed: 'node' },
        { path: 'spec.containers[0].lifecycle.preStop.httpGet.host', observed: 'node' },
        { path: 'spec.ephemeralContainers[0].readinessProbe.httpGet.host', observed: 'node' },
      ],
    },
  },
  {
    name: 'hosts are sorted by their bytes, where UTF-16 would sort them the other way round',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      livenessProbe: { httpGet: { port: 80, host: "\\U0001F600" } }
      readinessProbe: { httpGet: { port: 80, host: "\\uFF5E" } }
`,
    refused: {
      reason: 'probe or lifecycle host',
      detail: 'container "web" uses probe or lifecycle hosts "\uFF5E", "\u{1F600}"',
      violations: [
        { path: 'spec.containers[0].livenessProbe.httpGet.host', observed: '\u{1F600}' },
        { path: 'spec.containers[0].readinessProbe.httpGet.host', observed: '\uFF5E' },
      ],
    },
  },
  {
    name: 'probes and hooks of the pod itself pass, an empty host among them',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, livenessProbe: { httpGet: { port: 80, host: "" } } }
    - { name: b, readinessProbe: { tcpSocket: { port: 80 } } }
    - { name: c, startupProbe: { exec: { command: [a] } } }
    - { name: d, lifecycle: { preStop: { sleep: { seconds: 1 } } } }
    - { name: e, lifecycle: {} }
    - { name: f, livenessProbe: { grpc: { port: 80 } } }
    - { name: g }
`,
    passes: true,
  },
  {
    name: 'a host of a wrong type is nothing that passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, livenessProbe: { httpGet: { port: 80, host: 127 } } }
`,
    malformed: 'spec.containers[0].livenessProbe.httpGet.host',
  },
]);
