import { runtimeClass } from '../../../src/rules/pod/runtime-class.ts';
import { testRule } from '../rule-tester.ts';

testRule(runtimeClass, [
  {
    name: 'without a list none may be chosen',
    yaml: `
kind: Pod
spec: { runtimeClassName: gvisor, containers: [{ name: a }] }
`,
    fails: [{ path: 'spec.runtimeClassName', observed: 'gvisor', message: /none may be chosen/ }],
  },
  {
    name: 'one of the list may be chosen',
    params: { allowed: ['kata', 'gvisor'] },
    yaml: `
kind: Pod
spec: { runtimeClassName: gvisor, containers: [{ name: b }] }
`,
    passes: true,
  },
  {
    name: 'another one may not',
    params: { allowed: ['kata'] },
    yaml: `
kind: Pod
spec: { runtimeClassName: gvisor, containers: [{ name: c }] }
`,
    fails: [
      { path: 'spec.runtimeClassName', message: /^the pod chooses the runtime class "gvisor"; allowed is kata$/ },
    ],
  },
  {
    name: 'an empty name is a choice',
    yaml: `
kind: Pod
spec: { runtimeClassName: "", containers: [{ name: a }] }
`,
    fails: ['spec.runtimeClassName'],
  },
  {
    name: 'to choose none is allowed',
    yaml: `
kind: Pod
spec: { containers: [{ name: a }] }
`,
    passes: true,
  },
]);
