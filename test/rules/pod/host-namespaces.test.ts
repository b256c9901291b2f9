import { hostNamespaces } from '../../../src/rules/pod/host-namespaces.ts';
import { testRule } from '../rule-tester.ts';

testRule(hostNamespaces, [
  {
    name: 'each namespace of the node that is shared is one violation',
    yaml: `
kind: Pod
spec: { hostIPC: true, hostPID: true, hostNetwork: true }
`,
    fails: [
      { path: 'spec.hostNetwork', observed: 'true' },
      { path: 'spec.hostPID', observed: 'true' },
      { path: 'spec.hostIPC', observed: 'true' },
    ],
  },
  {
    name: 'only what is shared fails',
    yaml: `
kind: Pod
spec: { hostIPC: true, hostPID: false }
`,
    fails: ['spec.hostIPC'],
  },
  {
    name: 'a pod that says it shares nothing passes',
    yaml: `
kind: Pod
spec: { hostNetwork: false, hostPID: false, hostIPC: false }
`,
    passes: true,
  },
  {
    name: 'a pod that does not speak of it passes',
    yaml: `
kind: Pod
spec: {}
`,
    passes: true,
  },
  {
    name: 'null is absent',
    yaml: `
kind: Pod
spec: { hostNetwork: null, hostPID: null, hostIPC: null }
`,
    passes: true,
  },
  {
    name: 'a user namespace of its own does not excuse the network of the node',
    yaml: `
kind: Pod
spec: { hostUsers: false, hostNetwork: true }
`,
    fails: ['spec.hostNetwork'],
  },
  {
    name: 'the template of a DaemonSet is judged',
    yaml: `
kind: DaemonSet
spec:
  template:
    spec: { hostPID: true }
`,
    fails: ['spec.hostPID'],
  },
  {
    name: 'the template of a CronJob is judged',
    yaml: `
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec: { hostIPC: true }
`,
    fails: ['spec.hostIPC'],
  },
  {
    name: 'a value that is no boolean is unknown, whatever the others say',
    yaml: `
kind: Pod
spec: { hostNetwork: true, hostIPC: 1 }
`,
    unknown: /^field "spec\.hostIPC" must be a boolean, found the number 1$/,
  },
  {
    name: 'a spec that is no object is unknown',
    yaml: `
kind: Pod
spec: [hostPID]
`,
    unknown: /"spec" must be an object, found a list/,
  },
  {
    name: 'a policy allows one and no other',
    params: { allowed: ['hostNetwork'] },
    yaml: `
kind: Pod
spec: { hostNetwork: true, hostPID: true }
`,
    fails: ['spec.hostPID'],
  },
  {
    name: 'a pod that shares what the policy allows passes',
    params: { allowed: ['hostNetwork', 'hostPID'] },
    yaml: `
kind: Pod
spec: { hostNetwork: true, hostPID: true }
`,
    passes: true,
  },
  {
    name: 'what is allowed hides no value of a wrong type',
    params: { allowed: ['hostNetwork', 'hostPID', 'hostIPC'] },
    yaml: `
kind: Pod
spec: { hostNetwork: true, hostIPC: 'yes' }
`,
    unknown: /"spec\.hostIPC" must be a boolean/,
  },
]);
