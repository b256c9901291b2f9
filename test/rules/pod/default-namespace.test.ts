import { defaultNamespace } from '../../../src/rules/pod/default-namespace.ts';
import { testRule } from '../rule-tester.ts';

testRule(defaultNamespace, [
  {
    name: 'a pod in default fails',
    yaml: `
kind: Pod
metadata: { name: web, namespace: default }
spec:
  containers:
    - { name: web }
`,
    fails: [{ path: 'metadata.namespace', observed: 'default', message: /^the workload runs in namespace "default";/ }],
  },
  {
    name: 'a Deployment in default fails, at its own place',
    yaml: `
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  template:
    metadata: { namespace: shop }
    spec:
      initContainers:
        - { name: setup }
      containers:
        - { name: web }
      ephemeralContainers:
        - { name: debug }
`,
    fails: ['metadata.namespace'],
  },
  {
    name: 'a pod elsewhere passes',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
  {
    name: 'a name that only begins like it is another namespace',
    yaml: `
kind: Pod
metadata: { name: default, namespace: default-shop }
spec:
  containers:
    - { name: web }
`,
    passes: true,
  },
]);
