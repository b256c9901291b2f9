import { hostPorts } from '../../../src/rules/pod/host-ports.ts';
import { testRule } from '../rule-tester.ts';

testRule(hostPorts, [
  {
    name: 'each port of the node is one violation, a port of the container none',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, ports: [{ containerPort: 8080, hostPort: 80 }, { containerPort: 9090 }, { containerPort: 8443, hostPort: 443 }] }
`,
    fails: [
      { path: 'spec.containers[0].ports[0].hostPort', observed: '80', message: /^container "web" takes port 80/ },
      { path: 'spec.containers[0].ports[2].hostPort', observed: '443' },
    ],
  },
  {
    name: 'every list of containers is judged',
    yaml: `
kind: Pod
spec:
  ephemeralContainers:
    - { name: debug, ports: [{ containerPort: 3, hostPort: 3 }] }
  containers:
    - { name: web, ports: [{ containerPort: 2, hostPort: 2 }] }
  initContainers:
    - { name: setup, ports: [{ containerPort: 1, hostPort: 1 }] }
`,
    fails: [
      'spec.initContainers[0].ports[0].hostPort',
      'spec.containers[0].ports[0].hostPort',
      'spec.ephemeralContainers[0].ports[0].hostPort',
    ],
  },
  {
    name: 'port 0 is none',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, ports: [{ containerPort: 8080, hostPort: 0 }] }
`,
    passes: true,
  },
  {
    name: 'a container without ports passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
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
        - { name: agent, ports: [{ containerPort: 9100, hostPort: 9100 }] }
`,
    fails: ['spec.containers[0].ports[0].hostPort'],
  },
  {
    name: 'a port that is no number is unknown',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, ports: [{ containerPort: 8080, hostPort: '80' }] }
`,
    unknown: /"spec\.containers\[0\]\.ports\[0\]\.hostPort" must be .*, found the string "80"/,
  },
  {
    name: 'ports in a range of the policy pass, those beside it do not',
    params: {
      ranges: [
        { min: 9100, max: 9199 },
        { min: 443, max: 443 },
      ],
    },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: agent, ports: [{ containerPort: 1, hostPort: 9099 }, { containerPort: 2, hostPort: 9100 }] }
    - { name: proxy, ports: [{ containerPort: 3, hostPort: 9199 }, { containerPort: 4, hostPort: 9200 }] }
    - { name: web, ports: [{ containerPort: 5, hostPort: 443 }] }
`,
    fails: ['spec.containers[0].ports[0].hostPort', 'spec.containers[1].ports[1].hostPort'],
  },
  {
    name: 'a pod whose ports are all allowed passes',
    params: { ranges: [{ min: 0, max: 65_535 }] },
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web, ports: [{ containerPort: 8080, hostPort: 80 }] }
`,
    passes: true,
  },
]);
