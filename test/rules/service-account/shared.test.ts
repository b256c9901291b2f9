import { shared } from '../../../src/rules/service-account/shared.ts';
import { testRule } from '../rule-tester.ts';

const account = `
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`;
const deployment = (name: string, { labels = '{}', podLabels = '{}', uid = '', namespace = 'shop' } = {}) => `---
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace}, uid: "${uid}", labels: ${labels} }
spec:
  template:
    metadata: { labels: ${podLabels} }
    spec: { serviceAccountName: web, containers: [{ name: web }] }
`;
const grant = `---
kind: Role
metadata: { name: reader, namespace: shop }
rules: [{ verbs: [get], apiGroups: [''], resources: [configmaps] }]
---
kind: RoleBinding
metadata: { name: reader, namespace: shop }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: web }]
`;
const byPart = { applicationLabels: ['app.kubernetes.io/part-of', 'app.kubernetes.io/instance'] };
const partOf = (name: string) => `{ app.kubernetes.io/part-of: ${name} }`;

testRule(shared, [
  { name: 'an account of one workload passes', yaml: account + deployment('web') + grant, passes: true },
  { name: 'an account of none passes here', yaml: account, passes: true },
  {
    name: 'two workloads share what was granted to one of them',
    yaml: account + deployment('web') + deployment('payments') + grant,
    fails: [
      {
        path: 'metadata.name',
        observed: 'web',
        severity: 'medium',
        message: /^2 applications run as "web": Deployment "payments", Deployment "web"; give/,
      },
    ],
  },
  {
    name: 'where nothing was granted there is little to share',
    yaml: account + deployment('web') + deployment('payments'),
    fails: [{ path: 'metadata.name', severity: 'low' }],
  },
  {
    name: 'what nobody may read may be granted',
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'listing rolebindings is forbidden' }],
    yaml: account + deployment('web') + deployment('payments'),
    fails: [{ path: 'metadata.name', severity: 'medium' }],
  },
  {
    name: 'many are named in part',
    yaml: account + ['a', 'b', 'c', 'd', 'e'].map((name) => deployment(name)).join(''),
    fails: [{ path: 'metadata.name', severity: 'low', message: /5 applications .*"a", .*"b", .*"c" and 2 more;/ }],
  },
  {
    name: 'the pods of a Deployment are the Deployment',
    yaml: `${account}${deployment('web', { uid: 'd1' })}---
kind: ReplicaSet
metadata:
  name: web-5d
  namespace: shop
  uid: r1
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }]
spec:
  template:
    spec: { serviceAccountName: web, containers: [{ name: web }] }
---
kind: Pod
metadata:
  name: web-5d-1
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-5d, uid: r1, controller: true }]
spec: { serviceAccountName: web, containers: [{ name: web }] }
---
kind: Pod
metadata:
  name: web-5d-2
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-5d, uid: r1, controller: true }]
spec: { serviceAccountName: web, containers: [{ name: web }] }
`,
    passes: true,
  },
  {
    name: 'a pod that runs as the account beside a Deployment is an application, too',
    yaml: `${account}${deployment('web')}---
kind: Pod
metadata: { name: debug, namespace: shop }
spec: { serviceAccountName: web, containers: [{ name: web }] }
`,
    fails: [{ path: 'metadata.name', severity: 'low', message: /Deployment "web", Pod "debug"/ }],
  },
  {
    name: 'the same name in another namespace is another account',
    yaml: account + deployment('web') + deployment('web', { namespace: 'bank' }),
    passes: true,
  },
  {
    name: 'a label makes two workloads one application, where the policy says which',
    params: byPart,
    yaml: account + deployment('web', { labels: partOf('shop') }) + deployment('worker', { podLabels: partOf('shop') }),
    passes: true,
  },
  {
    name: 'another value of the label is another application',
    params: byPart,
    yaml: account + deployment('web', { labels: partOf('shop') }) + deployment('worker', { labels: partOf('bank') }),
    fails: [{ path: 'metadata.name', severity: 'low' }],
  },
  {
    name: 'the same value of another label is another application',
    params: byPart,
    yaml:
      account +
      deployment('web', { labels: partOf('shop') }) +
      deployment('worker', { labels: '{ app.kubernetes.io/instance: shop }' }),
    fails: [{ path: 'metadata.name', severity: 'low' }],
  },
  {
    name: 'the label of the owner wins over that of its pods',
    params: byPart,
    yaml:
      account +
      deployment('web', { labels: partOf('shop') }) +
      deployment('worker', { labels: partOf('shop'), podLabels: partOf('bank') }),
    passes: true,
  },
  {
    name: 'without the label a workload is an application by itself',
    params: byPart,
    yaml: account + deployment('web') + deployment('worker'),
    fails: [{ path: 'metadata.name', severity: 'low' }],
  },
  {
    name: 'labels mean nothing by default',
    yaml: account + deployment('web', { labels: partOf('shop') }) + deployment('worker', { labels: partOf('shop') }),
    fails: [{ path: 'metadata.name', severity: 'low' }],
  },
  {
    name: 'the default account is shared by nature',
    yaml: `
kind: ServiceAccount
metadata: { name: default, namespace: shop }
`,
    notApplicable: /default/,
  },
  {
    name: 'files tell that two run as it',
    isFromFiles: true,
    yaml: account + deployment('web') + deployment('payments'),
    fails: [{ path: 'metadata.name', severity: 'medium' }],
  },
  {
    name: 'files do not tell that no other does',
    isFromFiles: true,
    yaml: account + deployment('web'),
    notApplicable: /not known from these files/,
  },
  {
    name: 'without the pods nobody knows who else runs as it',
    missing: [{ source: 'Pod', state: 'forbidden', message: 'listing pods is forbidden' }],
    yaml: account + deployment('web'),
    unknown: /listing pods is forbidden/,
  },
  {
    name: 'without the pods two Deployments are two',
    missing: [{ source: 'Pod', state: 'forbidden', message: 'listing pods is forbidden' }],
    yaml: account + deployment('web') + deployment('payments'),
    fails: [{ path: 'metadata.name', severity: 'low' }],
  },
]);
