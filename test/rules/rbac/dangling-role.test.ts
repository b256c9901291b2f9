import { danglingRole } from '../../../src/rules/rbac/dangling-role.ts';
import { testRule } from '../rule-tester.ts';

testRule(danglingRole, [
  {
    name: 'a ClusterRole that does not exist, bound cluster-wide',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: backup }
roleRef: { kind: ClusterRole, name: gone }
subjects: [{ kind: User, name: jane }]
`,
    fails: [
      {
        path: 'roleRef.name',
        severity: 'high',
        observed: 'gone',
        message: /^ClusterRole "gone" does not exist, and whoever creates it decides/,
      },
    ],
  },
  {
    name: 'a ClusterRole that does not exist, bound in a namespace',
    yaml: `
kind: RoleBinding
metadata: { name: backup, namespace: shop }
roleRef: { kind: ClusterRole, name: gone }
subjects: [{ kind: User, name: jane }]
`,
    fails: [{ path: 'roleRef.name', severity: 'medium' }],
  },
  {
    name: 'a Role of another namespace does not count',
    yaml: `
kind: RoleBinding
metadata: { name: backup, namespace: shop }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: User, name: jane }]
---
kind: Role
metadata: { name: reader, namespace: bank }
---
kind: ClusterRole
metadata: { name: reader }
`,
    fails: [{ path: 'roleRef.name', severity: 'medium', message: /^Role "reader" does not exist/ }],
  },
  {
    name: 'while nobody is bound it is low',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: backup }
roleRef: { kind: ClusterRole, name: gone }
`,
    fails: [{ path: 'roleRef.name', severity: 'low', message: /whoever is added to this binding/ }],
  },
  {
    name: 'a role that exists passes, whatever it grants',
    yaml: `
kind: RoleBinding
metadata: { name: backup, namespace: shop }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: User, name: jane }]
---
kind: Role
metadata: { name: reader, namespace: shop }
`,
    passes: true,
  },
  {
    name: 'in a cluster the name of a predefined role proves nothing',
    yaml: `
kind: RoleBinding
metadata: { name: viewers, namespace: shop }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: User, name: jane }]
`,
    fails: [
      {
        path: 'roleRef.name',
        severity: 'medium',
        message: /; restart the API server, which creates it when it starts, or delete the binding$/,
      },
    ],
  },
  {
    name: "Kubernetes' own binding is not to be deleted: its role comes back",
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:monitoring' }
roleRef: { kind: ClusterRole, name: 'system:monitoring' }
subjects: [{ kind: Group, name: 'system:monitoring' }]
`,
    podSecurityVersion: 37,
    fails: [
      {
        path: 'roleRef.name',
        severity: 'high',
        message:
          /^ClusterRole "system:monitoring" does not exist, .*; restart the API server, which creates it when it starts$/,
      },
    ],
  },
  {
    name: 'nor is that of kubeadm, which no API server creates',
    yaml: `
kind: RoleBinding
metadata: { name: 'kubeadm:kubelet-config', namespace: kube-system }
roleRef: { kind: Role, name: 'kubeadm:kubelet-config' }
subjects: [{ kind: Group, name: 'system:nodes' }, { kind: Group, name: 'system:bootstrappers:kubeadm:default-node-token' }]
`,
    podSecurityVersion: 37,
    fails: [{ path: 'roleRef.name', severity: 'medium', message: /; create it anew, as kubeadm does$/ }],
  },
  {
    name: 'whose binding it is counts by content, not by name',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:monitoring' }
roleRef: { kind: ClusterRole, name: 'system:monitoring-too' }
subjects: [{ kind: Group, name: 'system:monitoring' }]
`,
    podSecurityVersion: 37,
    fails: [{ path: 'roleRef.name', severity: 'high', message: /; delete the binding$/ }],
  },
  {
    name: 'where the release is not known it is not said what comes back',
    yaml: `
kind: RoleBinding
metadata: { name: viewers, namespace: shop }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: User, name: jane }]
`,
    missing: [{ source: 'ServerVersion', state: 'unreachable', message: 'no answer' }],
    fails: [{ path: 'roleRef.name', severity: 'medium', message: /; delete the binding$/ }],
  },
  {
    name: 'files need not hold the roles that every cluster has',
    isFromFiles: true,
    yaml: `
kind: RoleBinding
metadata: { name: viewers, namespace: shop }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: User, name: jane }]
`,
    passes: true,
  },
  {
    name: 'files need hold what only some releases create',
    isFromFiles: true,
    yaml: `
kind: ClusterRoleBinding
metadata: { name: bundles }
roleRef: { kind: ClusterRole, name: 'system:cluster-trust-bundle-discovery' }
subjects: [{ kind: User, name: jane }]
`,
    unknown: /^ClusterRole "system:cluster-trust-bundle-discovery" is not among the files$/,
  },
  {
    name: 'files need not hold every other role either',
    isFromFiles: true,
    yaml: `
kind: RoleBinding
metadata: { name: backup, namespace: shop }
roleRef: { kind: ClusterRole, name: elsewhere }
subjects: [{ kind: User, name: jane }]
`,
    unknown: /^ClusterRole "elsewhere" is not among the files$/,
  },
  {
    name: 'a role that cannot be read is there',
    isFromFiles: true,
    yaml: `
kind: RoleBinding
metadata: { name: backup, namespace: shop }
roleRef: { kind: ClusterRole, name: broken }
subjects: [{ kind: User, name: jane }]
---
kind: ClusterRole
metadata: { name: broken }
rules: 7
`,
    passes: true,
  },
  {
    name: 'no API server stores a reference to another kind',
    isFromFiles: true,
    yaml: `
kind: RoleBinding
metadata: { name: backup, namespace: shop }
roleRef: { kind: Group, name: admins }
subjects: [{ kind: User, name: jane }]
`,
    notApplicable: /no API server stores/,
  },
  {
    name: 'nor a ClusterRoleBinding to a Role',
    isFromFiles: true,
    yaml: `
kind: ClusterRoleBinding
metadata: { name: backup }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: User, name: jane }]
`,
    notApplicable: /no API server stores/,
  },
  {
    name: 'a binding that names no role is unknown',
    isFromFiles: true,
    yaml: `
kind: ClusterRoleBinding
metadata: { name: backup }
subjects: [{ kind: User, name: jane }]
`,
    unknown: /roleRef/,
  },
  {
    name: 'where ClusterRoles cannot be read nothing is known',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: backup }
roleRef: { kind: ClusterRole, name: gone }
subjects: [{ kind: User, name: jane }]
`,
    missing: [{ source: 'ClusterRole', state: 'forbidden', message: 'may not list clusterroles' }],
    unknown: /may not list/,
  },
]);
