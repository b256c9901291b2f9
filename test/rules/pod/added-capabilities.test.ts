import { addedCapabilities } from '../../../src/rules/pod/added-capabilities.ts';
import { testRule } from '../rule-tester.ts';

testRule(addedCapabilities, [
  {
    name: 'without a list none may be added, in any list of containers',
    yaml: `
kind: Pod
spec:
  initContainers: [{ name: a, securityContext: { capabilities: { add: [CHOWN] } } }]
  containers: [{ name: b, securityContext: { capabilities: { drop: [ALL], add: [KILL, NET_RAW] } } }]
  ephemeralContainers: [{ name: c, securityContext: { capabilities: { add: [ALL] } } }]
`,
    fails: [
      { path: 'spec.initContainers[0].securityContext.capabilities.add[0]', observed: 'CHOWN' },
      'spec.containers[0].securityContext.capabilities.add[0]',
      'spec.containers[0].securityContext.capabilities.add[1]',
      'spec.ephemeralContainers[0].securityContext.capabilities.add[0]',
    ],
  },
  {
    name: 'those of the list may be added, spelled the same',
    params: { allowed: ['CHOWN'] },
    yaml: `
kind: Pod
spec: { containers: [{ name: a, securityContext: { capabilities: { add: [CHOWN, chown] } } }] }
`,
    fails: [
      {
        path: 'spec.containers[0].securityContext.capabilities.add[1]',
        message: /^container "a" adds capability "chown"; allowed is CHOWN$/,
      },
    ],
  },
  {
    name: 'a container that adds none passes',
    yaml: `
kind: Pod
spec: { containers: [{ name: a, securityContext: { capabilities: { drop: [KILL] } } }, { name: b }] }
`,
    passes: true,
  },
]);
