import { supplementalGroups } from '../../../src/rules/pod/supplemental-groups.ts';
import { testRule } from '../rule-tester.ts';

testRule(supplementalGroups, [
  {
    name: 'each group outside of the ranges is one violation',
    params: { ranges: [{ min: 1, max: 9 }] },
    yaml: `
kind: Pod
spec: { securityContext: { supplementalGroups: [0, 5, 10] }, containers: [{ name: a }] }
`,
    fails: [
      { path: 'spec.securityContext.supplementalGroups[0]', observed: '0' },
      {
        path: 'spec.securityContext.supplementalGroups[2]',
        message: /^the pod has 10 as supplementalGroups; it must be from 1 to 9$/,
      },
    ],
  },
  {
    name: 'by default every group passes but that of root',
    yaml: `
kind: Pod
spec: { securityContext: { supplementalGroups: [1, 0] }, containers: [{ name: a }] }
`,
    fails: ['spec.securityContext.supplementalGroups[1]'],
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
    name: 'a pod that says nothing fails where it must be set, and so does an empty list',
    params: { mustBeSet: true },
    yaml: `
kind: Pod
spec: { securityContext: { supplementalGroups: [] }, containers: [{ name: a }] }
`,
    fails: ['spec.securityContext.supplementalGroups'],
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
