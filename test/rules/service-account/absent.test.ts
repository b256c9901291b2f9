import { absent } from '../../../src/rules/service-account/absent.ts';
import { testRule } from '../rule-tester.ts';

const pod = (spec: string) => `
kind: Pod
metadata: { name: web, namespace: shop }
spec: { ${spec} containers: [{ name: web }] }
`;
const account = (namespace: string) => `---
kind: ServiceAccount
metadata: { name: web, namespace: ${namespace} }
`;

testRule(absent, [
  { name: 'a pod whose account exists passes', yaml: pod('serviceAccountName: web,') + account('shop'), passes: true },
  {
    name: 'a pod whose account does not exist fails',
    yaml: pod('serviceAccountName: web,'),
    fails: [{ path: 'spec.serviceAccountName', observed: 'web', message: /"web" does not exist in the namespace/ }],
  },
  {
    name: 'an account of another namespace is another',
    yaml: pod('serviceAccountName: web,') + account('bank'),
    fails: ['spec.serviceAccountName'],
  },
  {
    name: 'the old name of the field counts',
    yaml: pod('serviceAccount: web,'),
    fails: ['spec.serviceAccountName'],
  },
  { name: 'a pod that names none has the default account', yaml: pod(''), notApplicable: /default account/ },
  {
    name: 'a static pod has none',
    yaml: `
kind: Pod
metadata: { name: etcd, namespace: kube-system, annotations: { kubernetes.io/config.mirror: '' } }
spec: { containers: [{ name: etcd }] }
`,
    notApplicable: /static pod/,
  },
  {
    name: 'files tell that it exists',
    isFromFiles: true,
    yaml: pod('serviceAccountName: web,') + account('shop'),
    passes: true,
  },
  {
    name: 'files do not tell that it does not',
    isFromFiles: true,
    yaml: pod('serviceAccountName: web,'),
    notApplicable: /not known from these files/,
  },
  {
    name: 'without the accounts nobody knows',
    missing: [{ source: 'ServiceAccount', state: 'forbidden', message: 'listing serviceaccounts is forbidden' }],
    yaml: pod('serviceAccountName: web,'),
    unknown: /listing serviceaccounts is forbidden/,
  },
]);
