import { runAsAny } from '../../../src/rules/psp/run-as-any.ts';
import { testRule } from '../rule-tester.ts';

testRule(runAsAny, [
  {
    name: 'RunAsAny is one violation for each strategy',
    yaml: `
kind: PodSecurityPolicy
spec:
  runAsUser: { rule: RunAsAny }
  runAsGroup: { rule: RunAsAny }
  supplementalGroups: { rule: RunAsAny }
  fsGroup: { rule: RunAsAny }
  seLinux: { rule: RunAsAny }
`,
    fails: [
      { path: 'spec.runAsUser.rule', severity: 'medium', observed: 'RunAsAny' },
      { path: 'spec.runAsGroup.rule', severity: 'low' },
      { path: 'spec.supplementalGroups.rule', severity: 'low' },
      { path: 'spec.fsGroup.rule', severity: 'low' },
      { path: 'spec.seLinux.rule', severity: 'info' },
    ],
  },
  {
    name: 'a strategy that is missing asks nothing either',
    yaml: `
kind: PodSecurityPolicy
spec:
  runAsUser: { rule: MustRunAsNonRoot }
  supplementalGroups: { rule: MayRunAs, ranges: [{ min: 1, max: 2 }] }
  fsGroup: { rule: MustRunAs, ranges: [{ min: 1, max: 2 }] }
  seLinux: { rule: MustRunAs, seLinuxOptions: { level: s0 } }
`,
    fails: [
      { path: 'spec.runAsGroup', severity: 'low', message: /^the policy has no runAsGroup, so anything is allowed/ },
    ],
  },
  {
    name: 'strategies that ask something pass',
    yaml: `
kind: PodSecurityPolicy
spec:
  runAsUser: { rule: MustRunAs, ranges: [{ min: 0, max: 2 }] }
  runAsGroup: { rule: MustRunAs, ranges: [{ min: 1, max: 2 }] }
  supplementalGroups: { rule: MayRunAs, ranges: [{ min: 1, max: 2 }] }
  fsGroup: { rule: MustRunAs, ranges: [{ min: 1, max: 2 }] }
  seLinux: { rule: MustRunAs, seLinuxOptions: { level: s0 } }
`,
    passes: true,
  },
]);
