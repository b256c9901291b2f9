import { unused } from '../../../src/rules/service-account/unused.ts';
import { testRule } from '../rule-tester.ts';

const account = (name = 'web', namespace = 'shop') => `
kind: ServiceAccount
metadata: { name: ${name}, namespace: ${namespace} }
`;
const pod = (namespace: string, spec: string) => `---
kind: Pod
metadata: { name: web, namespace: ${namespace} }
spec: { ${spec}, containers: [{ name: web }] }
`;
const runs = pod('shop', 'serviceAccountName: web');
const grant = `---
kind: ClusterRole
metadata: { name: reader }
rules: [{ verbs: [list], apiGroups: [''], resources: [nodes] }]
---
kind: ClusterRoleBinding
metadata: { name: reader }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
`;

testRule(unused, [
  { name: 'an account that a pod runs as is used', yaml: account() + runs, passes: true },
  {
    name: 'an account that a CronJob will run as is used',
    yaml: `${account()}---
kind: CronJob
metadata: { name: report, namespace: shop }
spec:
  jobTemplate:
    spec:
      template:
        spec: { serviceAccountName: web, containers: [{ name: report }] }
`,
    passes: true,
  },
  { name: 'the old name of the field counts', yaml: account() + pod('shop', 'serviceAccount: web'), passes: true },
  {
    name: 'an account that was granted something and that nothing runs as fails, without the name of what is bound',
    yaml: account() + grant,
    fails: [
      {
        path: 'metadata.name',
        observed: 'web',
        message: /^no workload runs as "web", to which something is granted; delete it with its bindings$/,
      },
    ],
  },
  {
    name: 'one that was granted nothing is a note',
    yaml: account(),
    fails: [{ path: 'metadata.name', severity: 'info' }],
  },
  {
    name: 'a pod of another namespace runs as another account',
    yaml: account() + pod('bank', 'serviceAccountName: web'),
    fails: [{ path: 'metadata.name', severity: 'info' }],
  },
  {
    name: 'what nobody may read may be granted',
    missing: [{ source: 'ClusterRoleBinding', state: 'forbidden', message: 'listing is forbidden' }],
    yaml: account(),
    fails: ['metadata.name'],
  },
  { name: 'the default account is always there', yaml: account('default'), notApplicable: /default account/ },
  {
    name: 'the control plane has accounts without pods',
    yaml: account('job-controller', 'kube-system'),
    notApplicable: /control plane/,
  },
  { name: 'files do not tell', isFromFiles: true, yaml: account(), notApplicable: /not known from these files/ },
  {
    name: 'without the pods nobody knows',
    missing: [{ source: 'Pod', state: 'forbidden', message: 'listing pods is forbidden' }],
    yaml: account(),
    unknown: /listing pods is forbidden/,
  },
  {
    name: 'without the pods a Deployment that names it tells enough',
    missing: [{ source: 'Pod', state: 'forbidden', message: 'listing pods is forbidden' }],
    yaml: `${account()}---
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec: { serviceAccountName: web, containers: [{ name: web }] }
`,
    passes: true,
  },
]);
