import { unused } from '../../../src/rules/psp/unused.ts';
import { testRule } from '../rule-tester.ts';

const role = (rule: string) => `
kind: PodSecurityPolicy
metadata: { name: restricted }
---
kind: ClusterRole
metadata: { name: user }
rules: [${rule}]
`;
const use = role('{ verbs: [use], apiGroups: [policy], resources: [podsecuritypolicies] }');
const binding = (more: string) => `---
kind: RoleBinding
metadata: { name: user, namespace: shop }
roleRef: { kind: ClusterRole, name: user }
${more}
`;
const subjects = 'subjects: [{ kind: ServiceAccount, name: web }]';

testRule(unused, [
  {
    name: 'a policy that a role allows to somebody passes',
    yaml: use + binding(subjects),
    passes: true,
  },
  {
    name: 'a policy of which no role knows fails',
    yaml: `
kind: PodSecurityPolicy
metadata: { name: restricted }
`,
    fails: [
      {
        path: 'metadata.name',
        observed: 'restricted',
        message: /^nobody may use "restricted" but who may do everything/,
      },
    ],
  },
  {
    name: 'a role that nobody holds is none',
    yaml: use,
    fails: ['metadata.name'],
  },
  {
    name: 'a binding to nobody is none',
    yaml: use + binding('subjects: []'),
    fails: ['metadata.name'],
  },
  {
    name: 'a role for another policy is none',
    yaml:
      role('{ verbs: [use], apiGroups: [policy], resources: [podsecuritypolicies], resourceNames: [other] }') +
      binding(subjects),
    fails: ['metadata.name'],
  },
  {
    name: 'a role that allows everything was not made for it',
    yaml: role('{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }') + binding(subjects),
    fails: ['metadata.name'],
  },
  {
    name: 'a role that allows everything about policies was',
    yaml: role('{ verbs: ["*"], apiGroups: [policy], resources: ["*"] }') + binding(subjects),
    passes: true,
  },
  {
    name: 'a binding to a role that does not exist gives nothing',
    yaml: `
kind: PodSecurityPolicy
metadata: { name: restricted }
${binding(subjects)}`,
    fails: ['metadata.name'],
  },
  {
    name: 'a role that cannot be read leaves it unknown',
    yaml: role('{ verbs: use, apiGroups: [policy], resources: [podsecuritypolicies] }') + binding(subjects),
    unknown: /role "user" cannot be read/,
  },
  {
    name: 'files do not tell that nobody may use it',
    isFromFiles: true,
    yaml: use,
    notApplicable: /not known from these files/,
  },
  {
    name: 'files may tell that somebody may',
    isFromFiles: true,
    yaml: use + binding(subjects),
    passes: true,
  },
  {
    name: 'without the roles nothing is known',
    missing: [{ source: 'Role', state: 'forbidden', message: 'listing roles is forbidden' }],
    yaml: use + binding(subjects),
    unknown: /listing roles is forbidden/,
  },
]);
