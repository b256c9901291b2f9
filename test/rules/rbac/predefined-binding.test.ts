import { predefinedBinding } from '../../../src/rules/rbac/predefined-binding.ts';
import { testRule } from '../rule-tester.ts';

testRule(predefinedBinding, [
  {
    name: 'a binding as Kubernetes creates it passes, also one without subjects',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:node' }
roleRef: { kind: ClusterRole, name: 'system:node' }
`,
    passes: true,
  },
  {
    name: 'another subject of cluster-admin is critical',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: cluster-admin }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: ServiceAccount, namespace: shop, name: web }
  - { kind: Group, name: 'system:masters' }
`,
    fails: [
      {
        path: 'subjects[0]',
        severity: 'critical',
        observed: 'ServiceAccount "shop/web"',
        message:
          /^ServiceAccount "shop\/web" is in ClusterRoleBinding "cluster-admin", where Kubernetes 1\.\d+ does not put it; it holds ClusterRole "cluster-admin" all the same/,
      },
    ],
  },
  {
    name: 'everybody in a binding of Kubernetes is critical, somebody else is high, and who is gone is low',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:monitoring' }
roleRef: { kind: ClusterRole, name: 'system:monitoring' }
subjects:
  - { kind: Group, name: 'system:authenticated' }
  - { kind: Group, name: 'system:nodes' }
`,
    fails: [
      { path: 'subjects[0]', severity: 'critical' },
      { path: 'subjects[1]', severity: 'high' },
      { path: 'subjects', severity: 'low', message: /lacks Group "system:monitoring"/ },
    ],
  },
  {
    name: 'a binding of Kubernetes to another role is high',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:basic-user' }
roleRef: { kind: ClusterRole, name: edit }
subjects: [{ kind: Group, name: 'system:authenticated' }]
`,
    fails: [
      {
        path: 'roleRef',
        severity: 'high',
        observed: 'ClusterRole edit',
        message: /that of Kubernetes to "system:basic-user"/,
      },
    ],
  },
  {
    name: 'a binding of Kubernetes to cluster-admin is critical',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:basic-user' }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: Group, name: 'system:authenticated' }]
`,
    fails: [{ path: 'roleRef', severity: 'critical' }],
  },
  {
    name: 'a label and a name of Kubernetes prove nothing',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:operator', labels: { 'kubernetes.io/bootstrapping': rbac-defaults } }
roleRef: { kind: ClusterRole, name: cluster-admin }
`,
    fails: [{ path: 'metadata.labels', severity: 'medium' }],
  },
  {
    name: 'a name alone is low, in namespaces too',
    yaml: `
kind: RoleBinding
metadata: { name: 'system:operator', namespace: shop }
roleRef: { kind: ClusterRole, name: view }
`,
    fails: [{ path: 'metadata.name', severity: 'low' }],
  },
  {
    name: 'a RoleBinding that Kubernetes creates in its namespace passes',
    yaml: `
kind: RoleBinding
metadata: { name: 'system:controller:token-cleaner', namespace: kube-system }
roleRef: { kind: Role, name: 'system:controller:token-cleaner' }
subjects: [{ kind: ServiceAccount, name: token-cleaner }]
`,
    passes: true,
  },
  {
    name: 'who joins the group of kubeadm is critical',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'kubeadm:cluster-admins' }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: Group, name: 'kubeadm:cluster-admins' }
  - { kind: User, name: bob }
`,
    fails: [{ path: 'subjects[1]', severity: 'critical', message: /where kubeadm does not put it/ }],
  },
  {
    name: 'any other binding is none of them',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: admins }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: User, name: bob }]
`,
    notApplicable: /creates no ClusterRoleBinding of that name/,
  },
  {
    name: 'in a file a binding may be of any release',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:kube-dns' }
roleRef: { kind: ClusterRole, name: 'system:kube-dns' }
subjects: [{ kind: ServiceAccount, namespace: kube-system, name: kube-dns }]
`,
    isFromFiles: true,
    passes: true,
  },
  {
    name: 'without a baseline of that version it is not known',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: cluster-admin }
roleRef: { kind: ClusterRole, name: cluster-admin }
`,
    podSecurityVersion: 12,
    unknown: /no baseline of Kubernetes 1\.12/,
  },
  {
    name: 'subjects that are no list are not known',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: cluster-admin }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: everybody
`,
    isFromFiles: true,
    unknown: /subjects/,
  },
]);
