import { runAsGroup } from '../../../src/rules/pod/run-as-group.ts';
import { testRule } from '../rule-tester.ts';

testRule(runAsGroup, [
  {
    name: 'by default every group passes but that of root',
    yaml: `
kind: Pod
spec:
  initContainers: [{ name: a, securityContext: { runAsGroup: 0 } }]
  containers: [{ name: b, securityContext: { runAsGroup: 1 } }]
  ephemeralContainers: [{ name: c, securityContext: { runAsGroup: 0 } }]
`,
    fails: [
      'spec.initContainers[0].securityContext.runAsGroup',
      'spec.ephemeralContainers[0].securityContext.runAsGroup',
    ],
  },
  {
    name: "the pod's group is held against the ranges",
    params: { ranges: [{ min: 10, max: 20 }] },
    yaml: `
kind: Pod
spec: { securityContext: { runAsGroup: 21 }, containers: [{ name: a }] }
`,
    fails: [
      { path: 'spec.securityContext.runAsGroup', message: /^the pod has 21 as runAsGroup; it must be from 10 to 20$/ },
    ],
  },
  {
    name: 'a pod that says nothing passes',
    yaml: `
kind: Pod
spec: { containers: [{ name: a }] }
`,
    passes: true,
  },
  {
    name: 'a pod that says nothing fails where it must be set',
    params: { mustBeSet: true },
    yaml: `
kind: Pod
spec: { securityContext: {}, containers: [{ name: a }] }
`,
    fails: ['spec.containers[0].securityContext.runAsGroup'],
  },
  {
    name: 'Windows has no such groups',
    yaml: `
kind: Pod
spec: { os: { name: windows }, containers: [{ name: a }] }
`,
    notApplicable: /Windows/,
  },
]);
