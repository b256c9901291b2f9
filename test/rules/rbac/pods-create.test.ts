import { podsCreate } from '../../../src/rules/rbac/pods-create.ts';
import { testRule } from '../rule-tester.ts';

testRule(podsCreate, [
  {
    name: 'pods and all that creates them are found',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [create] }
  - { apiGroups: [apps], resources: [deployments], verbs: [update] }
  - { apiGroups: [batch], resources: [jobs, cronjobs], verbs: [patch] }
  - { apiGroups: [""], resources: [replicationcontrollers], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        observed: 'create pods',
        message: /create pods, as any service account: ClusterRoleBinding/,
      },
      {
        path: 'rules[1]',
        severity: 'critical',
        observed: 'update deployments',
        message: /write workloads, which create pods/,
      },
      { path: 'rules[2]', severity: 'critical', observed: 'patch jobs' },
      { path: 'rules[3]', severity: 'critical', observed: 'create replicationcontrollers' },
    ],
  },
  {
    name: 'one rule that grants both is one violation',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["", apps], resources: [pods, daemonsets], verbs: [create] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        observed: 'create pods, create daemonsets',
        message: /create pods, as any service account, and write workloads/,
      },
    ],
  },
  {
    name: 'names limit which workload is changed and not what it becomes',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [apps], resources: [statefulsets], resourceNames: [db], verbs: [patch] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical', observed: 'patch statefulsets' }],
  },
  {
    name: 'a group without that resource, scaling, and what no request asks for grant nothing',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["", extensions], resources: [deployments, jobs], verbs: [create] }
  - { apiGroups: [apps], resources: [pods, deployments/scale, "deployments/*"], verbs: [create, update] }
  - { apiGroups: [""], resources: [pods], resourceNames: [web], verbs: [create] }
  - { apiGroups: [""], resources: ["pods/*", "*/*"], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
  {
    name: 'reading and deleting them is another matter',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["", apps, batch], resources: [pods, deployments, jobs], verbs: [get, list, watch, delete] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    passes: true,
  },
]);
