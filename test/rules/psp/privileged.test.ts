import { privileged } from '../../../src/rules/psp/privileged.ts';
import { testRule } from '../rule-tester.ts';

testRule(privileged, [
  {
    name: 'a policy that says nothing allows nothing of it',
    yaml: `
kind: PodSecurityPolicy
spec: {}
`,
    passes: true,
  },
  {
    name: 'each way onto the node is one violation',
    yaml: `
kind: PodSecurityPolicy
spec: { privileged: true, hostPID: true, hostIPC: true, hostNetwork: true, allowedCapabilities: [KILL, "*"] }
`,
    fails: [
      { path: 'spec.privileged', observed: 'true', message: /^the policy allows privileged; set it to false$/ },
      { path: 'spec.hostPID', severity: 'medium' },
      { path: 'spec.hostIPC', severity: 'medium' },
      { path: 'spec.hostNetwork', severity: 'medium' },
      'spec.allowedCapabilities[1]',
    ],
  },
  {
    name: 'a fragment without a spec allows nothing of it',
    yaml: `
kind: PodSecurityPolicy
`,
    passes: true,
  },
  {
    name: 'a field of a wrong type is unknown',
    yaml: `
kind: PodSecurityPolicy
spec: { privileged: "false" }
`,
    unknown: /"spec.privileged" must be a boolean/,
  },
  {
    name: 'a strategy that nobody knows is unknown: the API server would have refused the policy',
    yaml: `
kind: PodSecurityPolicy
spec: { fsGroup: { rule: Any } }
`,
    unknown: /"spec.fsGroup.rule" must be one of MustRunAs, MayRunAs, RunAsAny/,
  },
]);
