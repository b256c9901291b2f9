import { hostPorts } from '../../../src/pod-security/checks/host-ports.ts';
import { testCheck } from '../check-tester.ts';

testCheck(hostPorts, [
  {
    name: 'a port of the node is refused',
    version: 0,
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      ports:
        - { containerPort: 8080 }
        - { containerPort: 8443, hostPort: 443 }
`,
    refused: {
      reason: 'hostPort',
      detail: 'container "web" uses hostPort 443',
      violations: [
        {
          path: 'spec.containers[0].ports[1].hostPort',
          observed: '443',
          message: 'container "web" takes port 443 of its node; remove hostPort and expose the port with a Service',
        },
      ],
    },
  },
  {
    name: 'ports of one container are sorted as texts, each once',
    yaml: `
kind: Pod
spec:
  containers:
    - name: web
      ports:
        - { containerPort: 80, hostPort: 80 }
        - { containerPort: 443, hostPort: 443 }
        - { containerPort: 8080, hostPort: 8080 }
        - { containerPort: 80, hostPort: 80, protocol: UDP }
`,
    refused: {
      reason: 'hostPort',
      detail: 'container "web" uses hostPorts 443, 80, 8080',
      violations: [
        { path: 'spec.containers[0].ports[0].hostPort', observed: '80' },
        { path: 'spec.containers[0].ports[1].hostPort', observed: '443' },
        { path: 'spec.containers[0].ports[2].hostPort', observed: '8080' },
        { path: 'spec.containers[0].ports[3].hostPort', observed: '80' },
      ],
    },
  },
  {
    name: 'several containers use one port, and every list of containers is judged',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, ports: [{ containerPort: 80, hostPort: 80 }] }
  initContainers:
    - { name: setup, ports: [{ containerPort: 81, hostPort: 80 }] }
  ephemeralContainers:
    - { name: debug, ports: [{ containerPort: 82, hostPort: 80 }] }
`,
    refused: {
      reason: 'hostPort',
      detail: 'containers "setup", "web", "debug" use hostPort 80',
      violations: [
        { path: 'spec.initContainers[0].ports[0].hostPort', observed: '80' },
        { path: 'spec.containers[0].ports[0].hostPort', observed: '80' },
        { path: 'spec.ephemeralContainers[0].ports[0].hostPort', observed: '80' },
      ],
    },
  },
  {
    name: 'no port, 0 and null pass',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: a, ports: [{ containerPort: 80 }] }
    - { name: b, ports: [{ containerPort: 81, hostPort: 0 }] }
    - { name: c, ports: [{ containerPort: 82, hostPort: null }] }
    - { name: d, ports: [] }
    - { name: e }
`,
    passes: true,
  },
  {
    name: 'the network of the node alone is no port: that is filled in before',
    yaml: `
kind: Pod
spec:
  hostNetwork: true
  containers:
    - { name: web, ports: [{ containerPort: 80 }] }
`,
    passes: true,
  },
  {
    name: 'a port in words is nothing that passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, ports: [{ containerPort: 80, hostPort: http }] }
`,
    malformed: 'spec.containers[0].ports[0].hostPort',
  },
]);
