import { hostProbes } from '../../../src/rules/pod/host-probes.ts';
import { testRule } from '../rule-tester.ts';

testRule(hostProbes, [
  {
    name: 'each probe and hook that names a host is one violation',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      livenessProbe: { httpGet: { host: 10.0.0.1, port: 80 } }
      readinessProbe: { tcpSocket: { host: 10.0.0.2, port: 80 } }
      startupProbe: { httpGet: { host: 10.0.0.3, port: 80 } }
      lifecycle:
        postStart: { httpGet: { host: 10.0.0.4, port: 80 } }
        preStop: { tcpSocket: { host: 10.0.0.5, port: 80 } }
`,
    fails: [
      { path: 'spec.containers[0].livenessProbe.httpGet.host', observed: '10.0.0.1', message: /^container "web"/ },
      { path: 'spec.containers[0].readinessProbe.tcpSocket.host', observed: '10.0.0.2' },
      { path: 'spec.containers[0].startupProbe.httpGet.host', observed: '10.0.0.3' },
      { path: 'spec.containers[0].lifecycle.postStart.httpGet.host', observed: '10.0.0.4' },
      { path: 'spec.containers[0].lifecycle.preStop.tcpSocket.host', observed: '10.0.0.5' },
    ],
  },
  {
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  ephemeralContainers:
    - { name: debug, livenessProbe: { httpGet: { host: c.example } } }
  containers:
    - { name: web, livenessProbe: { httpGet: { host: b.example } } }
  initContainers:
    - { name: setup, livenessProbe: { httpGet: { host: a.example } } }
`,
    fails: [
      'spec.initContainers[0].livenessProbe.httpGet.host',
      'spec.containers[0].livenessProbe.httpGet.host',
      'spec.ephemeralContainers[0].livenessProbe.httpGet.host',
    ],
  },
  {
    name: 'probes of the pod itself pass',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      livenessProbe: { httpGet: { port: 8080 } }
      readinessProbe: { tcpSocket: { host: '', port: 8080 } }
      startupProbe: { exec: { command: ['true'] } }
`,
    passes: true,
  },
  {
    name: 'a container without probes passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, lifecycle: null }
`,
    passes: true,
  },
  {
    name: 'the check begins with v1.34',
    podSecurityVersion: 34,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, livenessProbe: { httpGet: { host: 10.0.0.1 } } }
`,
    fails: ['spec.containers[0].livenessProbe.httpGet.host'],
  },
  {
    name: 'before v1.34 there is no such check',
    podSecurityVersion: 33,
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, livenessProbe: { httpGet: { host: 10.0.0.1 } } }
`,
    notApplicable: /no such check in v1\.33; it begins with v1\.34/,
  },
  {
    name: 'a host that is no string is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, livenessProbe: { httpGet: { host: 10 } } }
`,
    unknown: /livenessProbe\.httpGet\.host" must be a string, found the number 10/,
  },
]);
