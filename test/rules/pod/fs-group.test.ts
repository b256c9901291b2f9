import { fsGroup } from '../../../src/rules/pod/fs-group.ts';
import { testRule } from '../rule-tester.ts';

testRule(fsGroup, [
  {
    name: 'a group outside of the ranges fails',
    params: { ranges: [{ min: 1, max: 9 }] },
    yaml: `
kind: Pod
spec: { securityContext: { fsGroup: 10 }, containers: [{ name: a }] }
`,
    fails: [{ path: 'spec.securityContext.fsGroup', observed: '10', message: /^the pod has 10 as fsGroup/ }],
  },
  {
    name: 'a group of the ranges passes',
    params: { ranges: [{ min: 1, max: 9 }] },
    yaml: `
kind: Pod
spec: { securityContext: { fsGroup: 9 }, containers: [{ name: a }] }
`,
    passes: true,
  },
  {
    name: "by default root's group fails",
    yaml: `
kind: Pod
spec: { securityContext: { fsGroup: 0 }, containers: [{ name: a }] }
`,
    fails: ['spec.securityContext.fsGroup'],
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
spec: { securityContext: { runAsUser: 1 }, containers: [{ name: a }] }
`,
    fails: ['spec.securityContext.fsGroup'],
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
