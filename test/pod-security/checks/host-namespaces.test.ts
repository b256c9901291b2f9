import { hostNamespaces } from '../../../src/pod-security/checks/host-namespaces.ts';
import { testCheck } from '../check-tester.ts';

testCheck(hostNamespaces, [
  {
    name: 'each namespace of the node is named, in the order of Pod Security',
    yaml: `
kind: Pod
spec:
  hostIPC: true
  hostPID: true
  hostNetwork: true
  containers:
    - { name: web }
`,
    refused: {
      reason: 'host namespaces',
      detail: 'hostNetwork=true, hostPID=true, hostIPC=true',
      violations: [
        {
          path: 'spec.hostNetwork',
          observed: 'true',
          message: "hostNetwork is true: the pod shares the node's network, its loopback services included; remove it",
        },
        {
          path: 'spec.hostPID',
          observed: 'true',
          message: 'hostPID is true: the pod shares every process of the node; remove it',
        },
        {
          path: 'spec.hostIPC',
          observed: 'true',
          message: "hostIPC is true: the pod shares the node's shared memory; remove it",
        },
      ],
    },
  },
  {
    name: 'only what is shared is refused',
    version: 0,
    yaml: `
kind: Pod
spec:
  hostPID: true
  hostNetwork: false
  containers:
    - { name: web }
`,
    refused: {
      reason: 'host namespaces',
      detail: 'hostPID=true',
      violations: [{ path: 'spec.hostPID', observed: 'true' }],
    },
  },
  {
    name: 'a user namespace of its own does not excuse the network of the node',
    yaml: `
kind: Pod
spec:
  hostUsers: false
  hostIPC: true
  containers:
    - { name: web }
`,
    refused: {
      reason: 'host namespaces',
      detail: 'hostIPC=true',
      violations: [{ path: 'spec.hostIPC', observed: 'true' }],
    },
  },
  {
    name: 'false and null pass',
    yaml: `
kind: Pod
spec:
  hostNetwork: false
  hostPID: null
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a pod that does not speak of it passes',
    yaml: `
kind: Pod
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a value of a wrong type is not hidden behind one that is refused',
    yaml: `
kind: Pod
spec:
  hostNetwork: true
  hostIPC: 1
  containers:
    - { name: web }
`,
    malformed: 'spec.hostIPC',
  },
]);
