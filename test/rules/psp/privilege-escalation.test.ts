import { privilegeEscalation } from '../../../src/rules/psp/privilege-escalation.ts';
import { testRule } from '../rule-tester.ts';

testRule(privilegeEscalation, [
  {
    name: 'absent means allowed',
    yaml: `
kind: PodSecurityPolicy
spec: {}
`,
    fails: [{ path: 'spec.allowPrivilegeEscalation', message: /^the policy allows privilege escalation; set/ }],
  },
  {
    name: 'true is allowed',
    yaml: `
kind: PodSecurityPolicy
spec: { allowPrivilegeEscalation: true }
`,
    fails: [{ path: 'spec.allowPrivilegeEscalation', observed: 'true' }],
  },
  {
    name: 'a default is no demand',
    yaml: `
kind: PodSecurityPolicy
spec: { defaultAllowPrivilegeEscalation: false }
`,
    fails: [{ path: 'spec.allowPrivilegeEscalation', message: /only sets the default/ }],
  },
  {
    name: 'false passes',
    yaml: `
kind: PodSecurityPolicy
spec: { allowPrivilegeEscalation: false }
`,
    passes: true,
  },
]);
