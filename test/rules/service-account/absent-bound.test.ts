import { absentBound } from '../../../src/rules/service-account/absent-bound.ts';
import { testRule } from '../rule-tester.ts';

const roleBinding = (role: string, subjects: string) => `
kind: RoleBinding
metadata: { name: web, namespace: shop }
roleRef: { kind: ClusterRole, name: ${role} }
subjects: [${subjects}]
`;
const clusterRoleBinding = (role: string, subjects: string, name = 'web') => `
kind: ClusterRoleBinding
metadata: { name: "${name}" }
roleRef: { kind: ClusterRole, name: "${role}" }
subjects: [${subjects}]
`;
const roles = `---
kind: ClusterRole
metadata: { name: admin }
rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]
---
kind: ClusterRole
metadata: { name: reader }
rules: [{ verbs: [get], apiGroups: [''], resources: [configmaps] }]
`;
const account = `---
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`;
const web = '{ kind: ServiceAccount, name: web, namespace: shop }';

testRule(absentBound, [
  { name: 'an account that exists passes', yaml: roleBinding('reader', web) + roles + account, passes: true },
  {
    name: 'an account without a namespace is one of the binding',
    yaml: roleBinding('reader', '{ kind: ServiceAccount, name: web }') + roles + account,
    passes: true,
  },
  {
    name: 'an account that does not exist fails, and each at its place',
    yaml: roleBinding('reader', `{ kind: User, name: jane }, ${web}, { kind: ServiceAccount, name: old }`) + roles,
    fails: [
      {
        path: 'subjects[1]',
        observed: 'shop/web',
        severity: 'low',
        message: /"web" does not exist in namespace "shop", and whoever creates it is granted ClusterRole "reader"/,
      },
      { path: 'subjects[2]', observed: 'shop/old', severity: 'low' },
    ],
  },
  {
    name: 'a name that waits for the namespace is worse',
    yaml: roleBinding('admin', web) + roles,
    fails: [{ path: 'subjects[0]', severity: 'medium' }],
  },
  {
    name: 'a name that waits for the cluster is the worst',
    yaml: clusterRoleBinding('admin', web) + roles,
    fails: [{ path: 'subjects[0]', severity: 'high' }],
  },
  {
    name: 'one that waits for some of the cluster is between',
    yaml: clusterRoleBinding('reader', web) + roles,
    fails: [{ path: 'subjects[0]', severity: 'medium' }],
  },
  {
    name: 'one that waits for a role that does not exist either is small',
    yaml: clusterRoleBinding('gone', web) + roles,
    fails: [{ path: 'subjects[0]', severity: 'low' }],
  },
  {
    name: 'which accounts other namespaces have is nothing that a RoleBinding tells',
    yaml: roleBinding('admin', '{ kind: ServiceAccount, name: web, namespace: bank }') + roles,
    notApplicable: /other namespaces/,
  },
  {
    name: 'of accounts here and elsewhere those here are judged',
    yaml: roleBinding('reader', `{ kind: ServiceAccount, name: web, namespace: bank }, ${web}`) + roles,
    fails: [{ path: 'subjects[1]', severity: 'low' }],
  },
  { name: 'users and groups are not looked up', yaml: roleBinding('admin', '{ kind: User, name: web }'), passes: true },
  {
    name: 'what the API server binds for controllers that do not run here passes',
    yaml: clusterRoleBinding(
      'system:controller:route-controller',
      '{ kind: ServiceAccount, name: route-controller, namespace: kube-system }',
      'system:controller:route-controller',
    ),
    passes: true,
  },
  {
    name: 'such a role that allows more than Kubernetes gave it does not',
    yaml: `${clusterRoleBinding(
      'system:controller:route-controller',
      '{ kind: ServiceAccount, name: route-controller, namespace: kube-system }',
      'system:controller:route-controller',
    )}---
kind: ClusterRole
metadata: { name: system:controller:route-controller }
rules: [{ verbs: [get], apiGroups: [''], resources: [secrets] }]
`,
    fails: [{ path: 'subjects[0]', severity: 'high' }],
  },
  {
    name: 'another role under such a name does not',
    yaml:
      clusterRoleBinding(
        'admin',
        '{ kind: ServiceAccount, name: route-controller, namespace: kube-system }',
        'system:controller:route-controller',
      ) + roles,
    fails: [{ path: 'subjects[0]', severity: 'high' }],
  },
  {
    name: 'nor does another namespace',
    yaml: clusterRoleBinding('system:kube-dns', web, 'system:kube-dns'),
    fails: [{ path: 'subjects[0]', severity: 'low' }],
  },
  {
    name: 'files tell that it exists',
    isFromFiles: true,
    yaml: roleBinding('reader', web) + account,
    passes: true,
  },
  {
    name: 'files do not tell that it does not',
    isFromFiles: true,
    yaml: roleBinding('reader', web),
    notApplicable: /not known from these files/,
  },
  {
    name: 'without the accounts nobody knows',
    missing: [{ source: 'ServiceAccount', state: 'forbidden', message: 'listing serviceaccounts is forbidden' }],
    yaml: roleBinding('reader', web) + roles,
    unknown: /listing serviceaccounts is forbidden/,
  },
]);
